"""The option that names models which predict expansion."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

_HELP = "A model that predicts expansion: its folder, or a name that models list gives; once for each model."

Models = Annotated[list[Path] | None, typer.Option("--model", help=_HELP)]
RequiredModels = Annotated[list[Path], typer.Option("--model", help=_HELP)]


def model_folders(named: Sequence[Path] | None) -> tuple[Path, ...]:
    """The folders of the models, absolute.

    Raises:
        ModelError: one is neither a folder nor a model that comes with the package.
    """
    if not named:
        return ()
    from ..prediction.shipped import model_folder

    return tuple(model_folder(one).absolute() for one in named)

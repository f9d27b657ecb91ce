"""The option that says which classes the values of a mask are."""

from typing import Annotated

import typer

Mapping = Annotated[
    str | None,
    typer.Option(help="Classes of a mask's values or segments, as 1=ich,2=ivh (extra_axial, oedema)."),
]


def parse_mapping(text: str | None) -> dict[int | str, str] | None:
    """``1=ich,2=ivh`` as a mapping.

    Raises:
        typer.BadParameter: when it is not made of such pairs.
    """
    if text is None:
        return None
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(key.strip() and name.strip() for key, _, name in pairs):
        raise typer.BadParameter(f"{text!r}: give value=class pairs, as 1=ich,2=ivh", param_hint="--mapping")
    return {key.strip(): name.strip() for key, _, name in pairs}

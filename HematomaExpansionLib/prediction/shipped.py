"""The predictors that come with the package: a user names them instead of a folder."""

import json
from collections.abc import Mapping
from pathlib import Path

from ..errors import ModelError
from ..resources import resource

_FOLDER = "models"
# As in ..bundle, whose pydantic Slicer may still lack when the panel lists the models.
_METADATA = "metadata.json"


def shipped() -> Mapping[str, Path]:
    """Their folders by name, in alphabetical order; their weights are not verified here.

    Raises:
        ModelError: when the resources are not installed.
    """
    found = sorted(resource(_FOLDER).glob(f"*/{_METADATA}"))
    # The same folder holds bundles that outline blood, which predict nothing.
    return {file.parent.name: file.parent for file in found if _outcome(file) is not None}


def model_folder(named: Path) -> Path:
    """The folder of the model that a user named.

    Args:
        named: a folder, or the name of a model that comes with the package. A folder of that name wins.

    Raises:
        ModelError: there is neither.
    """
    if named.is_dir():
        return named
    known = shipped()
    if str(named) in known:
        return known[str(named)]
    names = f"(there are {', '.join(known)})" if known else "(none does)"
    raise ModelError(f"{named}: no such folder, and no model of that name comes with the package {names}")


def _outcome(file: Path) -> object:
    return json.loads(file.read_text(encoding="utf-8")).get("outcome")

"""Where the data files of the project lie: beside the package when installed, beside it in a checkout."""

from pathlib import Path

from .errors import ModelError

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Path of a file under ``Resources/``.

    An installed package carries the folder inside itself; a checkout has it at the top level.

    Raises:
        ModelError: when the file is in neither place (an incomplete installation).
    """
    for root in (_PACKAGE / "Resources", _PACKAGE.parent / "Resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise ModelError(f"{'/'.join(parts)} is not among the installed resources: reinstall the package")

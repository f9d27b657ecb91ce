"""The whole scene in one file: Slicer's ``.mrb`` bundle."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import OutputError, UnreadableFile
from ..files import written_whole
from .bootstrap import ensure_scene

if TYPE_CHECKING:
    import slicer


def save_scene(path: Path) -> None:
    """Save everything in the scene to a ``.mrb`` file; on any error nothing is left at ``path``.

    Raises:
        OutputError: when the name does not end in .mrb, or the file cannot be written.
    """
    _check_suffix(path, OutputError)
    scene = ensure_scene()
    import slicer

    with written_whole(path) as temporary:
        messages = slicer.vtkMRMLMessageCollection()
        if not scene.WriteToMRB(str(temporary), None, messages):
            raise OutputError(f"{path}: the scene could not be saved ({_said(messages)})")


def load_scene(path: Path) -> None:
    """Replace what is in the scene by the content of a ``.mrb`` file.

    Raises:
        UnreadableFile: when the file is absent, no ``.mrb``, or damaged.
    """
    _check_suffix(path, UnreadableFile)
    if not path.is_file():
        raise UnreadableFile(f"{path}: is not there; a scene saved as .mrb is needed")
    # Slicer empties the scene before it finds out that a file is no bundle.
    if not zipfile.is_zipfile(path):
        raise UnreadableFile(f"{path}: is damaged; a scene saved as .mrb is needed")
    scene = ensure_scene()
    import slicer

    messages = slicer.vtkMRMLMessageCollection()
    if not scene.ReadFromMRB(str(path), True, messages):
        raise UnreadableFile(f"{path}: is no scene that can be read ({_said(messages)})")


def _check_suffix(path: Path, error: type[Exception]) -> None:
    if path.suffix.lower() != ".mrb":
        raise error(f"{path}: a scene is saved as .mrb, not as {path.suffix or 'a file without a suffix'}")


def _said(messages: "slicer.vtkMRMLMessageCollection") -> str:
    return " ".join(messages.GetAllMessagesAsString().split()) or "no reason given"

"""Writing so that nothing half-written is ever left."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import OutputError


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path`` and rename it to ``path`` when the block ends well.

    The temporary name keeps the suffixes of ``path``, because writers choose the format by them. On any
    error the temporary file is removed and a file that stood at ``path`` before is untouched.

    Raises:
        OutputError: when the folder cannot be created or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".writing-", dir=path.parent))
    except OSError as error:
        raise OutputError(f"{path}: cannot write there ({error.strerror})") from error
    try:
        temporary = folder / path.name
        yield temporary
        temporary.replace(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_folder(folder: Path) -> None:
    """Refuse an output folder that is a file, before the work is done.

    Raises:
        OutputError: when something else than a folder is there.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file; the output must be a folder")


@contextmanager
def folder_written_whole(folder: Path) -> Iterator[Path]:
    """Give an empty temporary folder; move its files into ``folder`` when the block ends well.

    Files already in ``folder`` stay, except those that are written anew.

    Raises:
        OutputError: when the folder cannot be created or written.
    """
    check_folder(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder.parent))
    except OSError as error:
        raise OutputError(f"{folder}: cannot write there ({error.strerror})") from error
    try:
        yield temporary
        folder.mkdir(exist_ok=True)
        for item in sorted(temporary.iterdir()):
            item.replace(folder / item.name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)

"""One run at a time in a folder."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..errors import OutputError

FILE = ".run"


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """Refuse a second run in the folder while the block lasts; a run that is killed frees the folder.

    The folder is made where it is not. It is SQLite's lock on an empty file, which every system has. A file
    system without locks refuses nobody.

    Raises:
        OutputError: the folder cannot be made, or another run is at work there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot write there ({error.strerror})") from error
    with closing(sqlite3.connect(folder / FILE, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "database is locked" in str(error):
                raise OutputError(f"{folder}: another run is at work there; wait for it") from error
        yield

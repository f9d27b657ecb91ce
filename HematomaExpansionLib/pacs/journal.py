"""What the watch has done, on disk: one line of JSON for each event, only ever added to."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from ..errors import OutputError

State = Literal["made", "stored", "refused", "failed"]
"""``made``: results lie in files and are to be stored. ``stored``: the server has them.
``refused``: the scan is none that is analysed. ``failed``: the analysis broke."""


@dataclass(frozen=True)
class Entry:
    """The last that happened to a study.

    Attributes:
        study: StudyInstanceUID.
        state: what happened.
        content: which series with how many instances the study had then (:func:`.watch.content_of`).
        files: of the results, relative to the work folder.
        reason: why it was refused or failed; empty otherwise.
    """

    study: str
    state: State
    content: str
    files: tuple[str, ...] = ()
    reason: str = ""


class Journal:
    """The journal of one work folder.

    Args:
        path: the file; created with the first entry.

    Raises:
        OutputError: a line that is no entry, other than a last one that was cut off.
    """

    def __init__(self, path: Path) -> None:
        """Read what is there."""
        self._path = path
        self._last: dict[str, Entry] = {}
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                self._keep(Entry(**entry | {"files": tuple(entry["files"])}))
            except (ValueError, TypeError, KeyError) as error:
                # A crash in the middle of the last line loses that event, and it is then done again.
                if number < len(lines):
                    raise OutputError(f"{path}: line {number} is no entry of a journal") from error
        if lines and not path.read_text(encoding="utf-8").endswith("\n"):
            path.write_text("".join(f"{line}\n" for line in lines[:-1]), encoding="utf-8")

    def __getitem__(self, study: str) -> Entry | None:
        """The last entry of a study; None where there is none."""
        return self._last.get(study)

    def made(self) -> list[Entry]:
        """Results that are to be stored."""
        return [entry for entry in self._last.values() if entry.state == "made"]

    def add(
        self, study: str, state: State, content: str, files: Sequence[str] = (), reason: str = ""
    ) -> None:
        """Write an event down, on the disk itself before this returns.

        Raises:
            OutputError: the file cannot be written.
        """
        entry = Entry(study, state, content, tuple(files), reason)
        try:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(entry)) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise OutputError(f"{self._path}: cannot be written ({error.strerror})") from error
        self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        self._last[entry.study] = entry

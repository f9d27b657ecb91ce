"""Results as they come, a line each, so that an interrupted evaluation can go on where it was."""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from HematomaExpansionLib.errors import UnreadableFile

from .cases import Scan
from .summary import Result

_LINE = TypeAdapter(Result)


class Record:
    """The file ``results.jsonl`` of an evaluation.

    Args:
        file: where to keep it; its folder is created when absent.
        resume: take what it holds already; else it begins anew.

    Raises:
        UnreadableFile: when it holds something else.
    """

    def __init__(self, file: Path, resume: bool) -> None:
        """Read or empty the file."""
        self._file = file
        self._results: dict[tuple[str, str, str], Result] = {}
        file.parent.mkdir(parents=True, exist_ok=True)
        if resume and file.is_file():
            for number, line in enumerate(file.read_text().splitlines(), 1):
                try:
                    self._keep(_LINE.validate_json(line))
                except ValidationError as error:
                    raise UnreadableFile(f"{file}: line {number} is not a result of an evaluation") from error
        else:
            file.write_text("")

    def add(self, result: Result) -> None:
        """Keep a result and write it at once."""
        self._keep(result)
        with self._file.open("ab") as file:
            file.write(_LINE.dump_json(result) + b"\n")

    def find(self, scan: Scan, backend: str) -> Result | None:
        """The result of a back-end on a scan, None when there is none yet."""
        return self._results.get((scan.patient, scan.time_point, backend))

    def _keep(self, result: Result) -> None:
        self._results[result.patient, result.time_point, result.backend] = result

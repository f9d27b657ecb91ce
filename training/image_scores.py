"""Probabilities that an image model gives the patients of a cohort, for models that build on them.

Of training patients only those out of fold are of use: from networks that did not learn from the patient.
"""

import csv
from collections.abc import Mapping
from math import isfinite
from pathlib import Path

from HematomaExpansionLib.errors import UnreadableFile
from HematomaExpansionLib.files import written_whole

COLUMNS = ("patient", "score", "set")
OUT_OF_FOLD, TEST = "out of fold", "test"


def write_scores(path: Path, training: Mapping[str, float | None], test: Mapping[str, float | None]) -> None:
    """Write scores as a table; the cell of one that there is not is empty.

    Args:
        path: ``.csv``.
        training: by the patient's name, out of fold.
        test: likewise, from the final networks.
    """
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name, scores in ((OUT_OF_FOLD, training), (TEST, test)):
            for patient, score in scores.items():
                writer.writerow([patient, "" if score is None else f"{score:.10g}", name])


def read_scores(path: Path) -> tuple[dict[str, float | None], dict[str, float | None]]:
    """Read what :func:`write_scores` wrote.

    Returns:
        Scores of training patients, out of fold, and of the others, by the patient's name.

    Raises:
        UnreadableFile: it is absent, or is no such table; the message gives the line.
    """
    found: dict[str, dict[str, float | None]] = {OUT_OF_FOLD: {}, TEST: {}}
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise UnreadableFile(f"{path}: the columns are not {', '.join(COLUMNS)}")
            for row in rows:
                if row["set"] not in found:
                    raise UnreadableFile(
                        f"{path}, line {rows.line_num}: set {row['set']!r}; {' or '.join(found)} is allowed"
                    )
                found[row["set"]][row["patient"]] = _number(path, rows.line_num, row["score"])
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path}: cannot be read as a table ({error})") from error
    return found[OUT_OF_FOLD], found[TEST]


def _number(path: Path, line: int, cell: str) -> float | None:
    if not cell:
        return None
    try:
        number = float(cell)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise UnreadableFile(f"{path}, line {line}: score {cell!r} is not a number")
    return number

"""The tables of a cohort: one row a patient, and one for each who has no result."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..files import written_whole
from ..labels import APPEARANCE
from ..markers.finding import State
from ..markers.marker import Marker
from ..report.headline import decisive_change
from ..result import Change, ScanResult, StudyResult
from .one_case import Failure

Cell = str | float | int | None


def write_results(results: Mapping[str, StudyResult], path: Path) -> None:
    """Write ``results.csv``; what is not known is an empty cell, yes and no are 1 and 0.

    A score or model has its columns when any patient has them.
    """
    rows = [result_row(name, result) for name, result in results.items()]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    _write(path, columns or ["patient"], ([row.get(name) for name in columns] for row in rows))


def write_failures(failures: Sequence[Failure], path: Path) -> None:
    """Write ``failures.csv``."""
    _write(path, ("patient", "stage", "reason"), ((f.patient, f.stage, f.reason) for f in failures))


def result_row(patient: str, result: StudyResult) -> dict[str, Cell]:
    """One patient: the baseline, the follow-up that decides (of the most ICH), and what is said of them.

    The names are those of :mod:`..cohort_table` where they mean the same.
    """
    baseline = result.scans[0]
    row: dict[str, Cell] = {"patient": patient, "followups": len(result.changes)}
    row |= {f"{look.key}_ml": _ml(baseline, look.key) for look in APPEARANCE.values()}
    row |= {"total_ml": baseline.total_ml, "abc2_ml": _abc2(baseline)}
    row |= {
        "location": None if baseline.location is None else baseline.location.region,
        "side": None if baseline.location is None else baseline.location.side,
        "midline_shift_mm": baseline.midline_shift_mm,
    }
    row |= _change(result, decisive_change(result))
    values = {found.marker: found.value for found in baseline.markers.markers}
    row |= {marker.value: _present(values.get(marker)) for marker in Marker}
    row["warnings"] = len({*result.warnings, *_warnings(result)})
    for score in result.scores.scores:
        if score.timepoint == baseline.timepoint:
            row[f"score_{score.id}"] = score.points
    for prediction in result.predictions:
        row[f"probability_{prediction.model}"] = prediction.probability
        row[f"expected_{prediction.model}"] = (
            None if prediction.expected is None else int(prediction.expected)
        )
    return row


def _change(result: StudyResult, change: Change | None) -> dict[str, Cell]:
    scan = None if change is None else next(s for s in result.scans if s.timepoint == change.timepoint)
    answers = {} if change is None else {answer.definition: answer for answer in change.expansion}
    row: dict[str, Cell] = {
        "followup": None if change is None else change.timepoint,
        "followup_hours": None if change is None else change.hours,
        "followup_ich_ml": None if scan is None else _ml(scan, "ich"),
        "followup_ivh_ml": None if scan is None else _ml(scan, "ivh"),
        "followup_total_ml": None if scan is None else scan.total_ml,
        "change_ich_ml": None if change is None else change.ich_ml,
        "change_ich_percent": None if change is None else change.ich_percent,
        "change_ivh_ml": None if change is None else change.ivh_ml,
        "change_total_ml": None if change is None else change.total_ml,
    }
    for definition in ("che", "rhe1", "rhe2", "rhe-ning"):
        answer = answers.get(definition)
        known = answer is not None and answer.expanded is not None
        row[definition] = int(bool(answer.expanded)) if known and answer is not None else None
        row[f"probability_{definition}"] = None if answer is None else answer.probability
    return row


def _ml(scan: ScanResult, key: str) -> float | None:
    found = scan.volumes.get(key)
    return None if found is None else found.ml


def _abc2(scan: ScanResult) -> float | None:
    found = scan.volumes.get("ich")
    return None if found is None else found.abc2_ml


def _present(value: State | None) -> int | None:
    """1 or 0; None where it cannot be told or was not read."""
    return {State.PRESENT: 1, State.ABSENT: 0}.get(value) if value is not None else None


def _warnings(result: StudyResult) -> Iterable[str]:
    for scan in result.scans:
        yield from scan.warnings
    for change in result.changes:
        yield from change.warnings


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    with written_whole(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(columns)
        table.writerows([_text(cell) for cell in row] for row in rows)


def _text(cell: Cell) -> Cell:
    """Six significant digits: more is noise, and differs with the number of threads."""
    return f"{cell:.6g}" if isinstance(cell, float) else cell

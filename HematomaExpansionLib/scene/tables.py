"""The numbers of a study as table nodes: volumes, expansion, markers and scores, one each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..labels import APPEARANCE
from ..markers.marker import Marker
from ..report.marker_style import MARKER_STYLES
from ..report.markers import measure
from ..report.scores import span
from ..result import Change, ExpansionAnswer, ScanResult, StudyResult
from ..scores.answer import ScoreAnswer
from .bootstrap import ensure_scene

if TYPE_CHECKING:
    import slicer

# Cells are text: a table file rounds numbers to six digits and has no way to say that a value is missing.
_Row = Sequence[str]
NOT_COMPUTED = "not computed"
"""In place of a scan; a table file loses an empty first cell."""


def volumes_table(result: StudyResult, name: str) -> "slicer.vtkMRMLTableNode":
    """Add a table with one row per scan; a value that is not known is an empty cell.

    Args:
        result: of the study.
        name: of the node.
    """
    columns = [
        "Scan",
        "Hours after baseline",
        *(f"{appearance.name} (mL)" for appearance in APPEARANCE.values()),
        "ICH + IVH (mL)",
        "ICH by ABC/2 (mL)",
        "ICH location",
        "Midline shift to the left (mm)",
    ]
    return _table(name, columns, [_scan_row(scan) for scan in result.scans])


def expansion_table(result: StudyResult, name: str) -> "slicer.vtkMRMLTableNode":
    """Add a table with one row per follow-up and definition of expansion.

    Args:
        result: of the study.
        name: of the node.
    """
    columns = [
        "Scan",
        "Expanded",
        "P (%)",
        "Definition",
        "Certainty",
        "ICH change (mL)",
        "ICH change (%)",
        "IVH change (mL)",
        "Hours after baseline",
        "Rule",
    ]
    rows = [_answer_row(change, answer) for change in result.changes for answer in change.expansion]
    return _table(name, columns, rows)


def markers_table(result: StudyResult, name: str) -> "slicer.vtkMRMLTableNode":
    """Add a table with one row per scan and marker.

    Args:
        result: of the study.
        name: of the node.
    """
    columns = ["Scan", "Marker", "Present", "Decided by", "Automatic", "Confidence", "Slice", "Measured"]
    rows = [row for scan in result.scans for row in _marker_rows(scan)]
    return _table(name, columns, rows)


def scores_table(result: StudyResult, name: str) -> "slicer.vtkMRMLTableNode":
    """Add a table with one row per score and time point, and one per score that is not available.

    Args:
        result: of the study.
        name: of the node.
    """
    columns = ["Scan", "Score", "Points", "Most", "Probability (%)", "Predicts", "Missing or why not"]
    rows = [_score_row(score) for score in result.scores.scores]
    rows += [
        [NOT_COMPUTED, absent.name, "", "", "", "", absent.reason] for absent in result.scores.unavailable
    ]
    return _table(name, columns, rows)


def _marker_rows(scan: ScanResult) -> list[_Row]:
    entries = scan.markers.reading().entries
    return [
        [
            scan.timepoint,
            MARKER_STYLES[marker].name,
            scan.markers.status if entries[marker].value is None else str(entries[marker].value),
            entries[marker].decided_by,
            str(entries[marker].automatic or ""),
            _number(entries[marker].confidence),
            "" if (index := entries[marker].slice_index) is None else str(index + 1),
            ", ".join(measure(key, value) for key, value in entries[marker].measures.items()),
        ]
        for marker in Marker
    ]


def _score_row(score: ScoreAnswer) -> _Row:
    chances = [f"{100 * value:.1f}" for value in score.probability or ()]
    return [
        score.timepoint,
        score.name,
        span(score),
        str(score.range[1]),
        " to ".join(dict.fromkeys(chances)),
        score.outcome,
        ", ".join(item.name for item in score.items if item.value is None),
    ]


def _scan_row(scan: ScanResult) -> _Row:
    volumes = [scan.volumes.get(appearance.key) for appearance in APPEARANCE.values()]
    ich = scan.volumes.get("ich")
    return [
        scan.timepoint,
        _number(scan.hours_after_baseline),
        *(_number(None if volume is None else volume.ml) for volume in volumes),
        _number(scan.total_ml),
        _number(None if ich is None else ich.abc2_ml),
        "" if scan.location is None else f"{scan.location.side} {scan.location.region}",
        _number(scan.midline_shift_mm),
    ]


def _answer_row(change: Change, answer: ExpansionAnswer) -> _Row:
    return [
        change.timepoint,
        {True: "yes", False: "no", None: ""}[answer.expanded],
        _number(None if answer.probability is None else 100 * answer.probability),
        answer.name,
        answer.certainty or "",
        _number(change.ich_ml),
        _number(change.ich_percent),
        _number(change.ivh_ml),
        _number(change.hours),
        answer.rule,
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _table(name: str, columns: _Row, rows: Sequence[_Row]) -> "slicer.vtkMRMLTableNode":
    import vtk

    node = ensure_scene().AddNewNodeByClass("vtkMRMLTableNode", name)
    for index, title in enumerate(columns):
        column = vtk.vtkStringArray()
        column.SetName(title)
        for row in rows:
            column.InsertNextValue(row[index])
        node.AddColumn(column)
    node.SetUseColumnTitleAsColumnHeader(True)
    node.SetUseFirstColumnAsRowHeader(False)
    return node

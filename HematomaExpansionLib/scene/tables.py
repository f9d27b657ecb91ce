"""The numbers of a study as table nodes: one for volumes, one for expansion."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..labels import APPEARANCE
from ..result import Change, ExpansionAnswer, ScanResult, StudyResult
from .bootstrap import ensure_scene

if TYPE_CHECKING:
    import slicer

# Cells are text: a table file rounds numbers to six digits and has no way to say that a value is missing.
_Row = Sequence[str]


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
        "Hours after baseline",
        "ICH change (mL)",
        "ICH change (%)",
        "IVH change (mL)",
        "Definition",
        "Rule",
        "Expanded",
        "Probability (%)",
        "Certainty",
    ]
    rows = [_answer_row(change, answer) for change in result.changes for answer in change.expansion]
    return _table(name, columns, rows)


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
        _number(change.hours),
        _number(change.ich_ml),
        _number(change.ich_percent),
        _number(change.ivh_ml),
        answer.name,
        answer.rule,
        {True: "yes", False: "no", None: ""}[answer.expanded],
        _number(None if answer.probability is None else 100 * answer.probability),
        answer.certainty or "",
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

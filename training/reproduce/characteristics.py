"""Rows of a table of patients' characteristics, by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.values import Known
from HematomaExpansionLib.statistics.group_table import (
    Counted,
    CountedRow,
    GroupTable,
    MeasuredRow,
    Shown,
    group_table,
)
from HematomaExpansionLib.statistics.interval import NOT_AVAILABLE
from HematomaExpansionLib.statistics.logit import indicators

from .table import p_text


@dataclass(frozen=True)
class Characteristic:
    """One row.

    Attributes:
        label: of the row in the published table.
        variable: the column that it summarises.
        level: the category that it counts; empty for a measurement. ``"a:b"`` gives both counts.
        shown: mean or median of a measurement; None to let the data decide.
        digits: of a measurement.
    """

    label: str
    variable: str
    level: str = ""
    shown: Shown | None = None
    digits: int = 1


def values(patients: Sequence[Patient], variable: str) -> list[Known]:
    """A variable of each patient; None where not known."""
    return [patient.values.get(variable) for patient in patients]


def categories(name: str, known: Sequence[Known], reference: str) -> dict[str, NDArray[np.float64]]:
    """Columns of 0 and 1, see :func:`.logit.indicators`; none where nobody is of the reference."""
    return indicators(name, known, reference) if reference in known else {}


def characteristics(
    rows: Sequence[Characteristic],
    columns: Mapping[str, Sequence[Known]],
    groups: Sequence[str],
    order: Sequence[str],
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Cells of each row over the groups, then its p-value; and a note on what is missing.

    Args:
        rows: what to show.
        columns: values by variable.
        groups: of each patient.
        order: the groups, in the order of the cells.
    """
    shown = {row.variable: row.shown for row in rows if row.shown is not None}
    table = group_table(columns, groups, order, shown=shown)
    by_name = {found.variable: found for found in table.rows}
    cells = {}
    for row in rows:
        summary = by_name[row.variable]
        cells[row.label] = (*_cells(row, summary, len(order)), p_text(summary.test))
    return cells, _missing(rows, table)


def _cells(row: Characteristic, found: MeasuredRow | CountedRow, groups: int) -> list[str]:
    if isinstance(found, MeasuredRow):
        return [cell.text(found.shown, row.digits) if cell.n else NOT_AVAILABLE for cell in found.cells]
    if ":" in row.level:
        first, second = (_level(found, one, groups) for one in row.level.split(":"))
        return [
            f"{one.count}:{other.count}" if one.n else NOT_AVAILABLE
            for one, other in zip(first, second, strict=True)
        ]
    return [cell.text() if cell.n else NOT_AVAILABLE for cell in _level(found, row.level, groups)]


def _level(found: CountedRow, level: str, groups: int) -> tuple[Counted, ...]:
    """The cells of a category; nobody may have it."""
    if level in found.levels:
        return found.levels[level]
    any_level = next(iter(found.levels.values()), (Counted(0, 0, 0),) * groups)
    return tuple(Counted(0, cell.n, cell.missing) for cell in any_level)


def _missing(rows: Sequence[Characteristic], table: GroupTable) -> tuple[str, ...]:
    said = []
    for found in table.rows:
        cells = found.cells if isinstance(found, MeasuredRow) else next(iter(found.levels.values()), ())
        if any(cell.missing for cell in cells):
            label = next(row.label for row in rows if row.variable == found.variable)
            counts = ", ".join(f"{cell.n}/{cell.n + cell.missing}" for cell in cells)
            said.append(f"{label.partition(':')[0]} {counts}")
    return (f"Known values ({', '.join(table.groups)}): {'; '.join(said)}.",) if said else ()

"""A table as CSV and Markdown, with the published numbers beside those of the cohort."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from HematomaExpansionLib.files import written_whole
from HematomaExpansionLib.statistics.interval import NOT_AVAILABLE, Estimate
from HematomaExpansionLib.statistics.significance import SignificanceTest

PUBLISHED = Path(__file__).parent / "published"
ABSENT = "not in the cohort"
"""A variable that no column of a cohort holds."""
NOT_TRAINED = "not trained"
"""A model that was not trained, and for which no predictions were given."""


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        name: of its files, without suffix.
        title: above it.
        columns: headers.
        rows: cells, as many as headers.
        notes: below it, in sentences.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@cache
def published(name: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headers and rows of a published table; the first column names the row."""
    with (PUBLISHED / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        header, *rows = (tuple(row) for row in csv.reader(stream))
    return header, tuple(rows)


def beside(
    name: str,
    title: str,
    source: str,
    own_columns: Sequence[str],
    own: Mapping[tuple[str, ...], Sequence[str]],
    notes: Sequence[str] = (),
    keys: int = 1,
) -> Table:
    """A published table with the cohort's cells beside it.

    Args:
        name: of the published table and of the files.
        title: above it.
        source: what the input was: simulated or real.
        own_columns: headers of the cohort's cells.
        own: the cohort's cells by the first cells of the row; a row without is not available.
        notes: below it.
        keys: how many cells name a row.
    """
    header, rows = published(name)
    columns = (
        *header[:keys],
        *(f"published: {column}" for column in header[keys:]),
        *(f"this cohort: {column}" for column in own_columns),
        "input of this cohort",
    )
    nothing = ("",) * len(own_columns)
    filled = tuple((*row, *own.get(row[:keys], nothing), source) for row in rows)
    return Table(name, title, columns, filled, tuple(notes))


def write_table(table: Table, folder: Path) -> tuple[Path, Path]:
    """Write ``NAME.csv`` and ``NAME.md``.

    Raises:
        OutputError: the folder cannot be written.
    """
    path, text = folder / f"{table.name}.csv", folder / f"{table.name}.md"
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(table.rows)
    lines = [f"# {table.title}", "", _line(table.columns), _line(["---"] * len(table.columns))]
    lines += [_line(row) for row in table.rows]
    lines += ["", *(f"- {note}" for note in table.notes)]
    with written_whole(text) as temporary:
        temporary.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    return path, text


def p_text(test: SignificanceTest | float | None) -> str:
    """A p-value as the papers print it."""
    value = test.p_value if isinstance(test, SignificanceTest) else test
    if value is None:
        return NOT_AVAILABLE
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def with_interval(estimate: Estimate, digits: int = 2) -> str:
    """``1.42 [0.92, 2.18]``, or ``not available``."""
    if estimate.value is None:
        return NOT_AVAILABLE
    if estimate.interval is None:
        return f"{estimate.value:.{digits}f}"
    low, high = estimate.interval.low, estimate.interval.high
    return f"{estimate.value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def alone(estimate: Estimate, digits: int = 3) -> str:
    """The value without its interval, or ``not available``."""
    return NOT_AVAILABLE if estimate.value is None else f"{estimate.value:.{digits}f}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

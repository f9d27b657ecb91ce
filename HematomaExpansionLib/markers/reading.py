"""A reading: what the software said of each marker, what a reader said, and which of the two counts."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from ..errors import UnreadableFile, UsageError
from ..files import written_whole
from .finding import State
from .marker import Marker
from .record import MarkersRecord

BASELINE = "baseline"
"""The time point of a table's lines that name none."""
AUTOMATIC = "automatic"
"""Who decided where no reader did."""

_COLUMNS = (
    "marker",
    "value",
    "decided_by",
    "automatic",
    "confidence",
    "reader_value",
    "reader",
    "slice_index",
    "measures",
)


@dataclass(frozen=True)
class MarkerEntry:
    """One marker of a reading.

    Attributes:
        automatic: what the software said; None where only a reader read.
        confidence: of the software, 0-1; None without an automatic value.
        reader_value: what a reader said; None where none did.
        reader: who; empty where none did.
        slice_index: slice that shows it best.
        measures: measured quantities, units in the names.
    """

    automatic: State | None = None
    confidence: float | None = None
    reader_value: State | None = None
    reader: str = ""
    slice_index: int | None = None
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def value(self) -> State | None:
        """What counts: the reader's value where there is one."""
        return self.automatic if self.reader_value is None else self.reader_value

    @property
    def decided_by(self) -> str:
        """The reader's name, ``"automatic"``, or empty where nobody read."""
        if self.reader_value is not None:
            return self.reader
        return AUTOMATIC if self.automatic is not None else ""


@dataclass(frozen=True)
class MarkerReading:
    """The markers of one scan, automatic and reader values side by side.

    Attributes:
        entries: one for each marker.
    """

    entries: Mapping[Marker, MarkerEntry]

    @classmethod
    def automatic(cls, record: MarkersRecord) -> "MarkerReading":
        """What the software read."""
        return cls(
            {
                found.marker: MarkerEntry(
                    found.state, found.confidence, None, "", found.slice_index, dict(found.measures)
                )
                for found in record.markers
            }
        )

    @classmethod
    def unread(cls) -> "MarkerReading":
        """A reading in which nobody has read anything yet."""
        return cls({marker: MarkerEntry() for marker in Marker})

    def override(self, marker: Marker, value: State, reader: str) -> "MarkerReading":
        """A new reading in which a reader decides one marker; the automatic value stays beside it.

        Raises:
            UsageError: without a reader's name.
        """
        if not reader.strip() or reader == AUTOMATIC:
            raise UsageError(f"{marker}: an override needs the reader's name; {reader!r} is none")
        entry = replace(self.entries[marker], reader_value=value, reader=reader)
        return MarkerReading({**self.entries, marker: entry})

    def withdraw(self, marker: Marker) -> "MarkerReading":
        """A new reading in which the automatic value of one marker counts again."""
        entry = replace(self.entries[marker], reader_value=None, reader="")
        return MarkerReading({**self.entries, marker: entry})

    def overridden_by(self, other: "MarkerReading") -> "MarkerReading":
        """A new reading in which the reader's values of another one decide; the automatic ones stay.

        Raises:
            UsageError: a reader of the other one has no name.
        """
        reading = self
        for marker, entry in other.entries.items():
            if entry.reader_value is not None:
                reading = reading.override(marker, entry.reader_value, entry.reader)
        return reading

    def value(self, marker: Marker) -> State | None:
        """What counts for a marker; None where nobody read it."""
        return self.entries[marker].value

    def to_csv(self) -> str:
        """One line per marker."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for marker in Marker:
            entry = self.entries[marker]
            measures = ";".join(f"{name}={value:.6g}" for name, value in entry.measures.items())
            cells = (
                entry.value,
                entry.decided_by,
                entry.automatic,
                None if entry.confidence is None else f"{entry.confidence:.4f}",
                entry.reader_value,
                entry.reader,
                entry.slice_index,
            )
            writer.writerow([marker, *("" if cell is None else str(cell) for cell in cells), measures])
        return text.getvalue()

    @classmethod
    def from_csv(cls, text: str, name: str) -> "MarkerReading":
        """Read what :meth:`to_csv` wrote; ``value`` and ``decided_by`` follow from the rest.

        A reader may fill in the columns ``reader_value`` and ``reader`` in a spreadsheet. Markers without a
        line were not read.

        Args:
            text: the table.
            name: of the file, for messages.

        Raises:
            UnreadableFile: a column is missing, or a marker, a state or a number is not one; the message
                gives the line.
        """
        return readings_from_csv(text, name).get(BASELINE, cls.unread())


def readings_from_csv(text: str, name: str) -> dict[str, MarkerReading]:
    """The readings of several scans of a patient in one table, told apart by the column ``timepoint``.

    Args:
        text: as for :meth:`MarkerReading.from_csv`, with that column; lines without it are of the baseline.
        name: of the file, for messages.

    Returns:
        Time point (``baseline``, ``followup-1`` ...) to its reading.

    Raises:
        UnreadableFile: as :meth:`MarkerReading.from_csv` says.
    """
    rows = csv.DictReader(io.StringIO(text))
    missing = {"marker", "automatic", "reader_value", "reader"} - set(rows.fieldnames or ())
    if missing:
        raise UnreadableFile(f"{name}: no column {', '.join(sorted(missing))}; a reading's CSV has them")
    entries: dict[str, dict[Marker, MarkerEntry]] = {}
    for row in rows:
        try:
            marker, entry = _entry(row)
        except ValueError as error:
            raise UnreadableFile(f"{name}, line {rows.line_num}: {error}") from error
        timepoint = (row.get("timepoint") or "").strip() or BASELINE
        entries.setdefault(timepoint, {})[marker] = entry
    return {
        timepoint: MarkerReading({**MarkerReading.unread().entries, **found})
        for timepoint, found in entries.items()
    }


def write_reading(reading: MarkerReading, path: Path) -> None:
    """Write a reading as CSV.

    Raises:
        OutputError: when the folder cannot be written.
    """
    with written_whole(path) as temporary:
        temporary.write_text(reading.to_csv(), encoding="utf-8", newline="")


def load_reading(path: Path) -> MarkerReading:
    """Read a reading's CSV; raises as :meth:`MarkerReading.from_csv`, and when there is no such file."""
    return MarkerReading.from_csv(_text(path), path.name)


def load_readings(path: Path) -> dict[str, MarkerReading]:
    """Read the CSV of several scans; raises as :func:`readings_from_csv`, and when there is no such file."""
    return readings_from_csv(_text(path), path.name)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name}: cannot be read as a text file ({error})") from error


def _entry(row: Mapping[str, str | None]) -> tuple[Marker, MarkerEntry]:
    def cell(column: str) -> str:
        return (row.get(column) or "").strip()

    def state(column: str) -> State | None:
        return State(cell(column).lower()) if cell(column) else None

    reader_value, reader = state("reader_value"), cell("reader")
    if reader_value is not None and not reader:
        raise ValueError("a reader_value without a reader; give a name")
    pairs = (pair.partition("=") for pair in cell("measures").split(";") if pair)
    return Marker(cell("marker")), MarkerEntry(
        automatic=state("automatic"),
        confidence=float(cell("confidence")) if cell("confidence") else None,
        reader_value=reader_value,
        reader=reader if reader_value is not None else "",
        slice_index=int(cell("slice_index")) if cell("slice_index") else None,
        measures={key: float(value) for key, _, value in pairs},
    )


Whose = Literal["value", "automatic", "reader_value"]
"""Which value of an entry is meant: what counts, the software's, or the reader's."""

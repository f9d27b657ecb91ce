"""The markers of all scans: a page to read, and a CSV file to compute with and to fill in."""

import csv
from io import StringIO
from pathlib import Path

from ..markers.marker import Marker
from ..markers.reading import AUTOMATIC, MarkerEntry
from ..markers.record import NOTE, MarkersRecord
from ..result import ScanMarkers, ScanResult, StudyResult
from .content import Block, Bullets, Figure, Section, Table, Text
from .marker_style import MARKER_STYLES
from .wording import MISSING, number, timepoint

_UNITS = {"_hu_mm": " HU/mm", "_hu": " HU", "_mm2": " mm²", "_mm": " mm", "_degrees": "°", "_share": " %"}


def markers_section(result: StudyResult, figures: tuple[Figure, ...]) -> Section:
    """The page of the markers: those of the baseline in full, of the follow-ups what counts.

    Args:
        result: of the study.
        figures: the pictures of the baseline's markers.
    """
    first = result.scans[0].markers
    blocks: list[Block] = []
    if first.reason:
        blocks.append(Text(f"Baseline: {first.status}. {first.reason}"))
    blocks.append(_table(result.scans))
    if first.automatic is not None:
        blocks.append(Text(_facts(first.automatic)))
        if first.automatic.warnings:
            blocks.append(Bullets(tuple(first.automatic.warnings)))
    return Section("Non-contrast CT markers", (*blocks, *figures, Text(NOTE)), own_page=True)


def _table(scans: list[ScanResult]) -> Table:
    baseline, *followups = (scan.markers for scan in scans)
    reading = baseline.reading()
    rows = [
        (
            MARKER_STYLES[marker].name,
            _state(baseline, reading.entries[marker]),
            _measures(reading.entries[marker]),
            _confidence(reading.entries[marker]),
            _decided_by(reading.entries[marker]),
            *(_state(later, later.reading().entries[marker]) for later in followups),
        )
        for marker in Marker
    ]
    header = ("Marker", "Baseline", "Measured", "Confidence", "Decided by")
    return Table(
        "",
        (*header, *(timepoint(scan.timepoint) for scan in scans[1:])),
        tuple(rows),
        "Confidence: how far the deciding measure lies from its limit, in errors of that measure; 0.5 at the "
        "limit, 1 far from it. It is not the probability that a reader agrees.",
        stacks=True,
    )


def _state(markers: ScanMarkers, entry: MarkerEntry) -> str:
    """What counts, or why there is nothing."""
    if entry.value is None:
        return f"{MISSING} {markers.status if markers.reason else 'not read'}"
    return entry.value.value.capitalize()


def _confidence(entry: MarkerEntry) -> str:
    """Of the software; a reader gives none."""
    return MISSING if entry.confidence is None else f"{entry.confidence:.2f}"


def _decided_by(entry: MarkerEntry) -> str:
    if not entry.decided_by:
        return f"{MISSING} nobody"
    if entry.decided_by == AUTOMATIC or entry.automatic is None:
        return entry.decided_by
    return f"{entry.decided_by} ({AUTOMATIC}: {entry.automatic.value})"


def _measures(entry: MarkerEntry) -> str:
    said = ", ".join(measure(name, value) for name, value in entry.measures.items())
    place = "" if entry.slice_index is None else f"; slice {entry.slice_index + 1}"
    return f"{said}{place}" or MISSING


def measure(name: str, value: float) -> str:
    """A measured quantity with the unit of its name: ``gap_mm`` 3.25 as "gap 3.2 mm"."""
    for suffix, unit in _UNITS.items():
        if name.endswith(suffix):
            words = name.removesuffix(suffix).replace("_", " ")
            if suffix == "_share":
                return f"{words} share {100 * value:.0f}{unit}"
            return f"{words} {number(value)}{unit}"
    words = name.replace("_", " ")
    return f"{words} {value:.0f}" if value == int(value) else f"{words} {value:.2f}"


def _facts(record: MarkersRecord) -> str:
    variation = MISSING if record.hu_variation is None else f"{100 * record.hu_variation:.1f} %"
    return (
        f"Coefficient of variation of the clot's HU {variation}; solidity of its largest slice "
        f"{record.solidity:.2f}; Barras shape {record.barras_shape} and density {record.barras_density} "
        f"(scales I to V). Compared with brain of {number(record.brain_hu, 0)} HU; noise "
        f"{number(record.noise_hu)} HU."
    )


def write_markers_csv(result: StudyResult, path: Path) -> None:
    """Write one row per scan and marker; an empty cell is a missing value.

    A reader may fill in ``reader_value`` and ``reader`` and give the file back to ``analyze --readings``.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        for index, scan in enumerate(result.scans):
            header, *rows = csv.reader(StringIO(scan.markers.reading().to_csv()))
            if index == 0:
                table.writerow(["timepoint", "status", *header])
            table.writerows([scan.timepoint, scan.markers.status, *row] for row in rows)

"""Write what was discovered: the table, what is not in it, the scans by number, and the key when asked."""

import csv
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from ..cohort_table import LATER_HOURS, SCANS
from ..ct.dicom import SliceHeader
from ..errors import OutputError
from ..files import written_whole
from .discover import Found, FoundPatient

COLUMNS = ("patient", *SCANS, "ct_to_followup_h", *LATER_HOURS)
_HOURS = dict(zip(SCANS[1:], ("ct_to_followup_h", *LATER_HOURS), strict=True))


def write_found(found: Found, out: Path, key: Path | None = None) -> list[Path]:
    """Write ``COHORT.csv``, ``COHORT-excluded.csv`` and ``COHORT-scans/NUMBER/SCAN``.

    The folders of scans hold links to the files of the one series that was taken, or copies where the system
    has no links: neither another series nor the name of a folder of the tree finds its way into the cohort.

    Args:
        found: from :func:`.discover.discover`.
        out: the table.
        key: table of the pseudonymous numbers and the patients' IDs to write; None for none.

    Raises:
        OutputError: the folder cannot be written, or there are scans of an earlier table of that name.
    """
    scans, excluded = out.with_name(f"{out.stem}-scans"), out.with_name(f"{out.stem}-excluded.csv")
    if scans.exists():
        raise OutputError(f"{scans}: is there already; remove it, or choose another name for the table")
    try:
        for patient in found.patients:
            for scan in patient.scans:
                _link(scan.slices, scans / _name(patient) / scan.column)
    except OSError as error:
        shutil.rmtree(scans, ignore_errors=True)
        raise OutputError(f"{scans}: cannot write there ({error.strerror})") from error
    _write(
        excluded,
        ("patient", "series_number", "series", "slices", "hours", "reason"),
        (
            (f"{one.patient:04d}" if one.patient else "", one.series_number, one.series, one.slices,
             "" if one.hours is None else f"{one.hours:.2f}", one.reason)
            for one in found.excluded
        ),
    )  # fmt: skip
    _write(out, COLUMNS, (_row(patient, scans.name) for patient in found.patients))
    if key is not None:
        _write(key, ("patient", "patient_id"), ((_name(one), one.patient_id) for one in found.patients))
    return [out, excluded, *([] if key is None else [key])]


def _row(patient: FoundPatient, folder: str) -> list[str]:
    cells = {"patient": _name(patient)}
    for scan in patient.scans:
        cells[scan.column] = f"{folder}/{_name(patient)}/{scan.column}"
        if scan.column in _HOURS:
            cells[_HOURS[scan.column]] = f"{scan.hours:.2f}"
    return [cells.get(column, "") for column in COLUMNS]


def _name(patient: FoundPatient) -> str:
    return f"{patient.number:04d}"


def _link(slices: Sequence[SliceHeader], folder: Path) -> None:
    folder.mkdir(parents=True)
    for number, file in enumerate(sorted({header.file for header in slices}), start=1):
        link = folder / f"{number:04d}.dcm"
        with suppress(OSError, NotImplementedError):  # Windows needs a right for links
            link.symlink_to(file.absolute())
            continue
        shutil.copyfile(file, link)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with written_whole(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)

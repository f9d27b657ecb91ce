"""``--dicom`` and ``--anonymize`` of ``hematoma-expansion analyze``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..report.dicom.source import SourceSeries
    from ..study import Study

Dicom = Annotated[
    bool, typer.Option("--dicom", help="Write DICOM too, OUT/dicom/*.dcm: SEG, SR, PDF and figures.")
]
Anonymize = Annotated[
    bool, typer.Option("--anonymize", help="Keep names, identifiers, dates and UIDs of the scans out.")
]


def dicom_sources(scans: Sequence[Path]) -> "list[SourceSeries | None]":
    """The series of each scan, read before the work; a line on standard error for each that has none.

    Raises:
        UsageError: the package for it is not installed.
        InputRefused: a folder without a head CT.
    """
    from ..report.dicom.codes import check_highdicom
    from ..report.dicom.source import read_source

    check_highdicom()
    found = []
    for scan in scans:
        source, reason = read_source(scan)
        if source is None:
            typer.echo(f"warning: no DICOM is written for {scan.name}: it {reason}", err=True)
        found.append(source)
    patients = {str(source.images[0].PatientID) for source in found if source is not None}
    if len(patients) > 1:
        typer.echo(
            "warning: the scans have different patient identifiers; are they of one patient?", err=True
        )
    return found


def written_dicom(
    study: "Study",
    sources: "Sequence[SourceSeries | None]",
    out: Path,
    report: Sequence[Path],
    anonymize: bool,
) -> list[Path]:
    """Write ``out/dicom``; what differs between stored slices and measured volumes goes to standard error."""
    from ..report.dicom.write import write_dicom

    files, remarks = write_dicom(study, sources, out / "dicom", report, anonymize)
    for remark in remarks:
        typer.echo(f"warning: DICOM segmentation, {remark}", err=True)
    return files

"""``hematoma-expansion markers``: the nine markers of one scan with its segmentation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..shell_progress import ProgressStyle, cancelled_by_signals, shown
from .mapping import Mapping, parse_mapping
from .output import Json, print_table, write_json

if TYPE_CHECKING:
    from rich.table import Table

    from ..markers.record import MarkersRecord

NO_ICH = "{name}: no parenchymal blood (ICH) in it; the markers are signs of an ICH"


def markers(
    ct: Annotated[Path, typer.Argument(help="DICOM folder, NIfTI or NRRD file.")],
    mask: Annotated[Path, typer.Argument(help="Its segmentation: .seg.nrrd, NRRD or NIfTI.")],
    mapping: Mapping = None,
    position: Annotated[
        str | None,
        typer.Option(
            help="How the patient lay, as DICOM says it (HFS, HFP, HFDL, HFDR); else from the file."
        ),
    ] = None,
    to_json: Json = None,
    to_csv: Annotated[
        Path | None, typer.Option("--csv", help="Write a reading that a reader can fill in.")
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option(help="Folder for a mask of each marker that is present, NIfTI.")
    ] = None,
    style: Annotated[
        ProgressStyle, typer.Option("--progress", help="How progress is shown on standard error.")
    ] = "auto",
) -> None:
    """Read the nine non-contrast CT markers of expansion from a scan and its segmentation."""
    from dataclasses import replace

    from ..ct.anatomy import locate_anatomy
    from ..ct.reader import read_ct
    from ..errors import MissingInput
    from ..labels import Label
    from ..markers.gravity import check_position
    from ..markers.read import read_markers
    from ..markers.reading import MarkerReading, write_reading
    from ..segmentation.mask import MaskSegmenter

    if position is not None:
        check_position(position)
    backend = MaskSegmenter(mask, parse_mapping(mapping))
    if Label.ICH not in backend.capabilities.classes:
        raise MissingInput(NO_ICH.format(name=mask.name))
    with cancelled_by_signals() as cancelled, shown(style, cancelled) as progress:
        progress.stage("reading")
        scan = read_ct(ct)
        if position is not None:
            scan = replace(scan, patient_position=position)
        progress.stage("anatomy")
        anatomy = locate_anatomy(scan, progress)
        progress.stage("markers")
        segmentation = backend.segment(scan, anatomy, progress)
        found = read_markers(scan, segmentation.labels, anatomy.brain)
    if found is None:
        raise MissingInput(NO_ICH.format(name=mask.name))
    for warning in (*scan.warnings, *found.record.warnings):
        typer.echo(f"warning: {warning}", err=True)
    if to_csv is not None:
        write_reading(MarkerReading.automatic(found.record), to_csv)
    if evidence is not None:
        from ..markers.evidence import write_evidence

        write_evidence(found, scan, evidence)
    if to_json is not None:
        write_json(found.record.model_dump(mode="json"), to_json)
    else:
        print_table(marker_table(found.record))
        typer.echo(found.record.note, err=True)


def marker_table(record: "MarkersRecord") -> "Table":
    """One row per marker."""
    from rich.table import Table

    table = Table()
    for column in ("marker", "state", "confidence", "slice", "measures"):
        table.add_column(column)
    for found in record.markers:
        measures = ", ".join(f"{name} {value:.4g}" for name, value in found.measures.items())
        place = "" if found.slice_index is None else str(found.slice_index)
        table.add_row(found.marker, found.state, f"{found.confidence:.2f}", place, measures)
    return table

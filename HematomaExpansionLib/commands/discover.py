"""``hematoma-expansion discover``: the table of a cohort from a tree of DICOM."""

from pathlib import Path
from typing import Annotated

import typer

from ..shell_progress import ProgressStyle, cancelled_by_signals, shown


def discover(
    tree: Annotated[Path, typer.Argument(help="Folder with DICOM files in any layout.")],
    *,
    out: Annotated[
        Path, typer.Option(help="Table to write, .csv; what is left out goes to NAME-excluded.csv.")
    ],
    within: Annotated[float, typer.Option(min=1, help="Latest follow-up, hours after the baseline.")] = 72.0,
    key: Annotated[
        Path | None, typer.Option(help="Also write which patient ID each number stands for, to this .csv.")
    ] = None,
    style: Annotated[
        ProgressStyle, typer.Option("--progress", help="How progress is shown on standard error.")
    ] = "auto",
) -> None:
    """Find the patients, baselines and follow-ups in a tree of DICOM, under numbers instead of names."""
    from ..cohort.discover import check_voxels
    from ..cohort.discover import discover as search
    from ..cohort.discovered_files import write_found
    from ..errors import UsageError

    for table in (out, *([key] if key is not None else [])):
        if table.suffix.lower() != ".csv":
            raise UsageError(f"{table}: the table is a .csv file")
    with cancelled_by_signals() as cancelled, shown(style, cancelled) as progress:
        progress.stage("patients")
        found = search(tree, check_voxels, within, progress)
    for file in write_found(found, out, key):
        typer.echo(file)
    followed = sum(len(patient.scans) > 1 for patient in found.patients)
    typer.echo(
        f"{len(found.patients)} patients, {followed} with a follow-up; {len(found.excluded)} series left out",
        err=True,
    )

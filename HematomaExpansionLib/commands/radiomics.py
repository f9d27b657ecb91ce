"""``hematoma-expansion radiomics``: the radiomic features of one scan with its segmentation."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from ..shell_progress import ProgressStyle, cancelled_by_signals, shown
from .mapping import Mapping, parse_mapping
from .output import Json, write_json


def radiomics(
    ct: Annotated[Path, typer.Argument(help="DICOM folder, NIfTI or NRRD file.")],
    mask: Annotated[Path, typer.Argument(help="Its segmentation: .seg.nrrd, NRRD or NIfTI.")],
    out: Annotated[Path, typer.Option(help="Table to write, .csv: one line, one column a feature.")],
    settings: Annotated[
        str, typer.Option(help="ning2025, lu2024, or a PyRadiomics parameter file (.yaml).")
    ] = "ning2025",
    label: Annotated[
        Literal["ich", "ivh", "extra_axial", "oedema"], typer.Option(help="The class that is the mask.")
    ] = "ich",
    case: Annotated[str, typer.Option(help="Name of the case in the table.")] = "1",
    mapping: Mapping = None,
    to_json: Json = None,
    style: Annotated[
        ProgressStyle, typer.Option("--progress", help="How progress is shown on standard error.")
    ] = "auto",
) -> None:
    """Extract the radiomic features of a bleed (PyRadiomics)."""
    from ..errors import UsageError
    from ..labels import APPEARANCE
    from ..radiomics.case import Case, extract_case
    from ..radiomics.features import write_features
    from ..radiomics.package import make_extractor
    from ..radiomics.settings import read_settings

    if out.suffix.lower() != ".csv":
        raise UsageError(f"{out}: the table is a .csv file")
    chosen = read_settings(settings)
    make_extractor(chosen)  # what is wrong with it is said before the scan is read
    classes = {look.key: found for found, look in APPEARANCE.items()}
    with cancelled_by_signals() as cancelled, shown(style, cancelled) as progress:
        progress.stage("features")
        found = extract_case(Case(case, ct, mask), chosen, classes[label], parse_mapping(mapping))
        progress(1.0)
    for warning in found.warnings:
        typer.echo(f"warning: {warning}", err=True)
    write_features({case: found.features}, out)
    if to_json is not None:
        write_json({"case": case, **found.features.as_dict()}, to_json)
    else:
        typer.echo(out)

"""``hematoma-expansion predict``: the probability of expansion by one model or several."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import UsageError
from ..segmentation.backends import DEFAULT_BACKEND
from ..shell_progress import ProgressStyle, cancelled_by_signals, shown
from .mapping import Mapping, parse_mapping
from .model import RequiredModels, model_folders
from .output import Json, print_table, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from ..prediction.prediction import Prediction


def predict(
    ct: Annotated[Path, typer.Argument(help="Baseline: DICOM folder, NIfTI or NRRD file.")],
    *,
    model: RequiredModels,
    clinical: Annotated[
        Path | None, typer.Option(help="Clinical record: .json, .yaml or .csv; see clinical template.")
    ] = None,
    patient: Annotated[str | None, typer.Option(help="Which patient of a .csv with several.")] = None,
    mask: Annotated[Path | None, typer.Option(help="Your own segmentation of the baseline.")] = None,
    mapping: Mapping = None,
    segmenter: Annotated[str, typer.Option(help="bundled, threshold or blast-ct.")] = DEFAULT_BACKEND,
    device: Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where networks run.")] = "auto",
    readings: Annotated[
        Path | None, typer.Option(help="A reader's markers: markers.csv with reader_value and reader filled.")
    ] = None,
    to_json: Json = None,
    style: Annotated[
        ProgressStyle, typer.Option("--progress", help="How progress is shown on standard error.")
    ] = "auto",
) -> None:
    """Predict expansion from the baseline CT and the clinical record."""
    from ..clinical import read_clinical
    from ..markers.reading import load_readings
    from ..result import DISCLAIMER
    from ..study import Options, analyze, ask_about_scan, load, scan_is_enough

    if patient is not None and clinical is None:
        raise UsageError(f"patient {patient} was given without --clinical; it names a line of that table")
    record = None if clinical is None else read_clinical(clinical, patient)
    read = None if readings is None else load_readings(readings)
    options = Options(
        segmenter=segmenter,
        masks=() if mask is None else (mask,),
        mapping=parse_mapping(mapping),
        device=device,
        models=model_folders(model),
        heat_maps=False,
    )
    with cancelled_by_signals() as cancelled, shown(style, cancelled) as progress:
        loaded = load(options)
        if mask is None and mapping is None and read is None and scan_is_enough(loaded.models):
            said, warnings = ask_about_scan(ct, loaded.models, progress)
        else:
            found = analyze(ct, (), options, progress, "shell", record, read, loaded).result
            said, warnings = found.predictions, (*found.warnings, *found.scans[0].warnings)
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)
    if to_json is not None:
        answers = [one.model_dump(mode="json") for one in said]
        write_json({"disclaimer": DISCLAIMER, "predictions": answers}, to_json)
        return
    print_table(prediction_table(said))
    for one in said:
        if one.contributions:
            print_table(contribution_table(one))
        for sentence in (one.warning, *one.warnings, one.reason):
            if sentence:
                typer.echo(f"{one.model}: {sentence}", err=True)
    typer.echo(DISCLAIMER, err=True)


def prediction_table(predictions: "Sequence[Prediction]") -> "Table":
    """One row per model."""
    from rich.table import Table

    table = Table()
    table.add_column("model", no_wrap=True)
    for column in ("expansion as", "probability (95 %)", "expected"):
        table.add_column(column)
    for one in predictions:
        probability = "not available" if one.probability is None else f"{one.probability:.3f}"
        if one.interval is not None:
            probability += f" ({one.interval[0]:.3f}-{one.interval[1]:.3f})"
        expected = "-"
        if one.expected is not None:
            expected = f"{'yes' if one.expected else 'no'} (>= {one.threshold:.2f})"
        table.add_row(one.model, one.outcome, probability, expected)
    return table


def contribution_table(prediction: "Prediction") -> "Table":
    """What each input of a linear model adds, against the average training patient."""
    from math import exp

    from rich.table import Table

    table = Table(title=f"{prediction.model}: inputs")
    for column in ("input", "value", "odds x"):
        table.add_column(column)
    for one in prediction.contributions:
        value = "not known" if one.value is None else one.value
        shown_value = f"{value:g}" if isinstance(value, float) else str(value)
        table.add_row(one.name, shown_value, f"{exp(one.log_odds):.2f}")
    return table

"""The shell door: ``hematoma-expansion``.

Results go to files and standard output; progress and messages go to standard error. A user's mistake is one
line without a traceback.
"""

import gc
import json
import sys
import traceback
from pathlib import Path
from typing import Annotated, Literal

import typer

from . import __version__
from .commands import clinical as clinical_commands
from .commands import pacs as pacs_commands
from .commands.batch import batch
from .commands.dicom import Anonymize, Dicom, dicom_sources, written_dicom
from .commands.discover import discover
from .commands.mapping import Mapping, parse_mapping
from .commands.markers import markers
from .commands.model import Models, model_folders
from .commands.output import Json, print_table, write_json
from .commands.predict import predict
from .commands.radiomics import radiomics
from .commands.scores import scores
from .errors import HematomaExpansionError, UsageError
from .scene.run_request import analyze_request, predict_request
from .segmentation.backends import DEFAULT_BACKEND
from .shell_progress import ProgressStyle, cancelled_by_signals, shown

EXIT_CODES = (
    "Exit codes: 0 done, 2 usage, 3 input refused, 4 model problem, 5 partly done, 70 internal error, "
    "130 cancelled."
)

app = typer.Typer(
    name="hematoma-expansion",
    help=f"Intracerebral haemorrhage on head CT. Research only, not for clinical decisions. {EXIT_CODES}",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(name="models", help="Weights: list, fetch, verify, remove.", no_args_is_help=True)
app.add_typer(models_app)
app.add_typer(clinical_commands.app)
app.add_typer(pacs_commands.app)

Segmenter = Annotated[str, typer.Option(help="bundled, threshold, blast-ct, deepbleed-style or mask.")]
BlastModels = Annotated[str | None, typer.Option(help="BLAST-CT models to average, as 2 or 1,2,3 or 1-12.")]
Device = Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where networks run.")]
Style = Annotated[ProgressStyle, typer.Option("--progress", help="How progress is shown on standard error.")]


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def analyze(
    baseline: Annotated[Path, typer.Argument(help="DICOM folder, NIfTI or NRRD file.")],
    followups: Annotated[list[Path] | None, typer.Argument(help="Follow-up scans in time order.")] = None,
    *,
    out: Annotated[Path, typer.Option(help="Folder for the report and all files.")],
    mask: Annotated[list[Path] | None, typer.Option(help="Your own segmentation, once per scan.")] = None,
    mapping: Mapping = None,
    segmenter: Segmenter = DEFAULT_BACKEND,
    blast_models: BlastModels = None,
    device: Device = "auto",
    hours: Annotated[
        list[float] | None,
        typer.Option(help="Hours after the baseline, once per follow-up; else from the record or the scans."),
    ] = None,
    position: Annotated[
        list[str] | None,
        typer.Option(help="How the patient lay (HFS, HFP, HFDL, HFDR), once or per scan; else as read."),
    ] = None,
    clinical: Annotated[
        Path | None, typer.Option(help="Clinical record: .json, .yaml or .csv; see clinical template.")
    ] = None,
    patient: Annotated[str | None, typer.Option(help="Which patient of a .csv with several.")] = None,
    readings: Annotated[
        Path | None, typer.Option(help="A reader's markers: markers.csv with reader_value and reader filled.")
    ] = None,
    model: Models = None,
    dicom: Dicom = False,
    anonymize: Anonymize = False,
    style: Style = "auto",
    door: Annotated[Literal["shell", "slicer"], typer.Option(hidden=True)] = "shell",
) -> None:
    """From the scans of one patient to volumes, change, markers, scores, predictions and a report."""
    from .clinical import read_clinical
    from .files import check_folder
    from .markers.reading import load_readings
    from .report.dicom.anonymise import anonymous_study
    from .report.headline import headline
    from .report.write import write_study
    from .study import Options
    from .study import analyze as analyze_study

    check_folder(out)
    if patient is not None and clinical is None:
        raise UsageError(f"patient {patient} was given without --clinical; it names a line of that table")
    record = None if clinical is None else read_clinical(clinical, patient)
    read = None if readings is None else load_readings(readings)
    options = Options(
        segmenter=segmenter,
        masks=tuple(mask or ()),
        mapping=parse_mapping(mapping),
        blast_models=_numbers(blast_models),
        device=device,
        hours=tuple(hours or ()),
        positions=tuple(position or ()),
        models=model_folders(model),
    )
    sources = dicom_sources([baseline, *(followups or ())]) if dicom else []
    with cancelled_by_signals() as cancelled, shown(style, cancelled) as progress:
        study = analyze_study(baseline, followups or (), options, progress, door, record, read)
        progress.stage("report")
        if anonymize:
            study = anonymous_study(study)
        # From here on a wish to stop comes too late: what is written is written whole.
        files = write_study(study, out)
        files += written_dicom(study, sources, out, files, anonymize)
    typer.echo(headline(study.result), err=True)
    for file in files:
        typer.echo(file)


@app.command()
def segment(
    ct: Annotated[Path, typer.Argument(help="DICOM folder, NIfTI or NRRD file.")],
    out: Annotated[Path, typer.Option(help="Segmentation to write: .seg.nrrd, .nrrd or .nii.gz.")],
    segmenter: Segmenter = DEFAULT_BACKEND,
    blast_models: BlastModels = None,
    device: Device = "auto",
    style: Style = "auto",
) -> None:
    """Label the blood of one scan."""
    from .ct.anatomy import locate_anatomy
    from .ct.reader import read_ct
    from .segmentation.backends import check_ready
    from .segmentation.backends import segmenter as make_segmenter
    from .segmentation.write import check_name, write_segmentation

    check_name(out)
    backend = make_segmenter(segmenter, device=device, models=_numbers(blast_models))
    check_ready(backend)
    with cancelled_by_signals() as cancelled, shown(style, cancelled) as progress:
        progress.stage("reading")
        scan = read_ct(ct)
        progress.stage("anatomy")
        anatomy = locate_anatomy(scan, progress)
        progress.stage("segmentation")
        segmentation = backend.segment(scan, anatomy, progress)
        write_segmentation(segmentation, out)
    for warning in (*scan.warnings, *anatomy.warnings, *segmentation.warnings):
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(out)


@app.command()
def volume(
    mask: Annotated[Path, typer.Argument(help="Segmentation: .seg.nrrd, NRRD or NIfTI.")],
    mapping: Mapping = None,
    to_json: Json = None,
) -> None:
    """Measure a segmentation: voxel volume, planimetry, ABC/2, ABC/3, ellipsoid."""
    from .masks import measured
    from .tables import volume_table

    volumes = measured(mask, parse_mapping(mapping))
    if to_json is None:
        print_table(volume_table(volumes))
    else:
        write_json(
            {key: None if found is None else found.model_dump() for key, found in volumes.items()}, to_json
        )


@app.command()
def change(
    baseline_mask: Annotated[Path, typer.Argument(help="Segmentation of the baseline.")],
    followup_mask: Annotated[Path, typer.Argument(help="Segmentation of the follow-up.")],
    definition: Annotated[
        Literal["che", "rhe1", "rhe2", "rhe-ning"] | None, typer.Option(help="One definition only.")
    ] = None,
    mapping: Mapping = None,
    to_json: Json = None,
) -> None:
    """Judge expansion from two segmentations, each measured in its own space."""
    from .masks import expansion
    from .tables import expansion_table

    answers = expansion(baseline_mask, followup_mask, parse_mapping(mapping))
    if definition is not None:
        answers = [answer for answer in answers if answer.definition == definition]
    if to_json is None:
        print_table(expansion_table(answers))
    else:
        write_json([answer.model_dump() for answer in answers], to_json)


app.command()(batch)
app.command()(discover)
app.command()(markers)
app.command()(predict)
app.command()(radiomics)
app.command()(scores)
app.command(hidden=True)(analyze_request)
app.command(hidden=True)(predict_request)


@app.command()
def schema() -> None:
    """Print the JSON schema of result.json."""
    from .result import StudyResult

    typer.echo(json.dumps(StudyResult.model_json_schema(), indent=2))


@models_app.command("list")
def models_list(to_json: Json = None) -> None:
    """List the registered weights and whether they are here."""
    from .models import cache_folder, list_models
    from .tables import model_table, shipped_table

    entries = list_models()
    if to_json is None:
        from .bundle import read_bundle
        from .prediction.shipped import shipped

        print_table(model_table(entries))
        if bundles := [read_bundle(folder) for folder in shipped().values()]:
            print_table(shipped_table(bundles))
        from .segmentation.deepbleed_style import NAME, is_installed

        installed = (
            "installed" if is_installed() else "not installed, weights are the user's to train or bring"
        )
        typer.echo(f"{NAME}: {installed}", err=True)
        typer.echo(f"folder: {cache_folder()}", err=True)
    else:
        write_json([{**entry.model_dump(), "state": state.value} for entry, state in entries], to_json)


@models_app.command("fetch")
def models_fetch(names: Annotated[list[str], typer.Argument()], style: Style = "auto") -> None:
    """Download weights and check them against the registry."""
    from .models import fetch

    with cancelled_by_signals() as cancelled, shown(style, cancelled) as progress:
        for name in names:
            progress.stage(name)
            typer.echo(fetch(name, progress))


@models_app.command("verify")
def models_verify(names: Annotated[list[str], typer.Argument()]) -> None:
    """Check weights against the registry; exit code 4 when one is absent or wrong."""
    from .models import verify

    verify(names)
    typer.echo(f"{', '.join(names)}: as registered")


@models_app.command("remove")
def models_remove(names: Annotated[list[str], typer.Argument()]) -> None:
    """Delete weights from the cache folder."""
    from .models import remove

    for name in names:
        typer.echo(f"{name}: {'removed' if remove(name) else 'was not there'}")


def _numbers(text: str | None) -> tuple[int, ...] | None:
    """``1,3`` and ``1-12`` as numbers."""
    if text is None:
        return None
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdigit() or (last and not last.isdigit()):
            raise typer.BadParameter(
                f"{text!r}: give numbers as 2 or 1,2,3 or 1-12", param_hint="--blast-models"
            )
        numbers += range(int(first), int(last or first) + 1)
    return tuple(numbers)


def main() -> None:
    """Run the command; every error becomes one line and a documented exit code."""
    try:
        app()
    except HematomaExpansionError as error:
        typer.echo(f"hematoma-expansion: {' '.join(str(error).split())}", err=True)
        sys.exit(error.exit_code)
    except Exception as error:
        # Not a user's mistake but ours: the traceback is what a report of it needs.
        traceback.print_exc()
        typer.echo(f"hematoma-expansion: internal error: {type(error).__name__}: {error}", err=True)
        sys.exit(HematomaExpansionError.exit_code)
    finally:
        # Python looks for garbage before it ends. Behind torch and MONAI that took a second, for nothing.
        gc.freeze()


if __name__ == "__main__":
    main()

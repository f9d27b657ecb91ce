"""``hematoma-expansion pacs``: scans out of a PACS, results into it, and the service that does both."""

import warnings
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..errors import UsageError
from ..segmentation.backends import DEFAULT_BACKEND
from ..shell_progress import ProgressStyle, cancelled_by_signals, shown

app = typer.Typer(name="pacs", help="Fetch from a PACS, store in it, watch it.", no_args_is_help=True)

Address = Annotated[
    str, typer.Argument(help="https://HOST/dicom-web (DICOMweb) or dicom://TITLE@HOST:PORT (C-FIND, C-MOVE).")
]
Title = Annotated[str, typer.Option(help="Our application entity title; for dicom:// addresses.")]
Port = Annotated[int, typer.Option(help="Where we listen for what C-MOVE sends.")]
Timeout = Annotated[float, typer.Option(help="Seconds to wait for an answer.")]
Style = Annotated[ProgressStyle, typer.Option("--progress", help="How progress is shown on standard error.")]


@app.command()
def pull(
    server: Address,
    out: Annotated[Path, typer.Option(help="A folder a study and in it one a series.")],
    study: Annotated[str, typer.Option(help="StudyInstanceUID.")] = "",
    patient: Annotated[str, typer.Option(help="PatientID: every study with CT.")] = "",
    modality: Annotated[str, typer.Option(help="Of the series; empty for all.")] = "CT",
    title: Title = "HEMATOMA",
    port: Port = 11113,
    timeout: Timeout = 30.0,
    style: Style = "auto",
) -> None:
    """Fetch the CT of a study or of a patient."""
    from ..pacs.server import connect
    from ..pacs.transfer import pull as fetch

    with cancelled_by_signals() as cancelled, shown(style, cancelled) as progress:
        progress.stage("pull")
        for folder in fetch(connect(server, title, port, timeout), out, study, patient, modality, progress):
            typer.echo(folder)


@app.command()
def push(
    server: Address,
    paths: Annotated[list[Path], typer.Argument(help="DICOM files, or folders of them.")],
    title: Title = "HEMATOMA",
    timeout: Timeout = 30.0,
    style: Style = "auto",
) -> None:
    """Store DICOM files."""
    from ..pacs.server import connect
    from ..pacs.transfer import push as store

    with cancelled_by_signals() as cancelled, shown(style, cancelled) as progress:
        progress.stage("push")
        for file in store(connect(server, title, timeout_s=timeout), paths, progress):
            typer.echo(file)


@app.command()
def watch(
    server: Address,
    work: Annotated[Path, typer.Option(help="Folder of the journal and of results; one service in each.")],
    segmenter: Annotated[str, typer.Option(help="bundled, threshold or blast-ct.")] = DEFAULT_BACKEND,
    device: Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where networks run.")] = "auto",
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 15.0,
    stable: Annotated[float, typer.Option(min=0, help="Seconds without a change: complete.")] = 60.0,
    longest_wait: Annotated[float, typer.Option(min=0.1, help="Most seconds between two tries.")] = 300.0,
    days: Annotated[int, typer.Option(min=0, help="Studies of the last days only; 0 for all.")] = 3,
    episode_days: Annotated[float, typer.Option(min=0, help="A later study is a new bleed.")] = 7.0,
    once: Annotated[bool, typer.Option("--once", help="Stop when nothing is left to do.")] = False,
    title: Title = "HEMATOMA",
    port: Port = 11113,
    timeout: Timeout = 30.0,
) -> None:
    """Analyse every stable head CT study, with the patient's others, and store SEG and SR beside it, once."""
    from filelock import FileLock
    from filelock import Timeout as Taken

    from ..files import check_folder
    from ..pacs.server import connect
    from ..pacs.watch import Timing, Watch
    from ..progress import Progress
    from ..report.dicom.codes import check_highdicom
    from ..segmentation.backends import check_ready
    from ..segmentation.backends import segmenter as make_segmenter
    from ..study import Options

    check_highdicom()
    if segmenter == "mask":
        raise UsageError("segmenter mask needs a file for each scan; a service has none")
    check_ready(make_segmenter(segmenter, device=device))
    check_folder(work)
    work.mkdir(parents=True, exist_ok=True)
    timing = Timing(every, stable, longest_wait, days, timedelta(days=episode_days))
    options = Options(segmenter=segmenter, device=device)
    # pydicom and highdicom quote values they find odd, a patient's name among them; a log must not.
    warnings.simplefilter("ignore", UserWarning)
    try:
        with FileLock(work / ".lock", timeout=0), cancelled_by_signals() as cancelled:
            place = connect(server, title, port, timeout)
            Watch(place, work, options, timing, _log, Progress(None, cancelled)).run(cancelled, once)
    except Taken as error:
        raise UsageError(f"{work}: another watch works there; give each its own folder") from error
    _log("stopped")


def _log(line: str) -> None:
    typer.echo(f"{datetime.now():%Y-%m-%d %H:%M:%S} {line}", err=True)

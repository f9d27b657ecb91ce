"""``hematoma-expansion batch``: every patient of a cohort."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..segmentation.backends import DEFAULT_BACKEND
from ..shell_progress import ProgressStyle, cancelled_by_signals
from .mapping import Mapping, parse_mapping
from .model import Models, model_folders

if TYPE_CHECKING:
    from ..cohort.batch import Batch, Plan
    from ..cohort.one_case import Outcome

PARTLY_DONE = 5
WRITTEN = ("results.csv", "failures.csv", "cohort.html", "cohort.pdf")


def batch(
    cohort: Annotated[Path, typer.Argument(help="Table, .csv: one line a patient; files relative to it.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder for the patients' folders, the tables and the report.")],
    workers: Annotated[int, typer.Option(min=1, help="Patients at a time, each in a process.")] = 1,
    cluster: Annotated[
        str | None, typer.Option(help="Scheduler of a running dask cluster, as tcp://HOST:8786, instead.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on: keep what is done and still true.")
    ] = False,
    mapping: Mapping = None,
    segmenter: Annotated[
        str, typer.Option(help="bundled, threshold or blast-ct, for scans that have no mask in the table.")
    ] = DEFAULT_BACKEND,
    device: Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where networks run.")] = "auto",
    model: Models = None,
    style: Annotated[
        ProgressStyle, typer.Option("--progress", help="How progress is shown on standard error.")
    ] = "auto",
) -> None:
    """Analyse a cohort: a folder a patient, results.csv, failures.csv and a report of the whole."""
    from ..cohort.batch import plan_batch, run_batch
    from ..cohort.case import read_cases
    from ..cohort.lock import only_run
    from ..errors import Cancelled
    from ..files import check_folder
    from ..study import Options

    check_folder(out)
    table, cases = read_cases(cohort)
    options = Options(
        segmenter=segmenter,
        mapping=parse_mapping(mapping),
        device=device,
        models=model_folders(model),
    )
    plan = plan_batch(cases, out, options, resume)
    remarks = [*table.remarks, *_remarks(plan)]
    for remark in remarks:
        typer.echo(remark, err=True)
    with only_run(out):
        if plan.to_do:  # a run that does not end has no tables, rather than those of an earlier one
            for name in WRITTEN:
                (out / name).unlink(missing_ok=True)
        with cancelled_by_signals() as cancelled, _shown(style, len(plan.to_do)) as told:

            def look() -> None:
                if cancelled():
                    raise Cancelled("cancelled; what is done is kept, --resume goes on")

            found = run_batch(plan, options, workers, cluster, told, look)
        _write(found, remarks, out)
    _tell(found)
    if found.failures:
        raise typer.Exit(PARTLY_DONE)


def _remarks(plan: "Plan") -> list[str]:
    """What resuming finds, in sentences."""
    said = []
    if plan.kept:
        said.append(f"{len(plan.kept)} of {len(plan.cases)} patients are done and are kept.")
    if plan.stale:
        named = "; ".join(f"{name} ({', '.join(what)})" for name, what in plan.stale.items())
        said.append(f"{len(plan.stale)} results are stale and are done again, for what changed: {named}.")
    if plan.gone:
        said.append(f"Not in the table, left alone and not counted: {', '.join(plan.gone)}.")
    return said


def _write(found: "Batch", remarks: list[str], out: Path) -> None:
    from ..cohort.report import write_cohort_report
    from ..cohort.tables import write_failures, write_results

    write_results(found.results, out / "results.csv")
    write_failures(found.failures, out / "failures.csv")
    write_cohort_report(found.results, found.failures, remarks, out)
    for name in WRITTEN:
        typer.echo(out / name)


def _tell(found: "Batch") -> None:
    for failure in found.failures:
        typer.echo(f"{failure.patient}: {failure.stage}: {failure.reason}", err=True)
    seconds = sorted(outcome.seconds for outcome in found.outcomes if outcome.failure is None)
    peaks = [outcome.peak_mb for outcome in found.outcomes if outcome.peak_mb is not None]
    pace = f"; {seconds[len(seconds) // 2]:.1f} s a patient" if seconds else ""
    memory = f", at most {max(peaks):.0f} MB a worker" if peaks else ""
    typer.echo(f"{len(found.results)} done, {len(found.failures)} failed{pace}{memory}", err=True)


@contextmanager
def _shown(style: ProgressStyle, total: int) -> "Iterator[Callable[[Outcome], None]]":
    """Progress over patients, with the time left."""
    import sys

    from ..shell_progress import shown

    done = 0
    if style == "auto" and sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as Bars

        columns = (
            TextColumn("patients"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.description}"),
        )  # fmt: skip
        # Patients take minutes: the pace is that of the last hour, not of the last half minute.
        with Bars(*columns, console=Console(stderr=True), speed_estimate_period=3600) as bars:
            task = bars.add_task("", total=total)
            yield lambda outcome: bars.update(task, advance=1, description=outcome.patient)
        return
    with shown(style, lambda: False) as progress:
        progress.stage("patients")

        def told(outcome: "Outcome") -> None:
            nonlocal done
            done += 1
            progress(done / total, outcome.patient)

        yield told

"""A whole cohort: what is done already is kept, the rest is analysed by workers, and all of it is told."""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..errors import InputRefused, OutputError, UsageError
from ..result import StudyResult
from ..study import Options, load
from .case import Case
from .cluster import on_cluster
from .dependencies import Dependencies, case_dependencies, changed, option_dependencies
from .one_case import TEMPORARY, Failure, Outcome, run_case
from .workers import on_processes

PATIENTS = "patients"
Analysis = Callable[[Case, Options, Dependencies, Path], Outcome]
"""Analyses a patient in a worker and writes its folder, as :func:`.one_case.run_case` does."""
KILLED = "its worker was killed each time it was tried; was there enough memory?"


@dataclass(frozen=True)
class Plan:
    """What is left to do.

    Attributes:
        out: folder of the cohort.
        cases: all, in the order of the table.
        kept: names of those whose result is there and would be the same.
        stale: those whose result is there, but of another input or option: name to what has changed.
        gone: names of folders of patients who are not in the table.
        of_options: what the options contribute to the dependencies.
    """

    out: Path
    cases: tuple[Case, ...]
    kept: frozenset[str]
    stale: dict[str, list[str]]
    gone: tuple[str, ...]
    of_options: Dependencies

    @property
    def to_do(self) -> tuple[Case, ...]:
        """What the workers are given."""
        return tuple(case for case in self.cases if case.name not in self.kept)


@dataclass(frozen=True)
class Batch:
    """What a run has come to.

    Attributes:
        results: by patient, in the order of the table.
        failures: in the order of the table.
        outcomes: of the patients that this run analysed, in the order in which they ended.
    """

    results: dict[str, StudyResult]
    failures: tuple[Failure, ...]
    outcomes: tuple[Outcome, ...]


def plan_batch(cases: Sequence[Case], out: Path, options: Options, resume: bool, readers: int = 4) -> Plan:
    """See what is done, and refuse before any work what cannot be run.

    Args:
        cases: the cohort.
        out: folder of the cohort; it need not exist.
        options: the same for all; masks and hours are each case's own.
        resume: whether results that are there may stay.
        readers: how many cases are compared with their files at a time.

    Raises:
        OutputError: the folder holds results and they are not to be resumed.
        UsageError: options that do not exist or do not go together.
        ModelError: a model is absent, corrupt or of the wrong hash.
    """
    from ..segmentation.backends import check_ready

    loaded = load(options)
    if any(not case.masks for case in cases):
        check_ready(loaded.backend)
    if options.mapping is not None and not any(case.masks for case in cases):
        raise UsageError("a mapping was given without masks; it says which classes a mask's values are")
    patients = out / PATIENTS
    there = (
        sorted(item.name for item in patients.iterdir() if not item.name.startswith("."))
        if patients.is_dir()
        else []
    )
    if there and not resume:
        raise OutputError(
            f"{out}: holds results of {len(there)} patients; give --resume to go on, or another folder"
        )
    of_options = option_dependencies(options)
    old = [case for case in cases if case.name in there]
    with ThreadPoolExecutor(readers) as pool:
        differences = list(pool.map(partial(_difference, patients, of_options), old))
    found = dict(zip((case.name for case in old), differences, strict=True))
    return Plan(
        out=out,
        cases=tuple(cases),
        kept=frozenset(name for name, what in found.items() if not what),
        stale={name: what for name, what in found.items() if what},
        gone=tuple(name for name in there if name not in {case.name for case in cases}),
        of_options=of_options,
    )


def _difference(patients: Path, of_options: Dependencies, case: Case) -> list[str]:
    try:
        what = changed(patients / case.name, case_dependencies(case, of_options))
    except OSError:  # the worker meets it again, and says it of this patient alone
        return ["files that cannot be read"]
    return ["no record of inputs"] if what is None else what


def run_batch(
    plan: Plan,
    options: Options,
    workers: int = 1,
    cluster: str | None = None,
    told: Callable[[Outcome], None] = lambda outcome: None,
    look: Callable[[], None] = lambda: None,
    analyse: Analysis = run_case,
) -> Batch:
    """Analyse what is left to do; each patient's folder is written whole when the patient is done.

    Two runs in one folder disturb each other: hold :func:`.lock.only_run` of it meanwhile.

    Args:
        plan: from :func:`plan_batch`, with the same options.
        options: the same for all.
        workers: processes on this machine.
        cluster: address of a dask.distributed scheduler, which then has the workers; None for this machine.
        told: called with the outcome of each patient.
        look: called several times a second; what it raises ends the run.
        analyse: what a worker does with a patient, as :func:`.one_case.run_case` does it.

    Raises:
        UsageError: fewer than one worker, or a cluster that cannot be used.
        OutputError: the folder cannot be written.
        ModelError: a model is wrong, which it is for every patient.
        InputRefused: a result that is there cannot be read.
    """
    if workers < 1:
        raise UsageError(f"workers {workers}: at least 1")
    patients = plan.out.absolute() / PATIENTS
    try:
        patients.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{plan.out}: cannot write there ({error.strerror})") from error
    work = partial(_work, analyse=analyse, options=options, of_options=plan.of_options, patients=patients)
    outcomes = []
    for left in patients.glob(f"{TEMPORARY}*"):
        shutil.rmtree(left, ignore_errors=True)
    if cluster is None:
        answers = on_processes(work, plan.to_do, workers, look)
    else:
        answers = on_cluster(work, plan.to_do, cluster, look)
    for case, answer in answers if plan.to_do else ():
        outcome = answer if isinstance(answer, Outcome) else _killed(case.name)
        if outcome.failure is not None:  # what is there is of other inputs or options
            shutil.rmtree(patients / case.name, ignore_errors=True)
        outcomes.append(outcome)
        told(outcome)
    failed = {outcome.patient: outcome.failure for outcome in outcomes if outcome.failure is not None}
    return Batch(
        results={case.name: _result(patients / case.name) for case in plan.cases if case.name not in failed},
        failures=tuple(failed[case.name] for case in plan.cases if case.name in failed),
        outcomes=tuple(outcomes),
    )


def _work(
    case: Case, analyse: Analysis, options: Options, of_options: Dependencies, patients: Path
) -> Outcome:
    return analyse(case, options, of_options, patients)


def _killed(patient: str) -> Outcome:
    return Outcome(patient, Failure(patient, "analysis", KILLED))


def _result(folder: Path) -> StudyResult:
    file = folder / "result.json"
    try:
        return StudyResult.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputRefused(f"{file}: cannot be read; remove its folder and resume") from error

"""Analyse one patient in a worker: the result is there whole, or there is a reason why not."""

import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from ..errors import HematomaExpansionError, ModelError, OutputError
from ..progress import Progress
from ..segmentation.backends import DEFAULT_BACKEND
from ..study import Loaded, Options, analyze, load
from .case import Case
from .dependencies import Dependencies, case_dependencies, write_dependencies

TEMPORARY = ".writing-"
"""How the names of folders begin that are being written; what is left of them after a crash is removed."""


@dataclass(frozen=True)
class Failure:
    """Why a patient has no result.

    Attributes:
        patient: the name.
        stage: in which stage of the analysis it happened.
        reason: one line.
    """

    patient: str
    stage: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of one patient.

    Attributes:
        patient: the name.
        failure: None when the result was written.
        seconds: that it took.
        worker: process that did it.
        peak_mb: most memory that process has ever held; None where the system does not say.
    """

    patient: str
    failure: Failure | None
    seconds: float = 0.0
    worker: int = 0
    peak_mb: float | None = None


def run_case(case: Case, options: Options, of_options: Dependencies, patients: Path) -> Outcome:
    """Analyse one patient and write the folder ``patients/NAME``.

    Args:
        case: the patient.
        options: the same for all patients; masks and hours are those of the case.
        of_options: what the options contribute to the dependencies.
        patients: folder of the patients' folders; it exists.

    Raises:
        ModelError: a model is wrong, which it is for every patient.
        OutputError: the folder cannot be written, which is so for every patient.
    """
    stages = ["reading"]
    started = time.monotonic()
    failure = None
    try:
        _analyse(case, options, of_options, patients, Progress(lambda stage, _f, _m: stages.append(stage)))
    except (ModelError, OutputError):
        raise
    except HematomaExpansionError as error:
        failure = Failure(case.name, stages[-1], _line(str(error)))
    except Exception as error:  # one patient must not end the others
        failure = Failure(case.name, stages[-1], _line(f"internal error: {type(error).__name__}: {error}"))
    return Outcome(case.name, failure, time.monotonic() - started, os.getpid(), peak_mb())


def _analyse(
    case: Case, options: Options, of_options: Dependencies, patients: Path, progress: Progress
) -> None:
    from ..report.write import write_study

    found = case_dependencies(case, of_options)
    loaded = _loaded(options.segmenter, options.blast_models, options.device, options.models)
    own = replace(
        options,
        masks=case.masks,
        hours=case.hours,
        segmenter=DEFAULT_BACKEND if case.masks else options.segmenter,
        blast_models=None if case.masks else options.blast_models,
        mapping=options.mapping if case.masks else None,
    )
    baseline, *followups = case.scans
    study = analyze(baseline, followups, own, progress, "shell", case.clinical, loaded=loaded)
    progress.stage("report")
    temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=patients))
    try:
        write_study(study, temporary)
        write_dependencies(temporary, found)
        temporary.chmod(0o755)  # mkdtemp's folders are for their owner alone
        put_in_place(temporary, patients / case.name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def put_in_place(written: Path, folder: Path) -> None:
    """Rename a folder that is written to its name; what stood there before goes."""
    if folder.exists():
        before = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=folder.parent))
        folder.rename(before / folder.name)
        written.rename(folder)
        shutil.rmtree(before)
    else:
        written.rename(folder)


@lru_cache(maxsize=1)
def _loaded(
    segmenter: str, blast_models: tuple[int, ...] | None, device: str, models: tuple[Path, ...]
) -> Loaded:
    """Segmenter and models, once in a worker."""
    return load(Options(segmenter=segmenter, blast_models=blast_models, device=device, models=models))


def _line(text: str) -> str:
    return " ".join(text.split())


def peak_mb() -> float | None:
    """Most memory this process has held so far, MB; None on Windows."""
    with suppress(ImportError):
        import resource
        import sys

        unit = 1024**2 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return None

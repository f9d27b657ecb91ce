"""Many cases at once: processes, progress, and refusals kept beside the results."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import InputRefused, UsageError
from ..labels import Label
from ..progress import Progress
from .case import Case, extract_case
from .features import Features
from .package import make_extractor
from .perturb import Redraw
from .settings import Settings


@dataclass(frozen=True)
class Extraction:
    """The features of many cases.

    Attributes:
        features: by case, in the order given.
        refused: by case, why its input has no features.
    """

    features: Mapping[str, Features]
    refused: Mapping[str, str]


def extract_cases(
    cases: Sequence[Case],
    settings: Settings,
    label: Label = Label.ICH,
    mapping: Mapping[int | str, str] | None = None,
    redraw: Redraw | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Extraction:
    """Extract the features of many cases; one that is refused does not stop the others.

    Values do not depend on the number of workers.

    Args:
        cases: their files.
        settings: what to extract and how.
        label: the class that is the mask.
        mapping: see :class:`~HematomaExpansionLib.segmentation.mask.MaskSegmenter`.
        redraw: redraw the masks first, for the stability of features; call once per repetition.
        workers: processes; with one, nothing is started.
        progress: called after each case.

    Raises:
        UsageError: two cases of one name, or fewer than one worker.
        ModelError: PyRadiomics is not installed.
        UnreadableFile: PyRadiomics does not know what the settings ask for.
        Cancelled: the user asked to stop.
    """
    from joblib import Parallel, delayed

    names = [case.name for case in cases]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise UsageError(f"cases of one name: {', '.join(doubles)}")
    if workers < 1:
        raise UsageError(f"workers {workers}: at least 1")
    make_extractor(settings)
    report = progress or Progress()
    report(0.0)
    done: dict[str, Features | str] = {}
    parallel = Parallel(n_jobs=workers, return_as="generator_unordered")
    threads = None if workers == 1 else max(1, (os.cpu_count() or 1) // workers)
    tasks = (delayed(_one)(case, settings, label, mapping, redraw, threads) for case in cases)
    for name, found in parallel(tasks):
        done[name] = found
        report(len(done) / len(cases), f"{len(done)} of {len(cases)}: {name}")
    ordered = {name: done[name] for name in names}
    return Extraction(
        features={name: found for name, found in ordered.items() if not isinstance(found, str)},
        refused={name: found for name, found in ordered.items() if isinstance(found, str)},
    )


def _one(
    case: Case,
    settings: Settings,
    label: Label,
    mapping: Mapping[int | str, str] | None,
    redraw: Redraw | None,
    threads: int | None,
) -> tuple[str, Features | str]:
    """The features, or why there are none; ITK takes so many threads of a worker's process."""
    if threads is not None:
        import SimpleITK as sitk

        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
    try:
        return case.name, extract_case(case, settings, label, mapping, redraw).features
    except InputRefused as error:
        return case.name, " ".join(str(error).split())

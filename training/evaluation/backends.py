"""The back-ends that are compared, each in a process of its own, so that its memory is only its own."""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import SimpleITK as sitk

from HematomaExpansionLib.cohort.workers import end_with_parent
from HematomaExpansionLib.ct.anatomy import Anatomy
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.segmentation.backends import segmenter
from HematomaExpansionLib.segmentation.segmenter import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

BACKENDS = ("bundled", "blast-ct-1", "blast-ct-12", "threshold")
ALL_BLAST_CT = range(1, 13)


@dataclass(frozen=True)
class Answer:
    """What a back-end found in one scan.

    Attributes:
        labels: uint8 of :class:`Label`, ``[z, y, x]`` on the scan's grid.
        classes: the classes it can tell.
        seconds: wall-clock time of ``segment``, weights read from disk included, anatomy not.
        cpu_seconds: processor time of all its threads, which other work on the machine does not lengthen.
        peak_mb: most resident memory of its process so far, Python and libraries included.
        provenance: device, parameters and SHA-256 of weights.
    """

    labels: "NDArray[np.uint8]"
    classes: frozenset[Label]
    seconds: float
    cpu_seconds: float
    peak_mb: float
    provenance: dict[str, object]


@dataclass(frozen=True)
class Choice:
    """A back-end as it is compared.

    Attributes:
        name: one of :data:`BACKENDS`.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
        weights: bundle for ``bundled``; None for the one that comes with the package.
    """

    name: str
    device: str = "cpu"
    weights: Path | None = None

    def make(self) -> Segmenter:
        """The back-end.

        ``blast-ct-1`` is one network of BLAST-CT, the one the project takes unless told otherwise;
        ``blast-ct-12`` is the mean of all twelve.
        """
        if self.name == "bundled":
            from HematomaExpansionLib.segmentation.bundled import BundledSegmenter

            return BundledSegmenter(self.device, self.weights)
        if self.name.startswith("blast-ct"):
            models = ALL_BLAST_CT if self.name == "blast-ct-12" else None
            return segmenter("blast-ct", device=self.device, models=models)
        return segmenter(self.name)


class Worker:
    """A process that runs one back-end on one scan after the other."""

    def __init__(self, choice: Choice) -> None:
        """Start nothing yet: the process starts with the first scan."""
        self.choice = choice
        self._process = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), end_with_parent)

    def __enter__(self) -> Self:
        """Use it in a ``with`` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.shutdown()

    def segment(self, scan: HeadCT, anatomy: Anatomy) -> Answer:
        """Segment a scan.

        Raises:
            ModelError: when a package or weights that the back-end needs are absent.
            HematomaExpansionError: any other that the back-end raises.
        """
        return self._process.submit(_segment, self.choice, scan, anatomy).result()


@cache
def _made(choice: Choice) -> Segmenter:
    return choice.make()


def _segment(choice: Choice, scan: HeadCT, anatomy: Anatomy) -> Answer:
    backend = _made(choice)
    start, cpu_start = time.perf_counter(), time.process_time()
    found = backend.segment(scan, anatomy, Progress())
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    provenance = {
        "device": found.device,
        "parameters": found.parameters,
        "weights_sha256": found.weights_sha256,
    }
    labels = sitk.GetArrayFromImage(found.labels)
    return Answer(labels, found.classes, seconds, cpu_seconds, _peak_mb(), provenance)


def _peak_mb() -> float:
    """Most resident memory of this process, MB (10^6 bytes).

    On Linux ``ru_maxrss`` starts from that of the parent; VmHWM does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6

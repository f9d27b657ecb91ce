"""One patient: the scans in time order, what was found in each, and what changed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .ct.anatomy import Anatomy
from .ct.scan import HeadCT
from .result import StudyResult
from .segmentation.segmenter import Segmentation
from .volumetry.growth import GrowthLabel as GrowthLabel

if TYPE_CHECKING:
    import SimpleITK as sitk


@dataclass(frozen=True)
class TimePoint:
    """One scan with everything that was computed on its grid.

    Attributes:
        name: ``"baseline"``, ``"followup-1"``, ``"followup-2"`` ...
    """

    name: str
    scan: HeadCT
    anatomy: Anatomy
    segmentation: Segmentation


@dataclass(frozen=True)
class Comparison:
    """A follow-up against the baseline.

    Attributes:
        timepoint: name of the follow-up.
        to_baseline: rigid transform that maps physical points of the follow-up to the baseline (LPS mm).
            To show the baseline on the follow-up's grid, resample the baseline image with it.
        growth: uint8 image of :class:`GrowthLabel` on the follow-up's grid (the resolved part is resampled
            there for display; its volume is measured in the baseline), or None without ICH and IVH classes.
    """

    timepoint: str
    to_baseline: "sitk.Transform"
    growth: "sitk.Image | None"


@dataclass(frozen=True)
class Study:
    """What :func:`analyze` returns: the numbers, and the images they were measured on.

    Attributes:
        result: numbers and provenance, JSON-serialisable.
        timepoints: baseline first.
        comparisons: one per follow-up.
    """

    result: StudyResult
    timepoints: tuple[TimePoint, ...]
    comparisons: tuple[Comparison, ...]

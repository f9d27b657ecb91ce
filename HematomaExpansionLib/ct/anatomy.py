"""Where the brain, its ventricles and its regions are in a scan."""

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from ..progress import Progress
from .atlas import atlas, fit_atlas
from .brain import brain_mask
from .scan import HeadCT

if TYPE_CHECKING:
    import SimpleITK as sitk

POOR_QUALITY = 0.85
"""Below this overlap of the atlas with the patient's brain, what comes from the atlas is warned of."""


class Region(IntEnum):
    """Values of the region image."""

    OUTSIDE = 0
    LOBAR = 1
    DEEP = 2
    BRAINSTEM = 3
    CEREBELLUM = 4


@dataclass(frozen=True)
class Anatomy:
    """Anatomy on the grid of one scan (same size, spacing, origin and direction as ``scan.image``).

    Attributes:
        brain: uint8 mask of the intracranial space.
        ventricles: float32 probability (0-1) of the ventricular system from the registered atlas.
        regions: uint8 image of :class:`Region`.
        to_atlas: transform that maps physical points of the scan (LPS mm) to the atlas (MNI, LPS mm);
            atlas x < 0 is the patient's right side.
        quality: overlap (Dice, 0-1) of the registered atlas brain with ``brain``, within the scan.
        warnings: what a reader of the result must know.
    """

    brain: "sitk.Image"
    ventricles: "sitk.Image"
    regions: "sitk.Image"
    to_atlas: "sitk.Transform"
    quality: float
    warnings: tuple[str, ...] = ()


def locate_anatomy(scan: HeadCT, progress: Progress | None = None) -> Anatomy:
    """Find the space inside the skull and lay the atlas over it.

    Args:
        scan: the head CT.
        progress: called as the stage goes on.

    Raises:
        NotAHeadCT: when there is no plausible space inside a skull.
        ModelError: when the atlas is not installed.
        Cancelled: when the user asked to stop.
    """
    import SimpleITK as sitk

    progress = progress or Progress()
    progress(0.0, "finding the brain")
    brain = brain_mask(scan)
    to_atlas = fit_atlas(scan.image, brain, progress)
    regions = sitk.Resample(atlas("regions"), scan.image, to_atlas, sitk.sitkNearestNeighbor, 0.0)
    ventricles = sitk.Resample(atlas("ventricles"), scan.image, to_atlas, sitk.sitkLinear, 0.0)
    quality = _dice(regions > 0, brain)
    poor = (
        f"The atlas fits this head poorly (overlap {quality:.2f}, usual is above {POOR_QUALITY}): "
        "location and the ICH/IVH split are uncertain."
    )
    return Anatomy(brain, ventricles, regions, to_atlas, quality, (poor,) if quality < POOR_QUALITY else ())


def _dice(first: "sitk.Image", second: "sitk.Image") -> float:
    import SimpleITK as sitk

    a = sitk.GetArrayViewFromImage(first) > 0
    b = sitk.GetArrayViewFromImage(second) > 0
    total = int(a.sum() + b.sum())
    return float(2 * np.count_nonzero(a & b) / total) if total else 0.0

"""Where the brain, its ventricles and its regions are in a scan."""

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import SimpleITK as sitk


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
        quality: overlap (Dice, 0-1) of the registered atlas brain with ``brain``.
        warnings: what a reader of the result must know.
    """

    brain: "sitk.Image"
    ventricles: "sitk.Image"
    regions: "sitk.Image"
    to_atlas: "sitk.Transform"
    quality: float
    warnings: tuple[str, ...] = ()

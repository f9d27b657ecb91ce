"""A small head with a ball of blood, for tests of what image networks are shown."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import head_ct_from_image
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.prediction.patient import Patient

SHAPE, SPACING_MM = (24, 96, 80), (6.0, 2.2, 2.2)
BRAIN_MM = (70.0, 85.0, 66.0)
"""Half axes of the brain ``(z, y, x)``, inside a skull that is 8 mm thick."""


@dataclass(frozen=True)
class Head:
    """A scan, and its true segmentation."""

    scan: HeadCT
    labels: sitk.Image

    @property
    def patient(self) -> Patient:
        """Whose head it is."""
        return Patient(baseline=self.scan, baseline_mask=self.labels)


def head(centre_mm: tuple[float, float, float] = (0.0, 10.0, 20.0), radius_mm: float = 18.0) -> Head:
    """Air, scalp of 20 HU, skull of 900, brain of 35, blood of 65.

    Args:
        centre_mm: of the blood, ``(z, y, x)`` from the middle of the grid.
        radius_mm: of the blood.
    """
    axes = ((np.arange(n) - (n - 1) / 2) * step for n, step in zip(SHAPE, SPACING_MM, strict=True))
    z, y, x = np.meshgrid(*axes, indexing="ij")

    def inside(more_mm: float) -> np.ndarray:
        a, b, c = (half + more_mm for half in BRAIN_MM)
        return (z / a) ** 2 + (y / b) ** 2 + (x / c) ** 2 < 1

    hu = np.full(SHAPE, -1000, np.int16)
    for more, value in ((13, 20), (8, 900), (0, 35)):
        hu[inside(more)] = value
    blood = (z - centre_mm[0]) ** 2 + (y - centre_mm[1]) ** 2 + (x - centre_mm[2]) ** 2 < radius_mm**2
    hu[blood] = 65
    scan = head_ct_from_image(placed(hu), "head", "NIfTI")
    return Head(scan, placed(blood.astype(np.uint8) * Label.ICH))


def placed(voxels: np.ndarray) -> sitk.Image:
    """Voxels ``[z, y, x]`` as an image of :data:`SPACING_MM` whose first voxel is at (-80, -100, -60) mm."""
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing(SPACING_MM[::-1])
    image.SetOrigin((-80.0, -100.0, -60.0))
    return image

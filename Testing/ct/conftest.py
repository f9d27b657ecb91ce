"""A head of simple shapes whose volumes are known, and the ways a scanner writes it."""

from dataclasses import dataclass

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Phantom:
    """Scalp, skull and brain as ellipsoids, and a bleed of 65 HU in the brain of 35 HU.

    The bleed's edge is a ramp of 3 mm about its radius, as a scanner's resolution would make it; its excess
    over the brain then sums to the volume of the ramp, ``volume_ml``.
    """

    bleed_radius_mm: float = 22.0
    ramp_mm: float = 3.0
    bleed_centre_mm: tuple[float, float, float] = (25.0, 8.0, 4.0)

    def __call__(self, x: Points, y: Points, z: Points) -> Points:
        scalp, skull, brain = (
            (x / (72 + d)) ** 2 + (y / (88 + d)) ** 2 + (z / (70 + d)) ** 2 <= 1 for d in (12, 6, 0)
        )
        hu = np.select([brain, skull, scalp], [35.0, 900.0, 30.0], -1000.0)
        cx, cy, cz = self.bleed_centre_mm
        distance = np.sqrt((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2)
        share = np.clip((self.bleed_radius_mm - distance) / self.ramp_mm + 0.5, 0, 1)
        return hu + 30.0 * share

    @property
    def volume_ml(self) -> float:
        """4 pi times the integral of r^2 times the ramp, exactly: the mean of r^4 / (4 ramp) at its ends."""
        inner, outer = (self.bleed_radius_mm + s * self.ramp_mm / 2 for s in (-1, 1))
        return float(np.pi / 3 * (outer**4 - inner**4) / self.ramp_mm / 1000)


def bleed_ml(image: sitk.Image) -> float:
    """Volume of the phantom's bleed: the excess over 35 HU, /30, inside the skull and away from it."""
    voxel_ml = (
        abs(np.linalg.det(np.reshape(image.GetDirection(), (3, 3)))) * np.prod(image.GetSpacing()) / 1000
    )
    hu = sitk.GetArrayFromImage(image).astype(float)
    inside = (hu > 35.5) & (hu < 66)
    z, y, x = np.nonzero(inside)
    matrix = np.reshape(image.GetDirection(), (3, 3)) * np.array(image.GetSpacing())
    points = np.stack([x, y, z], axis=1) @ matrix.T + np.array(image.GetOrigin())
    near = np.linalg.norm(points - Phantom().bleed_centre_mm, axis=1) < 32
    return float((hu[inside][near] - 35).sum() / 30 * voxel_ml)


@pytest.fixture(scope="session")
def phantom() -> Phantom:
    return Phantom()


REGULAR = tuple(np.arange(-66.0, 67.0, 3.0))
"""45 slices, 3 mm apart."""

MIXED = (*np.arange(-66.0, 0.1, 3.0), *np.arange(6.0, 67.0, 6.0))
"""3 mm up to 0, then 6 mm up to 66."""

"""A head of simple shapes whose volumes are known."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

Points = NDArray[np.float64]

REGULAR = tuple(np.arange(-66.0, 67.0, 3.0))
"""45 slices, 3 mm apart."""

MIXED = (*np.arange(-66.0, 0.1, 3.0), *np.arange(6.0, 67.0, 6.0))
"""3 mm up to 0, then 6 mm up to 66: the change lies inside the bleed."""


@dataclass(frozen=True)
class Head:
    """Scalp, skull and brain as ellipsoids about the origin; a spherical bleed of 65 HU in brain of 35 HU.

    The bleed's edge is a ramp of ``ramp_mm`` about its radius, as a scanner's resolution makes it.
    """

    radius_mm: float = 22.0
    ramp_mm: float = 3.0
    centre_mm: tuple[float, float, float] = (25.0, 8.0, 4.0)

    def __call__(self, x: Points, y: Points, z: Points) -> Points:
        brain, skull, scalp = (
            (x / (72 + d)) ** 2 + (y / (88 + d)) ** 2 + (z / (70 + d)) ** 2 <= 1 for d in (0, 6, 12)
        )
        hu = np.select([brain, skull, scalp], [35.0, 900.0, 30.0], -1000.0)
        cx, cy, cz = self.centre_mm
        distance = np.sqrt((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2)
        return hu + 30.0 * np.clip((self.radius_mm - distance) / self.ramp_mm + 0.5, 0, 1)

    @property
    def bleed_ml(self) -> float:
        """The bleed's excess over brain, in units of 30 HU: the mean sphere over the radii of the ramp.

        4/3 pi times the mean of r^3 over [inner, outer], which is (outer^4 - inner^4) / (4 ramp).
        """
        inner, outer = (self.radius_mm + side * self.ramp_mm / 2 for side in (-1, 1))
        return float(np.pi / 3 * (outer**4 - inner**4) / self.ramp_mm / 1000)

    def measured_ml(self, image: sitk.Image) -> float:
        """The same excess, summed over the voxels of an image around the bleed."""
        hu = self._around(image) - 35.0
        return float(np.clip(hu, 0, None).sum() / 30 * _voxel_ml(image))

    def thresholded_ml(self, image: sitk.Image) -> float:
        """Volume of the voxels over 50 HU, half way between brain and bleed."""
        return float((self._around(image) > 50).sum() * _voxel_ml(image))

    def _around(self, image: sitk.Image) -> Points:
        hu = sitk.GetArrayFromImage(image).astype(float)
        index = np.stack(np.meshgrid(*(np.arange(n) for n in hu.shape), indexing="ij"), axis=-1)[..., ::-1]
        matrix = np.reshape(image.GetDirection(), (3, 3)) * np.array(image.GetSpacing())
        points = index @ matrix.T + np.array(image.GetOrigin())
        return hu[np.linalg.norm(points - self.centre_mm, axis=-1) < self.radius_mm + 7]


def _voxel_ml(image: sitk.Image) -> float:
    matrix = np.reshape(image.GetDirection(), (3, 3)) * np.array(image.GetSpacing())
    return float(abs(np.linalg.det(matrix)) / 1000)


def thorax(x: Points, y: Points, z: Points) -> Points:
    """A chest 360 mm wide: lungs, a spine, ribs."""
    body = (x / 180) ** 2 + (y / 110) ** 2 <= 1
    ribs = body & ((x / 172) ** 2 + (y / 102) ** 2 > 1) & (np.sin(z / 3) > 0)
    lungs = ((np.abs(x) - 80) / 60) ** 2 + (y / 75) ** 2 + (z / 150) ** 2 <= 1
    spine = x**2 + (y - 70) ** 2 <= 20**2
    return np.select([lungs, spine, ribs, body], [-820.0, 500.0, 600.0, 45.0], -1000.0)


def thigh(x: Points, y: Points, z: Points) -> Points:
    """A thigh 170 mm wide around its femur."""
    radius = np.hypot(x, y)
    return np.select([radius <= 15, radius <= 85], [1100.0, 55.0], -1000.0) + 0 * z


def abdomen(x: Points, y: Points, z: Points) -> Points:
    """A belly 340 mm wide with a spine."""
    body = (x / 170) ** 2 + (y / 115) ** 2 <= 1
    spine = x**2 + (y - 70) ** 2 <= 22**2
    return np.select([spine, body], [500.0, 45.0], -1000.0) + 0 * z

"""A scalar field on a grid in space, and where its voxels lie."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Field:
    """Values on a grid.

    Attributes:
        values: ``[z, y, x]``.
        to_space: columns are the steps in LPS mm of the array axes z, y, x.
        origin: position of voxel 0, LPS mm.
    """

    values: "NDArray[np.float64]"
    to_space: "NDArray[np.float64]"
    origin: "NDArray[np.float64]"

    def at(self, points: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Values at ``[n, 3]`` points in space, linear; beyond the grid those of its border."""
        from scipy.ndimage import map_coordinates

        indices = (points - self.origin) @ np.linalg.inv(self.to_space).T
        return np.asarray(map_coordinates(self.values, indices.T, order=1, mode="nearest"))

    def positions(self, indices: "NDArray[np.int64]") -> "NDArray[np.float64]":
        """Points in space of ``[n, 3]`` voxels."""
        return np.asarray(indices @ self.to_space.T + self.origin)


def field_on(image: "sitk.Image", values: "NDArray[np.float64]") -> Field:
    """The field of an array ``[z, y, x]`` that lies on the grid of an image."""
    matrix = np.array(image.GetDirection()).reshape(3, 3) @ np.diag(image.GetSpacing())
    return Field(values, matrix[:, ::-1], np.array(image.GetOrigin()))


def signed_distance_mm(
    mask: "NDArray[np.bool_]", spacing_mm: float, reach_mm: float
) -> "NDArray[np.float64]":
    """Distance to the surface of a mask on cubic voxels, negative inside, cut off at ``reach_mm``."""
    from scipy.ndimage import distance_transform_edt

    outside = distance_transform_edt(~mask, sampling=spacing_mm)
    inside = distance_transform_edt(mask, sampling=spacing_mm)
    return np.asarray(np.clip(outside - inside, -reach_mm, reach_mm))


def coordinates_through(transform: "sitk.Transform", grid: "sitk.Image") -> "NDArray[np.float64]":
    """Where a transform takes every voxel centre of a grid: ``[z, y, x, 3]``, (x, y, z) in LPS mm."""
    import SimpleITK as sitk

    displacement = sitk.TransformToDisplacementField(
        transform,
        sitk.sitkVectorFloat64,
        grid.GetSize(),
        grid.GetOrigin(),
        grid.GetSpacing(),
        grid.GetDirection(),
    )
    moved = sitk.GetArrayFromImage(displacement)
    indices = np.moveaxis(np.indices(moved.shape[:3]), 0, -1)
    return np.asarray(moved + field_on(grid, moved[..., 0]).positions(indices))

"""Between MRML (RAS) and the library (``SimpleITK.Image``, LPS): the only place of the conversion."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

RAS_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""Turns RAS into LPS and back: x and y change sign. It is its own inverse."""


def ijk_to_ras(image: "sitk.Image") -> "NDArray[np.float64]":
    """The 4 x 4 matrix from index ``(i, j, k)`` to RAS millimetres of an LPS image."""
    matrix = np.eye(4)
    matrix[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    matrix[:3, 3] = image.GetOrigin()
    return RAS_LPS @ matrix


def image_from_array(array: "NDArray[Any]", ijk_to_ras: "NDArray[np.float64]") -> "sitk.Image":
    """An LPS image from an array ``[k, j, i]`` and its 4 x 4 matrix from index to RAS millimetres.

    A sheared matrix stays sheared: the direction of the image is then not orthogonal.
    """
    import SimpleITK as sitk

    matrix = RAS_LPS @ ijk_to_ras
    spacing = np.linalg.norm(matrix[:3, :3], axis=0)
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(spacing.tolist())
    image.SetDirection((matrix[:3, :3] / spacing).ravel().tolist())
    image.SetOrigin(matrix[:3, 3].tolist())
    return image


def ras_matrix(transform: "sitk.Transform") -> "NDArray[np.float64]":
    """The 4 x 4 RAS matrix of a linear LPS transform, found from where it sends four points."""
    origin = np.array(transform.TransformPoint((0.0, 0.0, 0.0)))
    columns = [np.array(transform.TransformPoint(tuple(axis))) - origin for axis in np.eye(3).tolist()]
    matrix = np.eye(4)
    matrix[:3, :3] = np.column_stack(columns)
    matrix[:3, 3] = origin
    return RAS_LPS @ matrix @ RAS_LPS


def same_voxels(
    shape_a: tuple[int, ...],
    matrix_a: "NDArray[np.float64]",
    shape_b: tuple[int, ...],
    matrix_b: "NDArray[np.float64]",
    tolerance: float = 1e-3,
) -> bool:
    """Whether two grids have the same voxel centres, whatever the order and direction of their axes.

    Args:
        shape_a: number of voxels along i, j, k.
        matrix_a: index to world millimetres, 4 x 4.
        shape_b: as ``shape_a``, of the other grid.
        matrix_b: as ``matrix_a``, of the other grid.
        tolerance: what an index may be off, in voxels.
    """
    a_to_b = np.linalg.solve(matrix_b, matrix_a)
    axes = a_to_b[:3, :3]
    permutation = np.rint(axes)
    if (
        np.abs(axes - permutation).max() * max(shape_a) > tolerance * 10
        or abs(np.linalg.det(permutation)) != 1
    ):
        return False
    ends = np.array([[0, 0, 0, 1], [*(np.array(shape_a) - 1), 1]]) @ a_to_b.T
    low, high = ends[:, :3].min(axis=0), ends[:, :3].max(axis=0)
    return bool(np.abs(low).max() < tolerance and np.abs(high - (np.array(shape_b) - 1)).max() < tolerance)

"""Calliper diameters of a set of voxels, in the plane and in space."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def calliper_diameters(points_mm: "NDArray[np.float64]") -> tuple[float, ...]:
    """Largest diameter, then the largest perpendicular to it, and so on: one per dimension.

    The first is the greatest distance between two points. The points are then projected along it, and the
    next is the greatest distance in that projection: what a calliper reads whose jaws close on the shape from
    outside. On a shape with hollows it is never less than the longest chord inside the shape.

    Args:
        points_mm: ``[n, d]`` positions that span all ``d`` (2 or 3) dimensions.

    Returns:
        ``d`` lengths in mm, in the order found.
    """
    from scipy.spatial import ConvexHull
    from scipy.spatial.distance import pdist, squareform

    dimension = points_mm.shape[1]
    if dimension == 1:
        return (float(np.ptp(points_mm)),)
    points = points_mm[ConvexHull(points_mm).vertices]
    distances = squareform(pdist(points))
    first, second = np.unravel_index(int(np.argmax(distances)), distances.shape)
    axis = (points[second] - points[first]) / distances[first, second]
    # The rows after the first of this orthonormal basis span what is perpendicular to the axis.
    basis = np.linalg.svd(axis[np.newaxis, :])[2]
    return (float(distances[first, second]), *calliper_diameters(points @ basis[1:].T))


def outline_points(mask: "NDArray[np.bool_]", steps_mm: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Midpoints of the faces of the outermost voxels: the points that a calliper closes on.

    Voxel centres would make every diameter one voxel too short, and voxel corners would make the oblique ones
    too long.

    Args:
        mask: array of ``d`` axes with at least one voxel set.
        steps_mm: ``[d, d]``; row i is the step in mm that array axis i makes in the plane or in space.

    Returns:
        ``[n, d]`` positions in mm, relative to the voxel with index 0.
    """
    from scipy.ndimage import binary_erosion

    indices = np.argwhere(mask & ~binary_erosion(mask)).astype(np.float64)
    half = 0.5 * np.eye(mask.ndim)
    faces: NDArray[np.float64] = np.concatenate([indices + side for side in (*half, *-half)])
    return faces @ steps_mm

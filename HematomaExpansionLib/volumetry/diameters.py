"""Calliper diameters of a set of voxels, in the plane and in space."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def calliper_diameters(
    centres_mm: "NDArray[np.float64]", steps_mm: "NDArray[np.float64]"
) -> tuple[float, ...]:
    """Largest diameter, then the largest one perpendicular to it, and so on: one per dimension.

    What a reader does with an electronic calliper: the first line joins the two points farthest apart. The
    shape is then cut perpendicular to it, in slabs one voxel thick, and the largest diameter of any of these
    cuts is the next. So each line lies within one cut through the shape; lobes that stick out at different
    places do not add up.

    A voxel reaches to the midpoints of its faces. From voxel centre to voxel centre every diameter would be
    one voxel too short, and from corner to corner the oblique ones too long.

    Args:
        centres_mm: ``[n, d]`` voxel centres, n at least 1; those on the outline are enough.
        steps_mm: ``[k, d]`` edges of a voxel, which span all ``d`` dimensions.

    Returns:
        ``d`` lengths in mm, in the order found.
    """
    from scipy.spatial import ConvexHull
    from scipy.spatial.distance import pdist, squareform

    faces = np.concatenate([centres_mm + side / 2 for side in (*steps_mm, *-steps_mm)])
    if centres_mm.shape[1] == 1:
        return (float(np.ptp(faces)),)
    corners = faces[ConvexHull(faces).vertices]
    distances = squareform(pdist(corners))
    first, second = np.unravel_index(int(np.argmax(distances)), distances.shape)
    length = float(distances[first, second])
    axis = (corners[second] - corners[first]) / length
    # The rows after the first of this orthonormal basis span what is perpendicular to the axis.
    across = np.linalg.svd(axis[np.newaxis, :])[2][1:].T
    along = centres_mm @ axis
    slab = np.floor((along - along.min()) / np.abs(steps_mm @ axis).max())
    cuts = (centres_mm[slab == number] for number in np.unique(slab))
    return (length, *max(calliper_diameters(cut @ across, steps_mm @ across) for cut in cuts))


def outline_mm(mask: "NDArray[np.bool_]", steps_mm: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Centres of the outermost voxels of a mask.

    Args:
        mask: array of ``d`` axes with at least one voxel set.
        steps_mm: ``[d, d]``; row i is the step in mm that array axis i makes in the plane or in space.

    Returns:
        ``[n, d]`` positions in mm, relative to the voxel with index 0.
    """
    from scipy.ndimage import binary_erosion

    return np.asarray(np.argwhere(mask & ~binary_erosion(mask)) @ steps_mm)

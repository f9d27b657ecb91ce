"""Moving images and volumes: matrices of varied places, and linear interpolation there."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from .task import Batch

Matrix = NDArray[np.float64]
"""``[d, d + 1]``: from a place in the moved image to where its value comes from. Coordinates ``(x, y)`` or
``(x, y, z)`` in half sides from the middle, so that -1 and 1 are the image's edges."""


def turned_scaled_shifted(
    degrees: Sequence[float],
    scale: float,
    shift: Sequence[float],
    sides_mm: Sequence[float],
) -> Matrix:
    """The matrix of a rigid turn, a scaling and a shift of a volume.

    Args:
        degrees: about the x, the y and the z axis, in this order.
        scale: more than 1 enlarges what is seen.
        shift: along x, y and z, in whole sides.
        sides_mm: of the volume, ``(x, y, z)``: voxels need not be cubes, and a turn must not shear.
    """
    from scipy.spatial.transform import Rotation

    turn = Rotation.from_euler("xyz", degrees, degrees=True).as_matrix().T / scale
    sides = np.asarray(sides_mm, float)
    linear = turn * sides[None, :] / sides[:, None]
    # A voxel's value comes from where the shift, undone, leads.
    return np.concatenate([linear, -(linear @ (2 * np.asarray(shift, float)))[:, None]], axis=1)


def mirrored_cropped_shifted(
    mirror: bool, kept: float, corner: Sequence[float], shift: Sequence[float]
) -> Matrix:
    """The matrix of a crop that is resized to the whole, shifted, and mirrored left to right.

    Args:
        mirror: whether left and right change.
        kept: side of the crop, in sides of the image, 0-1.
        corner: where the crop lies along x, y (and z): 0 at the first edge, 1 at the last.
        shift: of the crop, in sides of the image.
    """
    place = (1 - kept) * (2 * np.asarray(corner, float) - 1) + 2 * np.asarray(shift, float)
    linear = kept * np.eye(len(place))
    if mirror:
        linear[0, 0] = -kept
    return np.concatenate([linear, place[:, None]], axis=1)


def moved(batch: Batch, names: Sequence[str], matrices: Sequence[Matrix]) -> Batch:
    """Move some tensors of a batch together; values in between are interpolated linearly, beyond is 0.

    Args:
        batch: the named tensors are ``[example, (z), y, x]``, floating.
        names: of those to move.
        matrices: one for each example.
    """
    together = torch.stack([batch[name] for name in names], dim=1)
    theta = torch.from_numpy(np.stack(matrices)).to(together)
    grid = functional.affine_grid(theta, list(together.shape), align_corners=False)
    found = functional.grid_sample(together, grid, padding_mode="zeros", align_corners=False)
    return batch | dict(zip(names, _split(found), strict=True))


def _split(stacked: Tensor) -> list[Tensor]:
    return list(stacked.unbind(1))

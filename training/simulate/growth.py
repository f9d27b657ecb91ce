"""Growing a bleed through the brain: in one piece, exact to a voxel, and convex where it shall be."""

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np
import torch

from .fields import to_numpy
from .head import Head

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How fast the potential falls behind a bound (1 / mm), how many bounds there may be, and how near they come.
_STEEP, _BOUNDS, _NEAREST_MM = 0.5, 24, 3.0


def grown(potential: torch.Tensor, allowed: torch.Tensor, count: int) -> torch.Tensor:
    """The ``count`` allowed voxels that a flood covers first, in one piece.

    The flood starts at the allowed voxel of the largest potential and sinks; where it spills into a basin
    that holds more than is left, it fills that basin from the spill.

    Args:
        potential: float32 ``[z, y, x]``.
        allowed: bool, where the flood may go.
        count: how many voxels.

    Returns:
        bool ``[z, y, x]``, connected over faces.

    Raises:
        ValueError: when the flood finds fewer than ``count`` voxels.
    """
    from scipy import ndimage

    if count == 0:
        return torch.zeros_like(allowed)
    values = np.where(to_numpy(allowed), to_numpy(potential), -np.inf)
    levels = np.sort(values[np.isfinite(values)])[::-1]
    source = int(values.argmax())

    def flooded(rank: int) -> "NDArray[np.bool_]":
        """All that is joined to the source above the level that ``rank`` voxels reach."""
        basins, _ = ndimage.label(values >= levels[rank - 1])
        return basins == basins.ravel()[source]

    room = int(flooded(levels.size).sum()) if levels.size else 0
    if count > room:
        raise ValueError(f"no room for {count} voxels of blood: {room} are allowed")
    ranks = range(count, levels.size + 1)
    rank = ranks[bisect_left(ranks, count, key=lambda rank: int(flooded(rank).sum()))]
    outer, filled = flooded(rank), flooded(max(1, rank - 1))
    filled &= outer if rank > 1 else False
    filled.ravel()[source] = True
    while (missing := count - int(filled.sum())) > 0:
        rim = np.flatnonzero(ndimage.binary_dilation(filled, mask=outer) & ~filled)
        order = np.argsort(-values.ravel()[rim], kind="stable")
        filled.ravel()[rim[order[:missing]]] = True
    return torch.from_numpy(filled).to(potential.device)


def convex_bounds(
    near: Head, centre_mm: tuple[float, float, float], potential: torch.Tensor, forbidden: torch.Tensor
) -> torch.Tensor:
    """What a convex bleed loses of its potential behind planes that keep it off forbidden voxels.

    The planes are found as in iterative regional inflation (Deits & Tedrake, WAFR 2014): the forbidden voxel
    that the bleed would reach first gets the tangent plane of the bleed, all behind the plane is done, and so
    on. The loss is concave, so a concave potential stays so: a bleed too large for the room between its
    bounds swells over them and remains convex but for what is forbidden.

    Args:
        near: the box of the head.
        centre_mm: head coordinates of the middle of the bleed.
        potential: concave, float32 ``[z, y, x]`` in the box.
        forbidden: bool, where blood must not come.

    Returns:
        float32 ``[z, y, x]``, 0 between the planes and negative behind them.
    """
    z, y, x = near.offsets_mm(centre_mm)
    values = to_numpy(torch.where(forbidden, potential, torch.full_like(potential, -torch.inf)))
    # Every second voxel along each axis is near enough: the planes lie a voxel in front.
    voxels = np.argwhere(np.isfinite(values[::2, ::2, ::2])) * 2
    heights = values[tuple(voxels.T)]
    first = np.array([float(axis.flatten()[0]) for axis in (z, y, x)])
    points = first + voxels * near.spacing_mm
    field = to_numpy(potential)
    loss = torch.zeros_like(potential)
    for _ in range(_BOUNDS):
        if not heights.size:
            break
        reached = int(heights.argmax())
        normal = _downhill(field, voxels[reached], near.spacing_mm)
        bound = max(float(points[reached] @ normal) - 1.5, _NEAREST_MM)
        behind = points @ normal >= bound
        behind[reached] = True
        heights, points, voxels = heights[~behind], points[~behind], voxels[~behind]
        up, back, left = (float(step) for step in normal)
        loss = loss - _STEEP * (z * up + y * back + x * left - bound).clamp(min=0)
    return loss


def _downhill(field: np.ndarray, voxel: np.ndarray, spacing_mm: tuple[float, float, float]) -> np.ndarray:
    """Unit vector (z, y, x) along which a field falls fastest, over 3 voxels either side of one."""
    slope = np.zeros(3)
    for axis, count in enumerate(field.shape):
        before, after = voxel.copy(), voxel.copy()
        before[axis], after[axis] = max(0, voxel[axis] - 3), min(count - 1, voxel[axis] + 3)
        rise = float(field[tuple(after)]) - float(field[tuple(before)])
        slope[axis] = -rise / ((after[axis] - before[axis]) * spacing_mm[axis])
    return slope / max(float(np.linalg.norm(slope)), 1e-9)

"""Growing a bleed through the brain: in one piece, exact to a voxel, and convex where it shall be."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from .fields import box_around, to_numpy
from .head import Head

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How fast the potential falls behind a bound (1 / mm), how many bounds there may be, and how near they come.
_STEEP, _BOUNDS, _NEAREST_MM = 0.5, 24, 3.0
_FEW = 3


@dataclass(frozen=True)
class Landscape:
    """Where a bleed can grow; fields are ``[z, y, x]``.

    Attributes:
        potential: float32, the larger, the earlier a voxel fills with blood.
        allowed: bool.
        source: the voxel (z, y, x) that it starts from.
    """

    potential: torch.Tensor
    allowed: torch.Tensor
    source: tuple[int, int, int]


def grown(landscape: Landscape, count: int) -> torch.Tensor:
    """The ``count`` allowed voxels that a flood from the source covers first, in one piece.

    The flood sinks; where it spills into a basin that holds more than is left, it fills that basin from the
    spill.

    Returns:
        bool ``[z, y, x]``, connected over faces.

    Raises:
        ValueError: when the flood finds fewer than ``count`` voxels.
    """
    source = landscape.source
    filled = torch.zeros_like(landscape.allowed)
    if count == 0:
        return filled
    values = np.where(to_numpy(landscape.allowed), to_numpy(landscape.potential), -np.inf)
    # The flood most often stays among the highest voxels, a few times as many as it needs.
    least = level_of(values, _FEW * count)
    if np.isfinite(least):
        box = box_around(torch.from_numpy(values >= least), 0)
        inside = all(side.start <= at < side.stop for at, side in zip(source, box, strict=True))
        near = np.where(values[box] >= least, values[box], -np.inf)
        there = tuple(at - side.start for at, side in zip(source, box, strict=True))
        if inside and _basin(near, -np.inf, there).sum() >= count:
            filled[box] = torch.from_numpy(_flood(near, count, there)).to(filled.device)
            return filled
    room = int(_basin(values, -np.inf, source).sum())
    if count > room:
        raise ValueError(f"no room for {count} voxels of blood: {room} are allowed")
    return torch.from_numpy(_flood(values, count, source)).to(filled.device)


def level_of(values: "NDArray[np.float32]", count: int) -> float:
    """The ``count``-th largest value; -inf when there are fewer."""
    if count > values.size:
        return -float("inf")
    return float(np.partition(values.ravel(), values.size - count)[values.size - count])


def _basin(values: "NDArray[np.float32]", level: float, source: tuple[int, ...]) -> "NDArray[np.bool_]":
    """All that is joined to a voxel at or above a level."""
    from scipy import ndimage

    basins, _ = ndimage.label((values >= level) & np.isfinite(values))
    return np.asarray((basins == basins[source]) & (basins > 0))


def _flood(values: "NDArray[np.float32]", count: int, source: tuple[int, ...]) -> "NDArray[np.bool_]":
    """The flood of ``count`` voxels; there is room for them."""
    from scipy import ndimage

    levels = np.sort(values[np.isfinite(values)])[::-1]
    ranks = range(count, levels.size + 1)
    rank = ranks[
        bisect_left(ranks, count, key=lambda rank: int(_basin(values, levels[rank - 1], source).sum()))
    ]
    outer = _basin(values, levels[rank - 1], source)
    filled = np.zeros_like(outer)
    if rank > 1:
        filled = _basin(values, levels[rank - 2], source)
        filled &= filled.sum() < count
    filled[source] = True
    while (missing := count - int(filled.sum())) > 0:
        rim = np.flatnonzero(ndimage.binary_dilation(filled, mask=outer) & ~filled)
        order = np.argsort(-values.ravel()[rim], kind="stable")
        filled.ravel()[rim[order[:missing]]] = True
    return filled


def convex_bounds(
    near: Head,
    centre_mm: tuple[float, float, float],
    potential: torch.Tensor,
    forbidden: torch.Tensor,
    count: int,
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
        count: voxels of the bleed; what it will not reach needs no bound.

    Returns:
        float32 ``[z, y, x]``, 0 between the planes and negative behind them.
    """
    z, y, x = near.offsets_mm(centre_mm)
    field = to_numpy(potential)
    reached = to_numpy(forbidden) & (field >= level_of(field, min(_FEW * count, field.size)))
    # Every second voxel along each axis is near enough: the planes lie a voxel in front.
    voxels = np.argwhere(reached[::2, ::2, ::2]) * 2
    heights = field[tuple(voxels.T)]
    corner = np.array([float(axis.flatten()[0]) for axis in (z, y, x)])
    points = corner + voxels * near.spacing_mm
    loss = torch.zeros_like(potential)
    for _ in range(_BOUNDS):
        if not heights.size:
            break
        first = int(heights.argmax())
        normal = _downhill(field, voxels[first], near.spacing_mm)
        bound = max(float(points[first] @ normal) - 1.5, _NEAREST_MM)
        behind = points @ normal >= bound
        behind[first] = True
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

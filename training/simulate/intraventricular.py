"""Blood in the ventricles: where a bleed breaks in, and where the blood goes from there."""

import numpy as np
import torch

from .fields import box_around, fullest
from .head import Head
from .ventricles import Ventricle

# Openings that blood passes from one ventricle to the other: foramina of Monro, aqueduct.
_OPENINGS: dict[Ventricle, dict[Ventricle, int]] = {
    Ventricle.LEFT: {Ventricle.LEFT: 0, Ventricle.THIRD: 1, Ventricle.RIGHT: 2, Ventricle.FOURTH: 2},
    Ventricle.RIGHT: {Ventricle.RIGHT: 0, Ventricle.THIRD: 1, Ventricle.LEFT: 2, Ventricle.FOURTH: 2},
    Ventricle.THIRD: {Ventricle.THIRD: 0, Ventricle.LEFT: 1, Ventricle.RIGHT: 1, Ventricle.FOURTH: 1},
    Ventricle.FOURTH: {Ventricle.FOURTH: 0, Ventricle.THIRD: 1, Ventricle.LEFT: 2, Ventricle.RIGHT: 2},
}
# An opening holds blood back like this much more way in a ventricle.
_OPENING_MM = 16.0
# Points looked at for dura between a bleed and a ventricle.
_POINTS = 64


def room_ml(head: Head) -> float:
    """Volume of the ventricles: the most blood that :func:`flood` can place."""
    return int((head.ventricles > 0).sum()) * head.voxel_ml


def door(head: Head, centre_mm: tuple[float, float, float]) -> tuple[float, float, float]:
    """Where a bleed breaks in: the point of a ventricle nearest to its middle, not behind falx or tentorium.

    Args:
        head: the head, already pushed aside.
        centre_mm: head coordinates (z, y, x) of the middle of the bleed.

    Returns:
        Head coordinates (z, y, x).

    Raises:
        ValueError: when the head has no ventricles.
    """
    if not (head.ventricles > 0).any():
        raise ValueError("the head has no ventricles that blood could break into")
    box = box_around(head.ventricles > 0, 0)
    names = head.ventricles[box]
    z, y, x = _offsets_mm(head, box, centre_mm)
    squared = z**2 + y**2 + x**2
    found = []
    for ventricle in _OPENINGS:
        away = torch.where(names == ventricle, squared, torch.inf)
        distance = float(away.min())
        if distance < float("inf"):
            point = _point_mm(head, box, int(away.argmin()), names.shape)
            found.append((_crosses_dura(head, centre_mm, point), distance, point))
    return min(found)[2]


def flood(
    head: Head,
    door_mm: tuple[float, float, float],
    volume_ml: float,
    down: tuple[float, float, float] = (0.0, 1.0, 0.0),
    layered_share: float = 0.25,
) -> torch.Tensor:
    """Blood in the ventricles: a cast that grows from where it broke in, the rest sunk.

    The cast fills its own ventricle from the door on and passes the foramina and the aqueduct, each of which
    holds it back. What sinks fills the lateral ventricles from their deepest points up to one level across
    both, then the third and fourth.

    Args:
        head: the head, already pushed aside.
        door_mm: head coordinates (z, y, x) in or beside a ventricle.
        volume_ml: volume of the blood; exact to one voxel. A volume of :func:`room_ml` is a full cast.
        down: unit vector of gravity in head coordinates (z, y, x); lying on the back is to the back.
        layered_share: share of the blood that sinks, 0-1.

    Returns:
        bool ``[z, y, x]``.

    Raises:
        ValueError: when the ventricles have no room for the volume, or the share is not from 0 to 1.
    """
    if not 0 <= layered_share <= 1:
        raise ValueError(f"layered_share is {layered_share}: from 0 to 1 is allowed")
    total = round(volume_ml / head.voxel_ml)
    if total > int((head.ventricles > 0).sum()):
        raise ValueError(
            f"no room for {volume_ml:.1f} mL in the ventricles: they hold {room_ml(head):.1f} mL"
        )
    blood = torch.zeros(head.hu.shape, dtype=torch.bool, device=head.device)
    if total == 0:
        return blood
    box = box_around(head.ventricles > 0, 0)
    names = head.ventricles[box]
    free = names > 0
    cast_count = round((1 - layered_share) * total)
    offsets = _offsets_mm(head, box, door_mm)
    away = (offsets[0] ** 2 + offsets[1] ** 2 + offsets[2] ** 2).sqrt()
    entered = Ventricle(int(names.reshape(-1)[int(torch.where(free, away, torch.inf).argmin())]))
    for ventricle, openings in _OPENINGS[entered].items():
        away = torch.where(names == ventricle, away + _OPENING_MM * openings, away)
    cast = fullest(-away, free, cast_count)
    depth = down[0] * offsets[0] + down[1] * offsets[1] + down[2] * offsets[2]
    # Lower than any point of a lateral ventricle: the third and fourth fill last.
    lateral = (names == Ventricle.LEFT) | (names == Ventricle.RIGHT)
    depth = torch.where(lateral, depth, depth - 1000.0)
    blood[box] = cast | fullest(depth, free & ~cast, total - cast_count)
    return blood


def _offsets_mm(
    head: Head, box: tuple[slice, slice, slice], point_mm: tuple[float, float, float]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Coordinates of a box relative to a point: three tensors that broadcast to its shape."""
    z, y, x = head.offsets_mm(point_mm)
    return z[box[0]], y[:, box[1]], x[:, :, box[2]]


def _point_mm(
    head: Head, box: tuple[slice, slice, slice], flat: int, shape: tuple[int, ...]
) -> tuple[float, float, float]:
    """Head coordinates of a voxel given by its index in a flattened box of a shape."""
    index = np.unravel_index(flat, shape)
    axes = zip(head.origin_mm, head.spacing_mm, box, index, strict=True)
    z, y, x = (origin + spacing * (side.start + int(step)) for origin, spacing, side, step in axes)
    return (z, y, x)


def _crosses_dura(
    head: Head, start_mm: tuple[float, float, float], end_mm: tuple[float, float, float]
) -> bool:
    """Whether the straight line between two points meets falx or tentorium."""
    along = torch.linspace(0, 1, _POINTS, device=head.device)
    lines = []
    for start, end, origin, spacing, count in zip(
        start_mm, end_mm, head.origin_mm, head.spacing_mm, head.hu.shape, strict=True
    ):
        index = ((start + (end - start) * along - origin) / spacing).round().long()
        lines.append(index.clamp(0, count - 1))
    return bool(head.barrier[lines[0], lines[1], lines[2]].any())

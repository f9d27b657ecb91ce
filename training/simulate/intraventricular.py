"""Blood in the ventricles: where a bleed breaks in, and where the blood goes from there."""

import torch

from .fields import fullest
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
    squared = _squared_mm(head, centre_mm)
    found = []
    for ventricle in _OPENINGS:
        away = torch.where(head.ventricles == ventricle, squared, torch.inf)
        nearest = int(away.argmin())
        distance = float(away.reshape(-1)[nearest])
        if distance < float("inf"):
            point = _point_mm(head, nearest)
            found.append((_crosses_dura(head, centre_mm, point), distance, point))
    if not found:
        raise ValueError("the head has no ventricles that blood could break into")
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
    free = head.ventricles > 0
    total = round(volume_ml / head.voxel_ml)
    if total > int(free.sum()):
        raise ValueError(
            f"no room for {volume_ml:.1f} mL in the ventricles: they hold {room_ml(head):.1f} mL"
        )
    blood = torch.zeros_like(free)
    if total == 0:
        return blood
    cast_count = round((1 - layered_share) * total)
    away = _squared_mm(head, door_mm).sqrt()
    entered = Ventricle(int(head.ventricles.reshape(-1)[int(torch.where(free, away, torch.inf).argmin())]))
    for ventricle, openings in _OPENINGS[entered].items():
        away = torch.where(head.ventricles == ventricle, away + _OPENING_MM * openings, away)
    blood = fullest(-away, free, cast_count)
    depth = sum(step * offset for step, offset in zip(down, head.offsets_mm(door_mm), strict=True))
    lateral = (head.ventricles == Ventricle.LEFT) | (head.ventricles == Ventricle.RIGHT)
    # Lower than any point of a lateral ventricle: the third and fourth fill last.
    depth = torch.where(lateral, depth, depth - 1000.0)
    return blood | fullest(depth, free & ~blood, total - cast_count)


def _squared_mm(head: Head, point_mm: tuple[float, float, float]) -> torch.Tensor:
    z, y, x = head.offsets_mm(point_mm)
    return z**2 + y**2 + x**2


def _point_mm(head: Head, flat: int) -> tuple[float, float, float]:
    """Head coordinates of a voxel given by its index in the flattened grid."""
    _, rows, columns = head.hu.shape
    index = (flat // (rows * columns), flat // columns % rows, flat % columns)
    z, y, x = (o + s * i for o, s, i in zip(head.origin_mm, head.spacing_mm, index, strict=True))
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

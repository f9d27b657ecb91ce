"""Blood in the ventricles: where a bleed breaks in, and where the blood goes from there."""

from typing import TYPE_CHECKING

import numpy as np

from .bleed import Shape, fullest
from .host import Head
from .ventricles import Ventricle

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The share that clots where it broke in; the rest sinks.
_CAST_SHARE = 0.75


def door(head: Head, shape: Shape) -> tuple[float, float, float]:
    """Head coordinates (z, y, x) of the point of a lateral ventricle nearest to the middle of a bleed."""
    distance = np.sqrt(sum(offset**2 for offset in head.offsets_mm(shape.centre_mm)))
    index = np.unravel_index(int(np.argmin(np.where(_lateral(head), distance, np.inf))), distance.shape)
    z, y, x = (
        float(origin + spacing * step)
        for origin, spacing, step in zip(head.origin_mm, head.spacing_mm, index, strict=True)
    )
    return (z, y, x)


def flood(head: Head, door_mm: tuple[float, float, float], volume_ml: float) -> "NDArray[np.bool_]":
    """Blood in the lateral ventricles: a cast at the place it broke in, the rest sunk to the back.

    The patient lies on the back, so blood sinks to the posterior horns of both ventricles with a level top.

    Raises:
        ValueError: when the ventricles have no room for the volume.
    """
    lateral = _lateral(head)
    total = round(volume_ml / head.voxel_ml)
    cast_count = round(_CAST_SHARE * total)
    offsets = head.offsets_mm(door_mm)
    cast = fullest(-np.sqrt(sum(offset**2 for offset in offsets)), lateral, cast_count)
    posterior = np.broadcast_to(offsets[1], head.hu.shape)
    return cast | fullest(posterior, lateral & ~cast, total - cast_count)


def _lateral(head: Head) -> "NDArray[np.bool_]":
    return (head.ventricles == Ventricle.LEFT) | (head.ventricles == Ventricle.RIGHT)

"""The ventricles of the template, and making them wider or narrower."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import torch

from .fields import sample
from .template import axes_mm, load_maps

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Ventricle(IntEnum):
    """Values of a ventricle image."""

    NONE = 0
    LEFT = 1
    RIGHT = 2
    THIRD = 3
    FOURTH = 4


# How far the widening is felt in the brain round the ventricle, and how far from it walls are looked for, mm.
_DECAY_MM, _FELT_MM = 14.0, 45
# How much less the walls of the third and the fourth ventricle move.
_MIDLINE_SHARE = 0.4


@cache
def template_ventricles() -> "NDArray[np.uint8]":
    """Ventricles of the template as :class:`Ventricle` ``[z, y, x]``.

    CSF inside boxes in MNI space. A rule of depth alone leaks into the quadrigeminal cistern and the velum
    interpositum, which lie behind the third ventricle: the boxes leave them out. The temporal horns and the
    aqueduct are so thin that the average brain has them half filled.
    """
    from scipy import ndimage

    superior, anterior, right = axes_mm()
    csf = load_maps().csf
    aside = np.abs(right)
    lateral = (np.abs(right) < 42) & (superior > -4) & (superior < 33) & (anterior > -56) & (anterior < 36)
    behind_third = (np.abs(right) < 13) & (anterior < -21) & (superior < 15)
    thalamic = (np.abs(right) < 6) & (superior < 9) & (anterior < 2)
    lateral = lateral & ~behind_third & ~thalamic & (csf > 0.45)
    # The largest piece of each half: the sulci of the Sylvian fissure lie in the box, too.
    image = np.zeros(csf.shape, dtype=np.uint8)
    for half, name in (((right < 0), Ventricle.LEFT), ((right > 0), Ventricle.RIGHT)):
        pieces, _ = ndimage.label(lateral & half)
        sizes = np.bincount(pieces.ravel())
        sizes[0] = 0
        kept = np.argsort(sizes)[-2:]
        for piece in kept[sizes[kept] > 800]:
            image[pieces == piece] = name
        horn = (aside > 28) & (aside < 39) & (anterior > -19) & (anterior < -3) & (superior < -17)
        horn = horn & (superior > -29) & (csf > 0.35) & half
        # From the atrium down and forwards to the horn.
        level = (superior > -21) & (superior < 0) & half
        neck = level & (np.hypot(aside - 33, 0.63 * (anterior + 40 + 1.22 * superior)) < 1.7)
        pieces, _ = ndimage.label(horn | neck)
        image[(pieces == np.argmax(np.bincount(pieces.ravel())[1:]) + 1) & (image == 0)] = name
    third = (np.abs(right) < 5) & (superior > -13) & (superior < 9) & (anterior > -27) & (anterior < 4)
    fourth = (np.abs(right) < 12) & (superior > -47) & (superior < -22) & (anterior > -54) & (anterior < -33)
    image[third & (csf > 0.5) & (image == 0)] = Ventricle.THIRD
    image[fourth & (csf > 0.6)] = Ventricle.FOURTH
    aqueduct = (aside < 2) & (anterior < -27) & (anterior > -37) & (superior > -23) & (superior < -5)
    image[aqueduct & (csf > 0.2) & (image == 0)] = Ventricle.FOURTH
    return image


@cache
def walls() -> tuple["NDArray[np.float32]", "NDArray[np.uint8]"]:
    """Where the walls of the template's ventricles are.

    Returns:
        float32 ``[5, z, y, x]``: distance to the nearest wall, mm, negative inside; the unit vector (z, y, x)
        away from it; the share of the widening that the wall takes part in. And uint8 ``[z, y, x]``: the
        nearest :class:`Ventricle`.
    """
    from scipy import ndimage

    ventricles = template_ventricles()
    found = ndimage.find_objects((ventricles > 0).astype(np.uint8))[0]
    box = tuple(slice(max(0, side.start - _FELT_MM), side.stop + _FELT_MM) for side in found)
    inside = ventricles[box]
    outwards, nearest = ndimage.distance_transform_edt(inside == 0, return_indices=True)
    signed = ndimage.gaussian_filter(outwards - ndimage.distance_transform_edt(inside > 0), 0.7)
    away = np.stack(np.gradient(ndimage.gaussian_filter(signed, 1.5)))
    away /= np.maximum(np.sqrt((away**2).sum(axis=0)), 1e-3)
    named = inside[tuple(nearest)]
    midline = (named == Ventricle.THIRD) | (named == Ventricle.FOURTH)
    share = ndimage.gaussian_filter(np.where(midline, _MIDLINE_SHARE, 1.0), 2.0)
    fields = np.zeros((5, *ventricles.shape), dtype=np.float32)
    fields[0] = 2.0 * _FELT_MM
    fields[(slice(None), *box)] = np.stack([signed, *away, share])
    names = np.zeros_like(ventricles)
    names[box] = named
    return fields, names


@dataclass(frozen=True)
class Widened:
    """Ventricles of another width, ``[z, y, x]``.

    Attributes:
        source: float32 ``[3, z, y, x]``: the indices of the template grid that the brain comes from.
        ventricles: uint8 of :class:`Ventricle`.
        wall_mm: float32, distance to the nearest wall, negative inside; template mm.
    """

    source: torch.Tensor
    ventricles: torch.Tensor
    wall_mm: torch.Tensor


def widened(
    index: torch.Tensor, fields: torch.Tensor, nearest: torch.Tensor, widening_mm: torch.Tensor | float
) -> Widened:
    """Push the walls of the ventricles outwards, or inwards.

    A point at distance ``s`` outside the wall takes the tissue that was at ``s - widening * exp(-...)``: the
    brain is squeezed, not cut away. Points that end inside are ventricle whatever the maps say there, so that
    no rim of squeezed tissue stays along the middle of the ventricle.

    Args:
        index: float32 ``[3, z, y, x]``: fractional indices of the template grid.
        fields: the template's walls, see :func:`walls`.
        nearest: its nearest ventricles.
        widening_mm: how far the wall moves, mm of the template, one for all or one a point; negative narrows.
    """
    signed, *away, share = sample(fields, index)
    widening = widening_mm * share
    wall_mm = signed - widening
    shift = widening * torch.exp(-wall_mm.clamp(min=0) / _DECAY_MM)
    names = sample(nearest, index, nearest=True)
    ventricles = torch.where(wall_mm <= 0, names, torch.zeros_like(names))
    return Widened(index - torch.stack(away) * shift, ventricles, wall_mm)

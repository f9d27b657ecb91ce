"""The ventricles of the template, and making them as wide as an older person's."""

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .template import Maps, axes_mm, load_maps

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Ventricle(IntEnum):
    """Values of a ventricle image."""

    NONE = 0
    LEFT = 1
    RIGHT = 2
    THIRD = 3
    FOURTH = 4


# How far the widening is felt in the brain round the ventricle, mm.
_DECAY_MM = 14.0


@cache
def template_ventricles() -> "NDArray[np.uint8]":
    """Ventricles of the template as :class:`Ventricle` ``[z, y, x]``.

    CSF inside boxes in MNI space. A rule of depth alone leaks into the quadrigeminal cistern and the velum
    interpositum, which lie behind the third ventricle: the boxes leave them out.
    """
    from scipy import ndimage

    superior, anterior, right = axes_mm()
    csf = load_maps().csf
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
    third = (np.abs(right) < 5) & (superior > -13) & (superior < 9) & (anterior > -27) & (anterior < 4)
    fourth = (np.abs(right) < 12) & (superior > -47) & (superior < -22) & (anterior > -54) & (anterior < -33)
    image[third & (csf > 0.5) & (image == 0)] = Ventricle.THIRD
    image[fourth & (csf > 0.6)] = Ventricle.FOURTH
    return image


def widened(
    widening_mm: float,
) -> tuple[Maps, "NDArray[np.uint8]"]:
    """Push the walls of the ventricles outwards.

    A point at distance ``s`` outside the wall takes the tissue that was at ``s - widening * exp(-...)``: the
    brain is squeezed, not cut away. Points that end inside are ventricle whatever the maps say there, so that
    no rim of squeezed tissue stays along the middle of the ventricle.

    Args:
        widening_mm: how far the wall moves, mm of the template; 0 leaves it.

    Returns:
        The maps of the brain with the wider ventricles, and the ventricles ``[z, y, x]``.
    """
    from scipy import ndimage

    maps, ventricles = load_maps(), template_ventricles()
    box = ndimage.find_objects((ventricles > 0).astype(np.uint8))[0]
    margin = 30
    box = tuple(slice(max(0, side.start - margin), side.stop + margin) for side in box)
    inside = ventricles[box]
    # The signed distance to the wall, positive in the brain, and the way to the nearest wall.
    outwards, nearest = ndimage.distance_transform_edt(inside == 0, return_indices=True)
    signed = ndimage.gaussian_filter(outwards - ndimage.distance_transform_edt(inside > 0), 0.7)
    shift = widening_mm * np.exp(-np.maximum(signed - widening_mm, 0) / _DECAY_MM)
    gradient = np.stack(np.gradient(ndimage.gaussian_filter(signed, 1.5)))
    gradient /= np.maximum(np.sqrt((gradient**2).sum(axis=0)), 1e-3)
    source = np.indices(inside.shape, dtype=np.float32) - gradient * shift
    wide = (signed <= widening_mm) & (maps.brain[box])
    # The two lateral ventricles and the third stay apart by the septum and the fornix.
    names = inside[tuple(nearest)]
    keeps_septum = (names == Ventricle.THIRD) | (names == Ventricle.FOURTH)
    wide &= ~keeps_septum | (signed <= 0.4 * widening_mm)
    moved = []
    for field in (maps.grey, maps.white):
        tissue = field.copy()
        squeezed = ndimage.map_coordinates(field[box], source, order=1)
        tissue[box] = np.where(wide, 0, squeezed)
        moved.append(tissue)
    grey, white = moved
    # The template calls the half-filled voxels of the ventricular wall grey; they are white matter and CSF.
    rim = (signed < widening_mm + 3.0) & (ndimage.grey_opening(grey[box], size=5) < 0.5 * grey[box])
    wall_white = np.where(rim, white[box] + grey[box], white[box])
    grey[box] = np.where(rim, 0, grey[box])
    white[box] = wall_white
    labels = np.zeros_like(ventricles)
    labels[box] = np.where(wide, names, 0)
    csf = np.where(maps.brain, 1 - grey - white, 0).astype(np.float32)
    return Maps(grey, white, csf, maps.brain), labels

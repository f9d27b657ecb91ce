"""Regions of low density that are open to the brain: swirls, foci at the margin of a heterogeneous clot."""

from typing import TYPE_CHECKING

import numpy as np

from .part import Body

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TRIES = 60
# The mouth has this share of the width of the inner end; the way winds by so much, with this wave, mm.
_MOUTH, _WIND_MM, _WAVE_MM = 0.65, 1.0, 14.0
# Clot between two regions.
_APART_MM = 2.5


def inlet(
    body: Body,
    free: "NDArray[np.bool_]",
    length_mm: float,
    radius_mm: float,
    half_height_mm: float,
    rng: np.random.Generator,
) -> "NDArray[np.bool_] | None":
    """Find a place for a winding inlet from the margin of the clot inwards.

    It has the same course on every slice, and goes on outwards without end: so it is open wherever it is.

    Args:
        body: the clot.
        free: bool ``[z, y, x]``, the part of the body where it may be.
        length_mm: how far inside the margin it ends, on the slice of the largest area.
        radius_mm: half its width at the inner end.
        half_height_mm: half its height.
        rng: the generator.

    Returns:
        bool ``[z, y, x]``, on beyond the body; None where there is no place.
    """
    from scipy import ndimage

    spacing = body.spacing_mm[1:]
    depth, nearest = ndimage.distance_transform_edt(
        body.mask[body.level], sampling=spacing, return_indices=True
    )
    taken = body.mask & ~free
    if taken.any():
        taken = ndimage.distance_transform_edt(~taken, sampling=body.spacing_mm) < _APART_MM
    ends = np.argwhere((abs(depth - length_mm) < 1) & ~taken[body.level])
    for end in ends[rng.permutation(len(ends))[:_TRIES]]:
        outwards = (nearest[:, end[0], end[1]] - end) * spacing
        region = _course(body, end, outwards, radius_mm, half_height_mm)
        if not (region & taken).any():
            return region
    return None


def _course(
    body: Body,
    end: "NDArray[np.int_]",
    outwards_mm: "NDArray[np.float64]",
    radius_mm: float,
    half_height_mm: float,
) -> "NDArray[np.bool_]":
    """The inlet that ends at a pixel (y, x) of the largest slice and leaves it along a vector (y, x)."""
    length = float(np.hypot(*outwards_mm))
    back, left = outwards_mm / length
    z, y, x = body.offsets_mm((body.level, *end))
    along, across = y * back + x * left, y * left - x * back
    outside = np.clip(along, 0, None)
    across = across - _WIND_MM * np.sin(2 * np.pi * outside / _WAVE_MM)
    width = radius_mm * (1 - (1 - _MOUTH) * np.clip(outside / length, 0, 1))
    flat = np.maximum(1 - (z / half_height_mm) ** 4, 0)
    return np.asarray(across**2 + (along - outside) ** 2 < width**2 * flat)

"""Shapes within one slice, in millimetres."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PixelSize = tuple[float, float]
"""(y, x), mm."""


def depth_mm(plane: "NDArray[np.bool_]", pixel_mm: PixelSize) -> "NDArray[np.float64]":
    """Distance of each pixel of a mask to the nearest pixel outside; beyond the array is outside."""
    from scipy.ndimage import distance_transform_edt

    return np.asarray(distance_transform_edt(np.pad(plane, 1), sampling=pixel_mm)[1:-1, 1:-1])


def away_mm(plane: "NDArray[np.bool_]", pixel_mm: PixelSize) -> "NDArray[np.float64]":
    """Distance of each pixel to the nearest pixel of a mask; infinite when the mask is empty."""
    from scipy.ndimage import distance_transform_edt

    if not plane.any():
        return np.full(plane.shape, np.inf)
    return np.asarray(distance_transform_edt(~plane, sampling=pixel_mm))


def closed(plane: "NDArray[np.bool_]", radius_mm: float, pixel_mm: PixelSize) -> "NDArray[np.bool_]":
    """Close gaps that a disc does not fit into; the mask keeps clear of the array's edge by the radius."""
    return (depth_mm(away_mm(plane, pixel_mm) <= radius_mm, pixel_mm) > radius_mm) | plane


def opened(plane: "NDArray[np.bool_]", radius_mm: float, pixel_mm: PixelSize) -> "NDArray[np.bool_]":
    """What a disc reaches that stays inside a mask."""
    return away_mm(depth_mm(plane, pixel_mm) > radius_mm, pixel_mm) <= radius_mm


def pieces(mask: "NDArray[np.bool_]") -> "Iterator[NDArray[np.bool_]]":
    """The connected pieces of a mask of any number of axes, in scan order; corners connect."""
    from scipy.ndimage import generate_binary_structure, label

    numbered, count = label(mask, structure=generate_binary_structure(mask.ndim, mask.ndim))
    for number in range(1, count + 1):
        yield numbered == number

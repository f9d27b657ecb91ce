"""A small head of waves instead of noise, the same on every machine, with two masks."""

import numpy as np
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label

SPACING_MM = (0.8, 0.9, 4.0)
SHAPE = (24, 72, 80)
"""Slices, rows, columns."""


def scan(pixel_type: int = sitk.sitkInt16) -> sitk.Image:
    """Brain of about 35 HU with blood of about 60, an edge of bone, air round it; whole HU."""
    z, y, x = np.indices(SHAPE).astype(float)
    waves = (
        6 * np.sin(0.9 * x + 0.4 * z) * np.cos(0.7 * y) + 4 * np.sin(1.7 * y - 1.1 * z) + 3 * np.cos(2.1 * x)
    )
    hu = 35 + waves + 25 * np.exp(-(((x - 38) / 14) ** 2 + ((y - 34) / 12) ** 2 + ((z - 12) / 7) ** 2))
    radius = np.hypot(x - 40, y - 36)
    hu = np.where(radius > 32, 900 + waves, hu)
    hu = np.where(radius > 35, -1000, hu)
    return _image(np.round(hu).astype(np.int16), pixel_type)


def inner() -> sitk.Image:
    """ICH of two lobes in the middle of the scan."""
    z, y, x = np.indices(SHAPE)
    first = ((x - 36) / 11) ** 2 + ((y - 34) / 9) ** 2 + ((z - 12) / 5) ** 2 <= 1
    second = ((x - 46) / 7) ** 2 + ((y - 38) / 8) ** 2 + ((z - 14) / 3) ** 2 <= 1
    return labels(first | second)


def lowest() -> sitk.Image:
    """ICH that the first slice cuts."""
    z, y, x = np.indices(SHAPE)
    return labels(((x - 40) / 9) ** 2 + ((y - 36) / 12) ** 2 + ((z - 1) / 4) ** 2 <= 1)


def labels(mask: np.ndarray, label: Label = Label.ICH) -> sitk.Image:
    """A mask ``[z, y, x]`` as a label image on the grid of the scan."""
    return _image(np.where(mask, int(label), 0).astype(np.uint8), sitk.sitkUInt8)


def _image(array: np.ndarray, pixel_type: int) -> sitk.Image:
    image = sitk.Cast(sitk.GetImageFromArray(array), pixel_type)
    image.SetSpacing(SPACING_MM)
    image.SetOrigin((-30.0, -28.0, 5.0))
    return image

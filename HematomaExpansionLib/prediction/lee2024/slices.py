"""Lee 2024, image preprocessing: the axial slices of a scan as its networks see them."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

WINDOW_HU = (0.0, 100.0)
"""The range that densities are normalised in (methods, Image preprocessing)."""
SIZE = 512
"""Rows and columns of a slice (same place)."""


def grey(hu: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Densities of any shape as 0-1: 0 HU and less is 0, 100 HU and more is 1, linear between."""
    low, high = WINDOW_HU
    scaled: NDArray[np.float32] = (np.asarray(hu, np.float32) - low) / (high - low)
    return scaled.clip(0.0, 1.0)


def grey_slices(hu: "NDArray[np.float32]", size: int = SIZE) -> "Tensor":
    """Window the slices of a scan and resize them, whole, to squares.

    A slice that has the size already stays as it is. A larger one is averaged, not sampled, so that noise
    does not grow.

    Args:
        hu: ``[z, y, x]``, HU.
        size: rows and columns.

    Returns:
        ``[z, 1, size, size]``, float32, 0-1.
    """
    import torch

    return resized(torch.from_numpy(grey(hu))[:, None], size)


def mask_slices(mask: "NDArray[np.bool_]", size: int = SIZE) -> "Tensor":
    """The share of each resized pixel that the mask fills, on the grid of :func:`grey_slices`.

    Args:
        mask: ``[z, y, x]``.
        size: rows and columns.

    Returns:
        ``[z, 1, size, size]``, float32, 0-1.
    """
    import torch

    return resized(torch.from_numpy(np.asarray(mask, np.float32))[:, None], size)


def resized(slices: "Tensor", size: int) -> "Tensor":
    """Resize ``[z, 1, y, x]`` bilinearly, averaging where it shrinks; unchanged when it has the size."""
    from torch.nn import functional

    if tuple(slices.shape[-2:]) == (size, size):
        return slices
    return functional.interpolate(slices, (size, size), mode="bilinear", align_corners=False, antialias=True)

"""Smooth random fields: textures and rough surfaces."""

from typing import TYPE_CHECKING

import numpy as np

from .template import SHAPE

if TYPE_CHECKING:
    from numpy.typing import NDArray


def smooth_noise(rng: np.random.Generator, correlation_voxels: float) -> "NDArray[np.float32]":
    """Gaussian random field on the grid of the heads, of mean 0 and standard deviation 1.

    Drawn on a coarser grid where the correlation is long, and interpolated: long filters are the slow part.

    Args:
        rng: the generator.
        correlation_voxels: standard deviation of the Gaussian that smooths white noise.
    """
    from scipy import ndimage

    step = max(1, int(correlation_voxels / 2))
    coarse = tuple(-(-count // step) + 1 for count in SHAPE)
    field = ndimage.gaussian_filter(rng.standard_normal(coarse, dtype=np.float32), correlation_voxels / step)
    if step > 1:
        field = ndimage.zoom(field, step, order=1)
    field = field[tuple(slice(count) for count in SHAPE)]
    return (field - field.mean()) / field.std()

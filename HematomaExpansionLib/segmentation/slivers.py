"""Slivers of IVH: where a haematoma reaches the wall of a ventricle, a network takes its edge for IVH."""

from typing import TYPE_CHECKING

import numpy as np

from ..labels import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray


def without_slivers(
    labels: "NDArray[np.uint8]", spacing_mm: tuple[float, float, float], min_ivh_ml: float
) -> "NDArray[np.uint8]":
    """Give the face-connected pieces of IVH under ``min_ivh_ml`` that touch ICH to the ICH.

    What lies in a ventricle by itself, as blood that has settled in an occipital horn, stays IVH.

    Args:
        labels: values of :class:`..labels.Label`, ``[z, y, x]``.
        spacing_mm: voxel spacing ``(z, y, x)``.
        min_ivh_ml: a piece of exactly this is kept.
    """
    from scipy import ndimage

    pieces, count = ndimage.label(labels == Label.IVH)
    if not count:
        return labels
    voxel_ml = float(np.prod(spacing_mm)) / 1000
    # The slack only takes the rounding of the product away.
    small = voxel_ml * np.bincount(pieces.ravel(), minlength=count + 1) < min_ivh_ml - 1e-6 * voxel_ml
    touching = np.zeros(count + 1, dtype=bool)
    touching[pieces[ndimage.binary_dilation(labels == Label.ICH)]] = True
    slivers = small & touching
    slivers[0] = False
    return np.where(slivers[pieces], np.uint8(Label.ICH), labels)

"""Slivers of IVH: where a haematoma reaches the wall of a ventricle, a network takes its edge for IVH."""

from typing import TYPE_CHECKING

import numpy as np

from ..labels import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray


def without_slivers(
    labels: "NDArray[np.uint8]", spacing_mm: tuple[float, float, float], min_ivh_ml: float
) -> "NDArray[np.uint8]":
    """Where all IVH of a scan is less than ``min_ivh_ml``, give what hangs together with ICH to the ICH.

    What lies in a ventricle by itself, as blood that has settled in an occipital horn, stays IVH, and where a
    bleed has broken through, the small pieces at its edge are IVH, too.

    Args:
        labels: values of :class:`..labels.Label`, ``[z, y, x]``.
        spacing_mm: voxel spacing ``(z, y, x)``.
        min_ivh_ml: IVH of exactly this is kept.
    """
    from scipy import ndimage

    ivh = labels == Label.IVH
    voxel_ml = float(np.prod(spacing_mm)) / 1000
    # The slack only takes the rounding of the product away.
    if not ivh.any() or np.count_nonzero(ivh) * voxel_ml >= min_ivh_ml - 1e-6 * voxel_ml:
        return labels
    pieces, count = ndimage.label(labels > 0)
    with_ich = np.zeros(count + 1, dtype=bool)
    with_ich[pieces[labels == Label.ICH]] = True
    return np.where(ivh & with_ich[pieces], np.uint8(Label.ICH), labels)

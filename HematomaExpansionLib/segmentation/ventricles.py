"""Which blood is in the ventricles: the split of blood into ICH and IVH, from anatomy."""

from typing import TYPE_CHECKING

import numpy as np

from ..ct.anatomy import Anatomy
from ..ct.scan import HeadCT
from ..labels import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMOOTHING_MM = 2.0
"""Spread of the atlas' ventricle outline in a patient it was fitted to."""
VENTRICLE = 0.15
"""Smoothed probability at and above which blood is intraventricular. Low, because blood where the atlas puts
the wall is more often a filled ventricle than parenchyma; from 0.10 to 0.25 little changes."""
CORE = 0.4
"""A piece of IVH must reach this unsmoothed probability: a haematoma that merely abuts a wall does not."""
ICH_CRUMB_ML = 0.5
"""Parenchymal pieces under this that touch IVH are the rim of a filled ventricle."""
IVH_CRUMB_ML = 0.1
"""Intraventricular pieces under this that touch ICH are the bulge of a haematoma into a wall."""


def split_ivh(blood: "NDArray[np.bool_]", scan: HeadCT, anatomy: Anatomy) -> "NDArray[np.uint8]":
    """Divide blood into intraparenchymal and intraventricular.

    Density does not tell the two apart, so the registered ventricle atlas does (BLAST-CT's own classes call
    an IVH cast parenchymal). Blood that fills a ventricle hides the contrast the atlas was fitted by; its
    outline is carried in from the neighbourhood, hence the smoothing, the low limit, and the rule that a
    crumb of either class which touches the other joins it.

    Args:
        blood: bool, ``[z, y, x]``, on the scan's grid.
        scan: the scan, for its spacing.
        anatomy: the ventricle probability on the same grid.

    Returns:
        uint8 array of :class:`~HematomaExpansionLib.labels.Label`, ICH and IVH.
    """
    import SimpleITK as sitk
    from scipy import ndimage

    atlas = sitk.GetArrayViewFromImage(anatomy.ventricles)
    ivh = blood & (smoothed_ventricles(scan, anatomy) >= VENTRICLE)
    pieces, count = ndimage.label(ivh)
    peak = np.zeros(count + 1)
    if count:
        peak[1:] = ndimage.maximum(atlas, pieces, np.arange(1, count + 1))
    ivh = (peak >= CORE)[pieces] & ivh
    ivh |= _crumbs(blood & ~ivh, ivh, ICH_CRUMB_ML / scan.voxel_ml)
    ivh &= ~_crumbs(ivh, blood & ~ivh, IVH_CRUMB_ML / scan.voxel_ml)
    return np.where(ivh, Label.IVH, np.where(blood, Label.ICH, Label.BACKGROUND)).astype(np.uint8)


def smoothed_ventricles(scan: HeadCT, anatomy: Anatomy) -> "NDArray[np.float32]":
    """The atlas' ventricle probability, ``[z, y, x]``, blurred by the spread of its outline."""
    import SimpleITK as sitk
    from scipy import ndimage

    sigma = [SMOOTHING_MM / step for step in scan.spacing_mm]
    return np.asarray(ndimage.gaussian_filter(sitk.GetArrayViewFromImage(anatomy.ventricles), sigma))


def _crumbs(
    mask: "NDArray[np.bool_]", other: "NDArray[np.bool_]", under_voxels: float
) -> "NDArray[np.bool_]":
    """The pieces of ``mask`` of fewer voxels than ``under_voxels`` that share a face with ``other``."""
    from scipy import ndimage

    pieces, count = ndimage.label(mask)
    chosen = np.bincount(pieces.ravel(), minlength=count + 1) < under_voxels
    touching = np.zeros(count + 1, dtype=bool)
    touching[pieces[ndimage.binary_dilation(other)]] = True
    chosen &= touching
    chosen[0] = False
    return np.asarray(chosen[pieces], dtype=bool)

"""Brain of the template, as heads take it."""

from typing import TYPE_CHECKING

import numpy as np

from .skull import outside_brain_mm
from .template import load_maps
from .ventricles import walls

if TYPE_CHECKING:
    from numpy.typing import NDArray


def tissue() -> "NDArray[np.float32]":
    """Brain of the template, float32 ``[3, z, y, x]``.

    White matter as a share of the solid tissue, carried outwards from the brain; CSF as a share of the
    brain; and the distance outside the brain, mm.
    """
    from scipy import ndimage

    maps = load_maps()
    grey, white = maps.grey.copy(), maps.white.copy()
    # The template calls the half-filled voxels of the ventricular wall grey; they are white matter and CSF.
    rim = (walls()[0][0] < 3.0) & (ndimage.grey_opening(grey, size=5) < 0.5 * grey)
    white[rim] += grey[rim]
    grey[rim] = 0
    solid = grey + white
    nearest = ndimage.distance_transform_edt(solid < 0.3, return_distances=False, return_indices=True)
    of_solid = (white / np.maximum(solid, 1e-3))[tuple(nearest)]
    csf = np.where(maps.brain, 1 - grey - white, 0)
    return np.stack([of_solid, csf, outside_brain_mm()]).astype(np.float32)

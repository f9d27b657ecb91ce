"""Blood and oedema in the HU of a head."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .bleed import BleedSettings, box_around
from .host import Head

if TYPE_CHECKING:
    from numpy.typing import NDArray

OEDEMA_HU = 22.0
_TEXTURE_HU = 3.0
# CSF thins the blood in the ventricles.
_IVH_BELOW_ICH_HU = 2.0
_EDGE_VOXELS = 0.7


def with_blood(
    head: Head,
    ich: "NDArray[np.bool_]",
    ivh: "NDArray[np.bool_]",
    texture: "NDArray[np.float32]",
    settings: BleedSettings,
) -> Head:
    """Put blood and oedema into a head; edges are soft over about a millimetre.

    Args:
        head: the head without blood, already pushed aside.
        ich: blood in the brain.
        ivh: blood in the ventricles.
        texture: standard field of the clot's density.
        settings: density and oedema.

    Returns:
        The head with new ``hu``.
    """
    from scipy import ndimage

    blood = ich | ivh
    if not blood.any():
        return head
    box = box_around(blood, 4 + round(3 * settings.oedema_mm))
    hu = head.hu[box]
    if ich.any() and settings.oedema_mm > 0:
        away = ndimage.distance_transform_edt(~ich[box], sampling=head.spacing_mm)
        # Oedema follows white matter, and is not where CSF, dura, calcification or bone is.
        rim = np.exp(-((away / settings.oedema_mm) ** 2)) * (0.35 + 0.65 * head.white[box])
        brain = (head.ventricles[box] == 0) & (head.depth_mm[box] > 0) & (hu > OEDEMA_HU) & (hu < 45)
        hu = np.where(brain, hu - 0.9 * rim * (hu - OEDEMA_HU), hu)
    density = settings.blood_hu + _TEXTURE_HU * np.clip(texture[box], -2.2, 2.2)
    density = density - _IVH_BELOW_ICH_HU * ndimage.gaussian_filter(ivh[box].astype(np.float32), 1.0)
    share = ndimage.gaussian_filter(blood[box].astype(np.float32), _EDGE_VOXELS)
    result = head.hu.copy()
    result[box] = hu * (1 - share) + density * share
    return replace(head, hu=result)

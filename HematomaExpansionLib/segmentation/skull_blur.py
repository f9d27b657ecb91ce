"""What lies in the blur between skull and brain: bone, or blood that bone outshines."""

from typing import TYPE_CHECKING

import numpy as np

from ..labels import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray


def without_bone(
    labels: "NDArray[np.uint8]",
    hu: "NDArray[np.float32]",
    brain: "NDArray[np.bool_]",
    spacing_mm: tuple[float, float, float],
    densest_hu: float,
    reach_mm: float,
) -> "NDArray[np.uint8]":
    """Drop labels outside the skull's inner table and where the scan is too dense for blood.

    One kind stays: extra-axial blood next to extra-axial blood in plain sight. A slice of 4 mm cuts a slanted
    skull obliquely, so that the outer 1-2 mm of a subdural haematoma share their voxels with bone; a tenth
    of bone makes blood look denser than 100 HU. Without that part half of a thin one is missed. Where no
    blood is in plain sight, it is bone: thin blood and the partial volume of bone look alike.

    Args:
        labels: values of :class:`..labels.Label`, ``[z, y, x]``.
        hu: the scan, same shape; its median over 3 x 3 pixels counts, so that noise does not punch holes.
        brain: intracranial mask, same shape.
        spacing_mm: voxel spacing ``(z, y, x)``.
        densest_hu: HU that blood in plain sight does not exceed.
        reach_mm: how far from such blood, in plane, extra-axial blood may lie.

    Returns:
        The labels that are left, a new array.
    """
    from scipy import ndimage

    kept = labels.copy()
    for z in np.flatnonzero(labels.any((1, 2))):
        plain = brain[z] & (ndimage.median_filter(hu[z], 3) <= densest_hu)
        collection = labels[z] == Label.EXTRA_AXIAL
        if (collection & plain).any():
            away = ndimage.distance_transform_edt(~(collection & plain), spacing_mm[1:])
            plain |= collection & (away <= reach_mm)
        kept[z][~plain] = Label.BACKGROUND
    return kept

"""The intracranial space: what lies inside the skull, found from the skull itself."""

from typing import TYPE_CHECKING

import numpy as np

from ..errors import NotAHeadCT
from .grid import isotropic, onto
from .scan import HeadCT

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

GRID_MM = 2.0
"""Spacing of the isotropic grid the mask is found on; the skull is several times thicker."""
BONE_HU = 180.0
"""Above this a voxel of that grid is skull: partial volume lowers thin bone, and blood stays under 100."""
FAT_HU = -30.0
"""Below this a voxel is fat or air: scalp, orbit, sinus."""
NECK_MM = 7.0
"""Openings narrower than twice this (foramina, fissures, the gap over the atlas) do not leak."""
CORNER_MM = 2.0
"""How far beyond :data:`NECK_MM` the core is grown back, to reach the corners of the middle fossa."""
PLAUSIBLE_ML = (300.0, 2300.0)
"""Space inside the skull that a head scan may show; a scan that starts above the skull base shows less."""


def brain_mask(scan: HeadCT) -> "sitk.Image":
    """Mask the intracranial space: brain, CSF and blood.

    Soft tissue is what is neither bone nor fat nor air. Its part farther than :data:`NECK_MM` from any of
    those is, inside the skull, one deep piece. It cannot reach the scalp even through a wide defect of the
    skull, because the scalp is thinner than twice that distance, nor the orbits or the neck, because the
    foramina are narrower. The piece that holds the deepest point is grown back to the inner table. Nothing
    is filled from outside, so a craniectomy, or a scan that cuts the skull open, does not empty the mask.

    Args:
        scan: the head CT.

    Returns:
        uint8 image on the scan's grid.

    Raises:
        NotAHeadCT: when the volume found is outside :data:`PLAUSIBLE_ML`.
    """
    import SimpleITK as sitk

    grid = isotropic(scan.image, GRID_MM)
    hu = np.array(sitk.GetArrayViewFromImage(grid), dtype=np.float32)
    mask = onto(_cavity(hu).astype(np.float32), grid, scan.image) > 0.5
    ml = float(np.count_nonzero(sitk.GetArrayViewFromImage(mask))) * scan.voxel_ml
    low, high = PLAUSIBLE_ML
    if not low <= ml <= high:
        raise NotAHeadCT(
            f"{scan.name}: the space inside the skull measures {ml:.0f} mL; "
            f"a head CT shows {low:.0f}-{high:.0f} mL"
        )
    return mask


def _cavity(hu: "NDArray[np.float32]") -> "NDArray[np.bool_]":
    from scipy import ndimage

    soft = (hu > FAT_HU) & (hu < BONE_HU)
    # Where the scan ends it is not closed by bone: repeat the end slices so that they count as deep.
    pad = int(NECK_MM / GRID_MM) + 2
    depth = _distance_mm(np.pad(soft, ((pad, pad), (0, 0), (0, 0)), mode="edge"))[pad:-pad]
    pieces, _ = ndimage.label(depth > NECK_MM)
    deepest = np.unravel_index(np.argmax(depth), depth.shape)
    if pieces[deepest] == 0:
        return np.zeros_like(soft)
    grown = (_distance_mm(pieces != pieces[deepest]) <= NECK_MM + CORNER_MM) & soft
    # The cribriform plate and the sella let thin tongues through.
    opened = _largest(ndimage.binary_opening(grown, iterations=2))
    # Calcifications, and bone spurs the closing bridges, belong to the inside; the skull does not.
    closed = ndimage.binary_closing(np.pad(opened, 3), iterations=3)[3:-3, 3:-3, 3:-3]
    filled = np.stack([ndimage.binary_fill_holes(plane) for plane in closed])
    return np.asarray(filled & ~_largest(hu >= BONE_HU), dtype=bool)


def _distance_mm(mask: "NDArray[np.bool_]") -> "NDArray[np.float32]":
    """From each voxel of a mask to the nearest voxel outside it; 0 there. On all cores, unlike SciPy's."""
    import SimpleITK as sitk

    outside = sitk.GetImageFromArray((~mask).astype(np.uint8))
    outside.SetSpacing((GRID_MM,) * 3)
    # It does not square, is positive within the mask, and counts in mm.
    signed = sitk.SignedMaurerDistanceMap(outside, False, False, True)
    return np.asarray(sitk.GetArrayViewFromImage(signed).clip(min=0))


def _largest(mask: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    from scipy import ndimage

    labels, count = ndimage.label(mask)
    if count == 0:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == np.argmax(sizes), dtype=bool)

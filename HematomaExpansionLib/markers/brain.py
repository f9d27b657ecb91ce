"""The reference of the markers: healthy parenchyma on the other side of the brain, and its noise."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..ct.grid import box_around
from ..ct.scan import HeadCT
from ..volumetry.symmetry import Plane, symmetry_plane
from .clot import Brain, noise_hu

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ReferenceSettings:
    """How the reference is found.

    Attributes:
        tissue_hu: what may be parenchyma; CSF and fat are under it, blood and calcium over it.
        aside_mm: distance to keep from any blood, for oedema and partial volume.
        least_ml: less tissue than this on the other side is no reference.
        default_hu: taken, with a warning, where no tissue is found at all.
    """

    tissue_hu: tuple[float, float] = (18.0, 48.0)
    aside_mm: float = 8.0
    least_ml: float = 1.0
    default_hu: float = 33.0


def reference_brain(
    scan: HeadCT,
    labels: "sitk.Image",
    brain: "sitk.Image",
    settings: ReferenceSettings,
    symmetry: Plane | None = None,
) -> tuple[Brain, tuple[str, ...]]:
    """Median HU and noise of parenchyma where the mirrored bleed would lie.

    The bleed is mirrored about the plane of symmetry of the inside of the skull. Where too little parenchyma
    lies there (a bleed across the midline), all parenchyma on the same slices and off the blood is taken.

    Args:
        scan: the head CT.
        labels: label image on its grid; every class is avoided.
        brain: mask of the intracranial space on its grid, not empty.
        settings: parameters.
        symmetry: plane of symmetry of the brain mask; found here when None.

    Returns:
        The reference, and warnings.
    """
    import SimpleITK as sitk

    blood = sitk.GetArrayFromImage(labels) > 0
    levels = np.flatnonzero(blood.any(axis=(1, 2)))
    slab = slice(int(levels[0]), int(levels[-1]) + 1)
    hu = scan.hu[slab]
    possible = sitk.GetArrayFromImage(brain)[slab] > 0
    possible &= _smooth_between(hu, settings.tissue_hu, scan.spacing_mm) & ~_near(blood[slab], scan, settings)
    mirrored = _mirrored(blood, scan, symmetry or symmetry_plane(brain))[slab] & possible
    least = settings.least_ml / scan.voxel_ml
    warnings: tuple[str, ...] = ()
    if np.count_nonzero(mirrored) < least:
        mirrored = possible
        warnings = ("Little healthy brain lies opposite the bleed: all brain beside it is the reference.",)
    if np.count_nonzero(mirrored) < least:
        missing = f"No healthy brain on the slices of the bleed: {settings.default_hu:g} HU is the reference."
        return Brain(settings.default_hu, 0.0), (missing,)
    box = box_around(mirrored, scan.spacing_mm, 4.0)
    patch, tissue = hu[box], mirrored[box]
    noise = noise_hu(patch, tissue, scan.spacing_mm)
    return Brain(float(np.median(patch[tissue])), noise, patch, tissue), warnings


def _smooth_between(
    hu: "NDArray[np.float32]", limits: tuple[float, float], spacing_mm: tuple[float, float, float]
) -> "NDArray[np.bool_]":
    """Tissue by its density over 2 mm, so that noise neither adds nor removes single voxels."""
    from scipy.ndimage import gaussian_filter

    smooth = gaussian_filter(np.clip(hu, -100.0, 200.0), (0.0, 2.0 / spacing_mm[1], 2.0 / spacing_mm[2]))
    return np.asarray((smooth > limits[0]) & (smooth < limits[1]))


def _near(blood: "NDArray[np.bool_]", scan: HeadCT, settings: ReferenceSettings) -> "NDArray[np.bool_]":
    from scipy.ndimage import distance_transform_edt

    box = box_around(blood, scan.spacing_mm, settings.aside_mm)
    near = np.zeros_like(blood)
    near[box] = distance_transform_edt(~blood[box], sampling=scan.spacing_mm) < settings.aside_mm
    return near


def _mirrored(blood: "NDArray[np.bool_]", scan: HeadCT, plane: Plane) -> "NDArray[np.bool_]":
    """The voxels that the bleed's mirror image falls on, closed where the mirror leaves gaps."""
    from scipy.ndimage import binary_closing

    image = scan.image
    matrix = np.array(image.GetDirection()).reshape(3, 3) @ np.diag(image.GetSpacing())
    points = np.argwhere(blood)[:, ::-1] @ matrix.T + np.array(image.GetOrigin())
    reflected = points - 2.0 * np.outer((points - plane.point) @ plane.normal, plane.normal)
    index = np.rint((reflected - image.GetOrigin()) @ np.linalg.inv(matrix).T).astype(int)[:, ::-1]
    index = index[((index >= 0) & (index < blood.shape)).all(axis=1)]
    mirror = np.zeros_like(blood)
    mirror[tuple(index.T)] = True
    return np.asarray(binary_closing(mirror, np.ones((1, 3, 3), dtype=bool)))

"""Where a real head CT has its ventricles, and template coordinates for each of its voxels."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from HematomaExpansionLib.ct.anatomy import Anatomy
from HematomaExpansionLib.ct.scan import HeadCT

from .simulate.ventricles import Ventricle

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUIET_MM = 1.0
"""Standard deviation of the Gaussian that quiets a scan before its densities are judged."""
REACH_MM = 2.5
"""How far beyond the atlas' wall CSF still belongs to a ventricle; an old infarct beside it does not."""
LEAST_PIECE_ML = 0.05


@dataclass(frozen=True)
class HostAnatomy:
    """What a bleed needs to know of the head it goes into; arrays are ``[z, y, x]`` on the scan's grid.

    Attributes:
        quiet: float32, the scan smoothed by :data:`QUIET_MM`, HU.
        brain: bool, the intracranial space.
        ventricles: uint8 of :class:`~training.simulate.ventricles.Ventricle`.
        mni_mm: float32 ``[3, z, y, x]``: template coordinates (superior, anterior, right) of each voxel.
        csf_hu: density of CSF in the middle of the ventricles of this scan.
        brain_hu: median density of brain in this scan.
    """

    quiet: "NDArray[np.float32]"
    brain: "NDArray[np.bool_]"
    ventricles: "NDArray[np.uint8]"
    mni_mm: "NDArray[np.float32]"
    csf_hu: float
    brain_hu: float


def host_anatomy(scan: HeadCT, anatomy: Anatomy) -> HostAnatomy:
    """Find the CSF of the ventricles in a head CT without blood.

    A ventricle is what is darker than half way from brain to CSF (both measured in this scan, whose HU may be
    off) and lies in the atlas' ventricle or within :data:`REACH_MM` of it. Density alone leaks into cisterns
    and old infarcts; the atlas alone misses the wall. The cisterns round the midbrain, which the atlas can
    reach in a tilted head, are cut off by template coordinates.

    Args:
        scan: the head CT.
        anatomy: from :func:`~HematomaExpansionLib.ct.anatomy.locate_anatomy`.
    """
    import SimpleITK as sitk
    from scipy import ndimage

    atlas = sitk.GetArrayFromImage(anatomy.ventricles)
    brain = sitk.GetArrayFromImage(anatomy.brain) > 0
    quiet = ndimage.gaussian_filter(scan.hu, [QUIET_MM / step for step in scan.spacing_mm])
    # The first quartile: the choroid plexus lies in the middle of a ventricle, too.
    csf_hu = float(np.percentile(quiet[brain & (atlas > 0.8)], 25))
    tissue = quiet[brain & (atlas < 0.01)]
    brain_hu = float(np.median(tissue[(tissue > csf_hu + 8) & (tissue < csf_hu + 60)]))
    near = ndimage.distance_transform_edt(atlas < 0.5, sampling=scan.spacing_mm) <= REACH_MM
    coordinates = template_coordinates(scan, anatomy)
    parts = _parts(coordinates)
    csf = brain & near & (quiet < (csf_hu + brain_hu) / 2) & (parts > 0)
    pieces, count = ndimage.label(csf)
    kept = np.bincount(pieces.ravel(), minlength=count + 1) >= LEAST_PIECE_ML / scan.voxel_ml
    kept &= np.bincount(pieces[atlas >= 0.5], minlength=count + 1) > 0
    kept[0] = False
    ventricles = np.where(kept[pieces], parts, 0).astype(np.uint8)
    return HostAnatomy(quiet, brain, ventricles, coordinates, csf_hu, brain_hu)


def template_coordinates(scan: HeadCT, anatomy: Anatomy) -> "NDArray[np.float32]":
    """Template coordinates (superior, anterior, right), mm, of each voxel: float32 ``[3, z, y, x]``."""
    import SimpleITK as sitk

    # A linear function sampled coarsely is interpolated without error; 160 mm hold any head.
    line = np.arange(-160.0, 161.0, 80.0, dtype=np.float32)
    z, y, x = np.meshgrid(line, line, line, indexing="ij")
    found = []
    for values in (z, -y, -x):
        image = sitk.GetImageFromArray(values)
        image.SetSpacing((80.0, 80.0, 80.0))
        image.SetOrigin((-160.0, -160.0, -160.0))
        there = sitk.Resample(
            image, scan.image, anatomy.to_atlas, sitk.sitkLinear, 0.0, sitk.sitkFloat32, True
        )
        found.append(sitk.GetArrayFromImage(there))
    return np.stack(found)


def _parts(mni_mm: "NDArray[np.float32]") -> "NDArray[np.uint8]":
    """Which ventricle CSF at template coordinates belongs to, and 0 where it is a cistern's."""
    superior, anterior, right = mni_mm
    aside = np.abs(right)
    fourth = (superior < -12) & (anterior < -28) & (aside < np.where(superior < -24, 16, 4))
    third = (superior >= -16) & (superior < 8) & (aside < 6) & (anterior > -24) & (anterior < 4)
    lateral = (superior >= 0) | ((aside > 20) & (superior > -28))
    # The velum interpositum and the quadrigeminal cistern lie between the atria, behind the third ventricle.
    lateral &= ~((superior < 16) & (aside < 10) & (anterior < -20))
    side = np.where(right < 0, Ventricle.LEFT, Ventricle.RIGHT)
    return np.select([third, fourth, lateral], [Ventricle.THIRD, Ventricle.FOURTH, side], default=0).astype(
        np.uint8
    )

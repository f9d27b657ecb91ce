"""Where blood is new, stayed or went between two scans."""

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from ..ct.scan import voxel_volume_ml
from ..labels import Label
from ..result import Growth

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray


class GrowthLabel(IntEnum):
    """Values of a growth map."""

    NEW = 1
    STABLE = 2
    RESOLVED = 3


def growth_map(
    baseline_labels: "sitk.Image", followup_labels: "sitk.Image", to_baseline: "sitk.Transform"
) -> "tuple[sitk.Image, Growth]":
    """Compare the blood (ICH and IVH together) of a follow-up with that of the baseline.

    Each volume is counted on a grid in which that blood was segmented: new and stable on the follow-up's, so
    that they add up to all its blood; resolved on the baseline's. The other scan's blood is brought there by
    linear interpolation of its mask, cut at one half. What one scan does not cover counts as without blood.

    Args:
        baseline_labels: labels of the baseline, in its own space.
        followup_labels: labels of the follow-up, in its own space.
        to_baseline: rigid transform that maps physical points of the follow-up to the baseline.

    Returns:
        uint8 image of :class:`GrowthLabel` on the follow-up's grid (the resolved part is resampled there, for
        display), and the three volumes.
    """
    import SimpleITK as sitk

    before, after = _blood(baseline_labels), _blood(followup_labels)
    before_here = _moved(before, after, to_baseline)
    after_there = _moved(after, before, to_baseline.GetInverse())
    resolved_there = np.count_nonzero(_array(before) & ~_array(after_there))
    old, now = _array(before_here), _array(after)
    codes = np.zeros(now.shape, dtype=np.uint8)
    codes[now & ~old] = GrowthLabel.NEW
    codes[now & old] = GrowthLabel.STABLE
    codes[old & ~now] = GrowthLabel.RESOLVED
    image = sitk.GetImageFromArray(codes)
    image.CopyInformation(followup_labels)
    voxel_ml = voxel_volume_ml(followup_labels)
    return image, Growth(
        new_ml=int(np.count_nonzero(codes == GrowthLabel.NEW)) * voxel_ml,
        stable_ml=int(np.count_nonzero(codes == GrowthLabel.STABLE)) * voxel_ml,
        resolved_ml=int(resolved_there) * voxel_volume_ml(baseline_labels),
    )


def _blood(labels: "sitk.Image") -> "sitk.Image":
    import SimpleITK as sitk

    return sitk.Cast((labels == Label.ICH) | (labels == Label.IVH), sitk.sitkFloat32)


def _moved(blood: "sitk.Image", grid: "sitk.Image", to_blood: "sitk.Transform") -> "sitk.Image":
    import SimpleITK as sitk

    return sitk.Resample(blood, grid, to_blood, sitk.sitkLinear, 0.0, sitk.sitkFloat32)


def _array(mask: "sitk.Image") -> "NDArray[np.bool_]":
    import SimpleITK as sitk

    return np.asarray(sitk.GetArrayViewFromImage(mask) >= 0.5)

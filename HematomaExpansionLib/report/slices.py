"""Which axial slices a report shows: where the blood is, over its extent, the same levels in each scan."""

from typing import TYPE_CHECKING

import numpy as np

from ..labels import Label
from ..study import Comparison, Study, TimePoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS = 8
_BLOOD = (Label.ICH, Label.IVH, Label.EXTRA_AXIAL)


def aligned_followups(study: Study) -> frozenset[str]:
    """Names of the follow-ups whose alignment to the baseline is good enough to be shown."""
    return frozenset(
        change.timepoint
        for change in study.result.changes
        if change.registration is not None and change.registration.trusted
    )


def choose_slices(study: Study) -> dict[str, "NDArray[np.intp]"]:
    """Slice indices to show of each scan, from the feet up.

    Levels are chosen on the baseline from the blood of all scans that are aligned to it; each aligned
    follow-up shows its slice nearest to each level. A follow-up that could not be aligned chooses for itself.

    Returns:
        timepoint name to ``LEVELS`` indices along z (fewer when a scan has fewer slices).
    """
    baseline = study.timepoints[0]
    trusted = aligned_followups(study)
    blood = _blood_ml(baseline)
    heights: dict[str, NDArray[np.float64]] = {}
    for followup, comparison in zip(study.timepoints[1:], study.comparisons, strict=True):
        if comparison.timepoint in trusted:
            height = _heights_on_baseline(baseline, followup, comparison)
            nearest = np.clip(np.rint(height), 0, len(blood) - 1).astype(np.intp)
            np.add.at(blood, nearest, _blood_ml(followup))
            heights[followup.name] = height
    chosen = {baseline.name: spread_over_blood(blood, _brain_slices(baseline))}
    for followup in study.timepoints[1:]:
        if followup.name in heights:
            offsets = np.abs(heights[followup.name][None, :] - chosen[baseline.name][:, None])
            chosen[followup.name] = offsets.argmin(axis=1)
        else:
            chosen[followup.name] = spread_over_blood(_blood_ml(followup), _brain_slices(followup))
    return chosen


def spread_over_blood(
    blood: "NDArray[np.float64]", brain: "NDArray[np.intp]", count: int = LEVELS
) -> "NDArray[np.intp]":
    """Cut the extent of the blood into ``count`` parts and take the slice with the most blood of each.

    A part without blood gives its middle slice. An extent of fewer than ``count`` slices is widened; without
    blood it is that of the brain.

    Args:
        blood: amount of blood of each slice.
        brain: indices of the slices with brain, ascending; may be empty.
        count: slices to choose.
    """
    filled = np.flatnonzero(blood)
    if filled.size == 0:
        filled = brain if brain.size else np.arange(len(blood))
    count = min(count, len(blood))
    low, high = int(filled[0]), int(filled[-1]) + 1
    missing = max(count - (high - low), 0)
    low = min(max(low - missing // 2, 0), len(blood) - max(count, high - low))
    high = max(high, low + count)
    parts = np.array_split(np.arange(low, high), count)
    return np.array(
        [part[blood[part].argmax()] if blood[part].any() else part[len(part) // 2] for part in parts],
        dtype=np.intp,
    )


def _blood_ml(timepoint: TimePoint) -> "NDArray[np.float64]":
    """Blood of each slice, mL."""
    import SimpleITK as sitk

    labels = sitk.GetArrayViewFromImage(timepoint.segmentation.labels)
    blood: NDArray[np.float64] = np.isin(labels, _BLOOD).sum(axis=(1, 2), dtype=np.float64)
    blood *= timepoint.scan.voxel_ml
    return blood


def _brain_slices(timepoint: TimePoint) -> "NDArray[np.intp]":
    import SimpleITK as sitk

    return np.flatnonzero(sitk.GetArrayViewFromImage(timepoint.anatomy.brain).any(axis=(1, 2)))


def _heights_on_baseline(
    baseline: TimePoint, followup: TimePoint, comparison: Comparison
) -> "NDArray[np.float64]":
    """Continuous slice index on the baseline of the centre of each slice of the follow-up."""
    image, reference = followup.scan.image, baseline.scan.image
    x, y, depth = image.GetSize()
    heights = []
    for z in range(depth):
        point = image.TransformContinuousIndexToPhysicalPoint([(x - 1) / 2, (y - 1) / 2, float(z)])
        on_baseline = comparison.to_baseline.TransformPoint(point)
        heights.append(reference.TransformPhysicalPointToContinuousIndex(on_baseline)[2])
    return np.array(heights)

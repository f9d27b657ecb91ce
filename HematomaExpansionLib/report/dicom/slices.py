"""Labels back from the grid a scan was measured on to the slices that the scanner stored."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...ct.dicom import SliceHeader

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

_TIE_MM = 1e-3
SAME_VOLUME = 1e-3


def labels_on_slices(labels: "sitk.Image", slices: Sequence[SliceHeader]) -> "NDArray[np.uint8]":
    """Labels at the pixel centres of each stored slice, by nearest neighbour.

    On a scan without corrections these are the very voxels that were segmented. A tilted gantry and mixed
    slice distances were corrected on a grid of their own (:mod:`HematomaExpansionLib.ct.resample`); there the
    labels are taken back, because a segmentation in a PACS is looked at on the stored images. With mixed
    distances a slice lies on the edge of two voxels: the one nearer the first slice is taken at every slice,
    so what a bleed gains at one end it loses at the other.

    Args:
        labels: uint8 image on the scan's grid, LPS millimetres.
        slices: the stored slices.

    Returns:
        uint8 ``[slice, row, column]``, in the order of ``slices``; 0 where the grid does not reach.
    """
    import SimpleITK as sitk

    planes = []
    for one in slices:
        row, column = np.array(one.orientation[:3]), np.array(one.orientation[3:])
        normal = np.cross(row, column)
        origin = np.array(one.position_mm) - _TIE_MM * normal
        plane = sitk.ResampleImageFilter()
        plane.SetSize((one.shape[1], one.shape[0], 1))
        plane.SetOutputSpacing((one.pixel_mm[1], one.pixel_mm[0], 1.0))
        plane.SetOutputOrigin(origin.tolist())
        plane.SetOutputDirection(np.stack([row, column, normal], axis=1).ravel().tolist())
        plane.SetInterpolator(sitk.sitkNearestNeighbor)
        plane.SetOutputPixelType(sitk.sitkUInt8)
        planes.append(sitk.GetArrayFromImage(plane.Execute(labels))[0])
    return np.stack(planes)


def volumes_on_slices(
    stored: "NDArray[np.uint8]", slices: Sequence[SliceHeader], values: Sequence[int]
) -> dict[int, float]:
    """Volume of each value, mL: area x the slab of its slice, which reaches half way to each neighbour.

    Args:
        stored: ``[slice, row, column]``.
        slices: the slices in the same order; at least two.
        values: the values to measure.
    """
    row, column = (np.array(slices[0].orientation[i : i + 3]) for i in (0, 3))
    heights = np.array([one.position_mm for one in slices]) @ np.cross(row, column)
    order = np.argsort(heights)
    steps = np.diff(heights[order])
    slabs = np.empty(len(slices))
    slabs[order] = (np.append(steps, steps[-1]) + np.insert(steps, 0, steps[0])) / 2
    pixel_mm2 = slices[0].pixel_mm[0] * slices[0].pixel_mm[1]
    return {
        value: float(np.count_nonzero(stored == value, axis=(1, 2)) @ slabs * pixel_mm2 / 1000)
        for value in values
    }


def differences(measured_ml: Mapping[str, float], stored_ml: Mapping[str, float]) -> dict[str, str]:
    """What to say of each volume that is not the same on the stored slices as where it was measured."""
    return {
        key: f"{stored_ml[key]:.2f} mL on the stored slices, {measured_ml[key]:.2f} mL where it was measured"
        for key in measured_ml
        if abs(stored_ml[key] - measured_ml[key]) > SAME_VOLUME * max(measured_ml[key], 1e-6)
    }

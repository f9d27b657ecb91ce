"""A segmentation's voxels onto its scan's grid, exactly or not at all."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..ct.scan import HeadCT
from ..errors import MaskError

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

TOLERANCE_VOXELS = 0.05
"""How far a corner of the mask may lie from a voxel centre of the scan. NIfTI keeps its geometry in single
precision, which moves a corner by a thousandth of a voxel; a mask of another grid is off by far more."""


def place_on_scan(
    mask: "sitk.Image", scan: HeadCT, name: str, *, may_be_cropped: bool = False
) -> "NDArray[Any]":
    """The mask's voxels on the scan's grid.

    The order and direction of the mask's axes may differ from the scan's; voxels move, none is interpolated.

    Args:
        mask: 3D image.
        scan: the head CT that it was made on.
        name: the mask's, for messages.
        may_be_cropped: also take a part of the scan's grid, or one that reaches beyond it with nothing there.

    Returns:
        Array ``[z, y, x]`` of the scan's shape, 0 where the mask says nothing.

    Raises:
        MaskError: when the mask lies on another grid; the message gives both.
    """
    import SimpleITK as sitk

    oriented = sitk.DICOMOrient(mask, "LPS")
    start = _offset(oriented, scan.image)
    whole = start == (0, 0, 0) and oriented.GetSize() == scan.image.GetSize()
    if start is None or not (whole or may_be_cropped):
        corrections = scan.geometry.corrections
        resampled = f" (resampled: {' '.join(corrections)})" if corrections else ""
        raise MaskError(
            f"{name}: does not lie on the grid of its scan; "
            f"mask {_describe(oriented)}, scan {_describe(scan.image)}{resampled}"
        )
    voxels: NDArray[Any] = sitk.GetArrayFromImage(oriented)
    if whole:
        return voxels
    placed = np.zeros(scan.image.GetSize()[::-1], dtype=voxels.dtype)
    here, there = [], []
    for first, length, limit in zip(start[::-1], voxels.shape, placed.shape, strict=True):
        low, high = max(first, 0), max(min(first + length, limit), max(first, 0))
        here.append(slice(low, high))
        there.append(slice(low - first, high - first))
    placed[tuple(here)] = voxels[tuple(there)]
    lost = int(np.count_nonzero(voxels) - np.count_nonzero(placed))
    if lost:
        raise MaskError(f"{name}: {lost} of its voxels lie outside the scan")
    return placed


def _offset(mask: "sitk.Image", scan: "sitk.Image") -> tuple[int, int, int] | None:
    """Index in the scan ``(x, y, z)`` of the mask's first voxel, None when the grids differ."""
    last = [float(n - 1) for n in mask.GetSize()]
    start = None
    for corner in np.ndindex(2, 2, 2):
        index = [take * end for take, end in zip(corner, last, strict=True)]
        point = mask.TransformContinuousIndexToPhysicalPoint(index)
        offset = np.array(scan.TransformPhysicalPointToContinuousIndex(point)) - index
        if start is None:
            start = np.round(offset)
        if np.abs(offset - start).max() > TOLERANCE_VOXELS:
            return None
    return None if start is None else (int(start[0]), int(start[1]), int(start[2]))


def _describe(image: "sitk.Image") -> str:
    size = "x".join(str(n) for n in image.GetSize())
    spacing = "x".join(f"{step:.4g}" for step in image.GetSpacing())
    origin = ", ".join(f"{part:.1f}" for part in image.GetOrigin())
    return f"{size} voxels of {spacing} mm from ({origin}) mm"

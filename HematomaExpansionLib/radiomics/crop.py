"""How much of a scan is needed round a bleed to give the features of the whole scan, to the last bit.

PyRadiomics filters the scan before it looks at the mask, and nearly all of its time and memory goes into
voxels far from the bleed. A filter that reaches a few voxels gives the same values on a part of the scan,
unless the mask lies so close to an end of the scan that the filter passes it: the wavelet then wraps round to
the other end, and only the whole axis has the same other end. Filters that use the whole scan (scaled by its
largest value, or recursive) are computed on the whole scan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .features import Extent

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

PAD = 10
"""Voxels kept round the mask."""

WHOLE_AXIS = 10**6
"""More voxels than any scan has."""

_AXES = ("x", "y", "z")
_LOCAL = ("Original", "Gradient", "Wavelet")


@dataclass(frozen=True)
class Region:
    """What is computed on one part of the scan.

    Attributes:
        image_types: settings of each, by name.
        pad: voxels kept on both sides of the mask along (x, y, z).
        box: first and last voxel of the mask: x, x, y, y, z, z, as PyRadiomics has it.
        extent: the same in words.
    """

    image_types: Mapping[str, Mapping[str, Any]]
    pad: "NDArray[np.int64]"
    box: "NDArray[np.int64]"
    extent: Extent


def regions(image_types: Mapping[str, Mapping[str, Any]], mask: "sitk.Image") -> tuple[Region, ...]:
    """The parts of a scan that its features are computed on; one part where all may be cropped.

    Args:
        image_types: PyRadiomics' image types, each with all settings that apply to it.
        mask: voxels of the bleed are 1, others 0, on the grid on which features are computed.
    """
    local = {kind: own for kind, own in image_types.items() if kind in _LOCAL}
    other = {kind: own for kind, own in image_types.items() if kind not in _LOCAL}
    box = _box(mask)
    found = []
    if local:
        reach = max(_reach(kind, own) for kind, own in local.items())
        near = _near_an_end(box, mask, reach)
        pad = np.where(near, WHOLE_AXIS, max(PAD, reach))
        found.append(Region(local, pad, box, Extent(tuple(local), not near.all(), _reason(near, pad, reach))))
    if other:
        reason = "the whole scan, because these filters use voxels far from the mask."
        whole = np.full(3, WHOLE_AXIS)
        found.append(Region(other, whole, box, Extent(tuple(other), False, reason)))
    return tuple(found)


def _reason(near: "NDArray[np.bool_]", pad: "NDArray[np.int64]", reach: int) -> str:
    if not near.any():
        return f"cropped to {pad[0]} voxels round the mask; the filters reach {reach}."
    axes = ", ".join(axis for axis, is_near in zip(_AXES, near, strict=True) if is_near)
    return f"whole along {axes}, because the mask lies within {reach} voxels of an end of the scan."


def _reach(kind: str, own: Mapping[str, Any]) -> int:
    """How many voxels away a filter looks."""
    if kind == "Wavelet":
        import pywt

        length = int(pywt.Wavelet(own.get("wavelet", "coif1")).dec_len)
        return (length // 2) * (int(own.get("start_level", 0)) + int(own.get("level", 1)))
    return 1 if kind == "Gradient" else 0


def _box(mask: "sitk.Image") -> "NDArray[np.int64]":
    import SimpleITK as sitk

    shape = sitk.LabelShapeStatisticsImageFilter()
    shape.Execute(mask)
    first, size = np.array(shape.GetBoundingBox(1)).reshape(2, 3)
    return np.stack([first, first + size - 1], axis=1).ravel()


def _near_an_end(box: "NDArray[np.int64]", mask: "sitk.Image", reach: int) -> "NDArray[np.bool_]":
    """Per axis (x, y, z): does a filter pass an end of the scan from a voxel of the mask."""
    last = np.array(mask.GetSize()) - 1
    near: NDArray[np.bool_] = (box[0::2] < reach) | (last - box[1::2] < reach)
    return near

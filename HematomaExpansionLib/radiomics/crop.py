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
"""Voxels kept round the mask, of the grid on which features are computed."""

_WHOLE_AXIS = 10**6
_AXES = ("x", "y", "z")
_LOCAL = ("Original", "Gradient", "Wavelet")


@dataclass(frozen=True)
class Region:
    """What is computed on one part of the scan.

    Attributes:
        image_types: settings of each, by name.
        pad: voxels kept on both sides of the mask along (x, y, z).
        extent: the same in words.
    """

    image_types: Mapping[str, Mapping[str, Any]]
    pad: "NDArray[np.int64]"
    extent: Extent


def regions(
    image_types: Mapping[str, Mapping[str, Any]],
    mask: "sitk.Image",
    spacing_mm: "NDArray[np.float64]",
) -> tuple[Region, ...]:
    """The parts of a scan that its features are computed on; one part where all may be cropped.

    Args:
        image_types: PyRadiomics' image types, each with all settings that apply to it.
        mask: voxels of the bleed are 1, others 0.
        spacing_mm: (x, y, z) of the grid on which features are computed.
    """
    local = {kind: own for kind, own in image_types.items() if kind in _LOCAL}
    other = {kind: own for kind, own in image_types.items() if kind not in _LOCAL}
    found = [_cropped(local, mask, spacing_mm)] if local else []
    if other:
        reason = "the whole scan, because these filters use voxels far from the mask."
        found.append(Region(other, np.full(3, _WHOLE_AXIS), Extent(tuple(other), False, reason)))
    return tuple(found)


def _cropped(
    image_types: Mapping[str, Mapping[str, Any]], mask: "sitk.Image", spacing_mm: "NDArray[np.float64]"
) -> Region:
    reach = max(_reach(kind, own) for kind, own in image_types.items())
    whole = _near_an_end(mask, spacing_mm, reach)
    pad = np.where(whole, _WHOLE_AXIS, max(PAD, reach))
    if not whole.any():
        reason = f"cropped to {pad[0]} voxels round the mask; the filters reach {reach}."
    else:
        axes = ", ".join(axis for axis, is_whole in zip(_AXES, whole, strict=True) if is_whole)
        reason = f"whole along {axes}, because the mask lies within {reach + 1} voxels of an end of the scan."
    return Region(image_types, pad, Extent(tuple(image_types), not whole.all(), reason))


def _reach(kind: str, own: Mapping[str, Any]) -> int:
    """How many voxels away a filter looks."""
    if kind == "Wavelet":
        import pywt

        length = int(pywt.Wavelet(own.get("wavelet", "coif1")).dec_len)
        return (length // 2) * (int(own.get("start_level", 0)) + int(own.get("level", 1)))
    return 1 if kind == "Gradient" else 0


def _near_an_end(mask: "sitk.Image", spacing_mm: "NDArray[np.float64]", reach: int) -> "NDArray[np.bool_]":
    """Per axis (x, y, z): does the mask on the new grid lie within a filter's reach of an end of it.

    The box is that of PyRadiomics' ``resampleImage``, which is up to one voxel wider than the mask.
    """
    import SimpleITK as sitk

    shape = sitk.LabelShapeStatisticsImageFilter()
    shape.Execute(mask)
    box = np.array(shape.GetBoundingBox(1))
    ratio = np.array(mask.GetSpacing()) / spacing_mm
    first = np.floor((box[:3] - 0.5) * ratio)
    last = np.ceil((box[:3] + box[3:] - 0.5) * ratio)
    end = np.ceil(np.array(mask.GetSize()) * ratio) - 1
    near: NDArray[np.bool_] = (first < reach) | (end - last < reach)
    return near

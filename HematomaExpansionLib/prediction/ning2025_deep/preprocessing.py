"""Ning 2025, from a scan and its segmentation to the input of the 2D and 3D networks (methods).

Resampling to 1 x 1 x 5 mm, a window of 80 HU at level 40, cropping to the haematoma, resizing: in this order.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...ct.scan import HeadCT
from ...errors import MissingInput
from ...labels import Label
from ..input_grid import InputGrid
from .settings import NingSettings

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

SPACING_MM = (5.0, 1.0, 1.0)
"""``(z, y, x)``: "a uniform voxel spacing of 1.0 x 1.0 x 5.0 mm3" (Image acquisition and analysis)."""
WIDTH_HU, LEVEL_HU = 80.0, 40.0
_AIR_HU = -1000.0

Box = tuple[slice, slice, slice]
"""Voxels ``(z, y, x)``."""


def uniform_grid(image: "sitk.Image") -> InputGrid:
    """The grid of 1 x 1 x 5 mm that begins where the scan does and ends nearest to its end."""
    spacing = np.array(image.GetSpacing())[::-1]
    size = np.array(image.GetSize())[::-1]
    z, y, x = (max(1, round(float(length))) for length in size * spacing / SPACING_MM)
    low = np.full(3, -0.5)
    return InputGrid.in_box(image, low, low + np.array((z, y, x)) * SPACING_MM / spacing, (z, y, x))


def windowed(hu: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Densities in the window as 0-1, any shape: 0 HU and less is 0, 80 HU and more is 1."""
    low = LEVEL_HU - WIDTH_HU / 2
    return np.asarray(np.clip((hu - low) / WIDTH_HU, 0, 1), np.float32)


def region(labels: "sitk.Image", grid: InputGrid, classes: Sequence[Label]) -> "NDArray[np.bool_]":
    """The voxels of a grid ``[z, y, x]`` that the classes together fill by half."""
    return np.asarray(sum(grid.share(labels, label) for label in classes) >= 0.5)


def smallest_box(mask: "NDArray[np.bool_]") -> Box:
    """The smallest box that holds a non-empty mask ``[z, y, x]``."""
    ends = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        inside = np.flatnonzero(mask.any(axis=others))
        ends.append(slice(int(inside[0]), int(inside[-1]) + 1))
    return (ends[0], ends[1], ends[2])


def largest_rectangle(mask: "NDArray[np.bool_]") -> Box:
    """The largest of the slices' bounding rectangles, one slice thick.

    "The largest 2D rectangular region" of the haematoma is read as the rectangle round it in the slice where
    that is largest; of several, the lowest slice.

    Args:
        mask: non-empty, ``[z, y, x]``.
    """
    boxes = [(z, smallest_box(mask[z][None])) for z in np.flatnonzero(mask.any(axis=(1, 2)))]
    areas = [(box[1].stop - box[1].start) * (box[2].stop - box[2].start) for _, box in boxes]
    z, (_, rows, columns) = boxes[int(np.argmax(areas))]
    return (slice(int(z), int(z) + 1), rows, columns)


def input_grid(scan_grid: "sitk.Image", box: Box, settings: NingSettings) -> InputGrid:
    """Where the resized crop lies: the box, divided into the input's pixels or voxels.

    Sides are scaled each by itself, as "resized to 224 x 224 pixels" says of a rectangle.

    Args:
        scan_grid: image on the uniform grid.
        box: voxels of it.
        settings: size and dimensions of the input.
    """
    low = np.array([side.start - 0.5 for side in box])
    high = np.array([side.stop - 0.5 for side in box])
    depth = settings.size if settings.dimensions == 3 else 1
    return InputGrid.in_box(scan_grid, low, high, (depth, settings.size, settings.size))


def prepare(
    scan: HeadCT, labels: "sitk.Image", settings: NingSettings
) -> "tuple[NDArray[np.float32], InputGrid]":
    """All steps.

    Args:
        scan: the baseline.
        labels: its segmentation, on its grid.
        settings: which network.

    Returns:
        The input, 0-1, ``[1, y, x]`` for two dimensions or ``[z, y, x]`` for three, and where it lies.

    Raises:
        MissingInput: the segmentation holds nothing to crop to.
    """
    uniform = uniform_grid(scan.image)
    mask = region(labels, uniform, settings.labels)
    if not mask.any():
        raise MissingInput(
            f"{scan.name}: the segmentation shows no {' or '.join(settings.region)} to crop to"
        )
    grey = uniform.image(windowed(uniform.sample(scan.image, outside=_AIR_HU)))
    box = smallest_box(mask) if settings.dimensions == 3 else largest_rectangle(mask)
    grid = input_grid(grey, box, settings)
    return grid.sample(grey), grid

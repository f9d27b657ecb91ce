"""Put slices on a regular, orthogonal grid, changing no more than their geometry asks for."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .geometry import SliceStack, runs
from .scan import Geometry, SliceGeometry

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

AIR_HU = -1024
"""What lies outside the slices, and the smallest HU a CT stores (scanners pad with -1500, -2000, -3024)."""


def on_regular_grid(stack: SliceStack, geometry: Geometry) -> "tuple[sitk.Image, Geometry]":
    """Correct tilt and mixed spacing, and orient the image to LPS.

    A tilt is a shear: each slice is moved within its plane to where its position says, on a canvas that holds
    all of them, by linear interpolation along the shear only. Mixed spacing is interpolated linearly along
    the normal to half of the finest distance that the protocol uses (a run of two steps or more, not the odd
    step between two blocks). Voxel edges then lie on the slices and half way between them, so that a
    threshold gives each slice the height of its own slab, as planimetry does (area x slice distance): at the
    full finest distance, voxels half way between two slices lie on every threshold's edge, and a sharp
    sphere across a change from 3 to 6 mm came out 5 % wrong. Nothing is interpolated where nothing needs it:
    a regular scan keeps its stored integers.

    Args:
        stack: the slices, ascending.
        geometry: what :func:`.geometry.classify` said of them.

    Returns:
        The image (int16, or float32 after interpolation or where HU are not integers), and the geometry with
        the corrections named.
    """
    import SimpleITK as sitk

    voxels = np.maximum(stack.hu, AIR_HU)
    origin = stack.positions_mm[0]
    corrections: list[str] = []
    if geometry.kind in (SliceGeometry.TILTED, SliceGeometry.TILTED_MIXED_SPACING):
        voxels, first_pixel = _unsheared(voxels, stack.shifts_mm / np.array(stack.pixel_mm))
        origin = (
            origin
            + first_pixel[0] * stack.pixel_mm[0] * stack.column_direction
            + first_pixel[1] * stack.pixel_mm[1] * stack.row_direction
        )
        corrections.append(f"gantry tilt of {geometry.tilt_degrees:.1f} degrees corrected by shear")
    heights = stack.heights_mm
    spacing = float(heights[-1]) / (len(heights) - 1)
    if geometry.kind in (SliceGeometry.MIXED_SPACING, SliceGeometry.TILTED_MIXED_SPACING):
        wanted, spacing = _fine_heights(heights)
        origin = origin + wanted[0] * stack.normal
        voxels = _interpolated(voxels, heights, wanted)
        distances = ", ".join(f"{distance:.2f}" for distance in geometry.slice_distances_mm)
        corrections.append(f"slice distances of {distances} mm interpolated linearly to {spacing:.2f} mm")

    image = sitk.GetImageFromArray(_compact(voxels))
    image.SetOrigin(origin.tolist())
    image.SetSpacing((stack.pixel_mm[1], stack.pixel_mm[0], spacing))
    directions = np.stack([stack.row_direction, stack.column_direction, stack.normal], axis=1)
    image.SetDirection(_orthonormal(directions).ravel().tolist())
    return sitk.DICOMOrient(image, "LPS"), replace(geometry, corrections=tuple(corrections))


def _unsheared(
    voxels: "NDArray[Any]", shifts: "NDArray[np.float64]", still_px: float = 1e-2
) -> "tuple[NDArray[np.float32], NDArray[np.int_]]":
    """Move each slice ``[y, x]`` by its shift in pixels ``[z, 2]``; a shift under ``still_px`` is none."""
    shifts = np.where(np.abs(shifts).max(axis=0) < still_px, 0.0, shifts)
    first = np.floor(shifts.min(axis=0) + still_px).astype(int)
    last = np.ceil(shifts.max(axis=0) - still_px).astype(int)
    rows, columns = voxels.shape[1:]
    height, width = (int(extent) for extent in np.array([rows, columns]) + last - first)
    canvas = np.full((len(voxels), height, width), AIR_HU, np.float32)
    for target, slice_, shift in zip(canvas, voxels, shifts - first, strict=True):
        whole = np.floor(shift + still_px).astype(int)
        down, right = np.maximum(shift - whole, 0.0)
        y, x = whole
        moved = slice_.astype(np.float32)
        if down > still_px:
            moved = _moved_by_fraction(moved, down, axis=0)
        if right > still_px:
            moved = _moved_by_fraction(moved, right, axis=1)
        target[y : y + moved.shape[0], x : x + moved.shape[1]] = moved[: height - y, : width - x]
    return canvas, first


def _moved_by_fraction(slice_: "NDArray[np.float32]", fraction: float, axis: int) -> "NDArray[np.float32]":
    """Move by part of a pixel, 0-1, with linear interpolation; one pixel longer along ``axis``."""
    pad = [(1, 1) if i == axis else (0, 0) for i in range(2)]
    padded = np.pad(slice_, pad, constant_values=AIR_HU)
    count = padded.shape[axis]
    before, here = (np.take(padded, range(a, count - 1 + a), axis) for a in (0, 1))
    return np.float32(fraction) * before + np.float32(1 - fraction) * here


def _fine_heights(
    heights: "NDArray[np.float64]", tolerance_mm: float = 0.1
) -> "tuple[NDArray[np.float64], float]":
    """Centres of voxels that fill the slabs of all slices, and their distance, mm.

    The outer slabs reach half a step beyond the first and the last slice.
    """
    steps = np.diff(heights)
    found = runs(steps, tolerance_mm)
    finest = min((step for step, first, last in found if last > first), default=float(steps.min()))
    bottom = heights[0] - steps[0] / 2
    extent = float(heights[-1] + steps[-1] / 2 - bottom)
    count = int(np.ceil(2 * extent / finest - 0.05))
    spacing = extent / count
    return bottom + spacing * (np.arange(count) + 0.5), spacing


def _interpolated(
    voxels: "NDArray[Any]", heights: "NDArray[np.float64]", wanted: "NDArray[np.float64]"
) -> "NDArray[np.float32]":
    """Linear interpolation along z from the stored heights to the wanted ones, constant beyond the ends."""
    upper = np.clip(np.searchsorted(heights, wanted), 1, len(heights) - 1)
    weights = np.clip((wanted - heights[upper - 1]) / (heights[upper] - heights[upper - 1]), 0, 1)
    result = np.empty((len(wanted), *voxels.shape[1:]), np.float32)
    for target, above, weight in zip(result, upper, weights.astype(np.float32), strict=True):
        target[:] = (1 - weight) * voxels[above - 1] + weight * voxels[above]
    return result


def _compact(voxels: "NDArray[Any]") -> "NDArray[Any]":
    """int16 where that loses nothing, else float32."""
    limits = np.iinfo(np.int16)
    if voxels.max() <= limits.max:
        integers = voxels.astype(np.int16)
        if np.issubdtype(voxels.dtype, np.integer) or np.array_equal(integers, voxels):
            return integers
    return voxels.astype(np.float32)


def _orthonormal(matrix: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The rotation nearest to a matrix that is one but for rounding."""
    u, _, vt = np.linalg.svd(matrix)
    rotation: NDArray[np.float64] = u @ vt
    return rotation

"""The clot as the markers are read in it: M*, its densities, and the brain that they are compared with."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..ct.grid import box_around
from .plane import PixelSize, closed, depth_mm

if TYPE_CHECKING:
    from numpy.typing import NDArray

Spacing = tuple[float, float, float]
_MARGIN_MM = 6.0


@dataclass(frozen=True)
class Preparation:
    """How the clot is prepared.

    Attributes:
        closing_mm: radius of the in-plane closing, whose disc is 2-3 mm across.
        rim_mm: least width of the rim that is left out of means of HU; at least one pixel is.
        quiet_hu: noise that needs no filter, and that filters aim for.
        median_pixels: side of the in-plane median, the first filter.
        smoothing_mm: standard deviations of the Gaussians that follow it while the noise is too high.
    """

    closing_mm: float = 1.25
    rim_mm: float = 1.0
    quiet_hu: float = 2.0
    median_pixels: int = 3
    smoothing_mm: tuple[float, ...] = (0.5, 0.75, 1.0, 1.25)


@dataclass(frozen=True, eq=False)
class Clot:
    """The parenchymal clot, cropped to its box; arrays are ``[z, y, x]``, slices are axial.

    Attributes:
        blood: bool, the labelled ICH with its in-plane holes filled: outlines, pieces and distances.
        mask: bool, M*: ``blood`` closed in-plane, without intraventricular or extra-axial blood.
        inner: bool, M* without its rim: means of HU.
        hu: float32, as scanned.
        smooth: float32, as much filtered as the noise needs; within M* only from voxels of M*.
        spacing_mm: (z, y, x).
        brain_hu: median of the brain on the other side.
        noise_hu: standard deviation of the noise of ``hu``.
        smooth_noise_hu: the same of ``smooth``.
        largest: slice with the largest area of ``blood``.
        box: where the crop lies in the scan.
        shape: of the scan.
    """

    blood: "NDArray[np.bool_]"
    mask: "NDArray[np.bool_]"
    inner: "NDArray[np.bool_]"
    hu: "NDArray[np.float32]"
    smooth: "NDArray[np.float32]"
    spacing_mm: Spacing
    brain_hu: float
    noise_hu: float
    smooth_noise_hu: float
    largest: int
    box: tuple[slice, slice, slice]
    shape: tuple[int, ...]

    @property
    def pixel_mm(self) -> PixelSize:
        """Pixel size (y, x)."""
        return self.spacing_mm[1:]

    @property
    def pixel_mm2(self) -> float:
        """Area of a pixel."""
        return self.spacing_mm[1] * self.spacing_mm[2]

    def deep(self, rim_mm: float) -> "NDArray[np.bool_]":
        """The part of M* farther than a rim from its border, within M* on the slices above and below, too.

        Thick slices see the slanted surface of a clot mixed with brain far inside its outline. Where the clot
        has fewer than three slices, all count.
        """
        inside = np.stack([depth_mm(plane, self.pixel_mm) > rim_mm for plane in self.mask])
        covered = inside.copy()
        covered[1:] &= self.mask[:-1]
        covered[:-1] &= self.mask[1:]
        covered[[0, -1]] = False
        return covered if covered.any() else inside

    def in_scan(self, mask: "NDArray[np.bool_]") -> "NDArray[np.uint8]":
        """A mask of the crop on the grid of the scan."""
        whole = np.zeros(self.shape, dtype=np.uint8)
        whole[self.box] = mask
        return whole

    def slice_in_scan(self, index: int) -> int:
        """Index in the scan of a slice of the crop."""
        return int(self.box[0].start + index)

    def nothing(self) -> "NDArray[np.bool_]":
        """An empty mask of the crop."""
        return np.zeros(self.mask.shape, dtype=bool)


@dataclass(frozen=True)
class Brain:
    """What the densities of the clot are compared with.

    Attributes:
        hu: median of healthy parenchyma.
        noise_hu: standard deviation of the noise there, as scanned.
        patch: float32 ``[z, y, x]``, a box of the scan with such parenchyma; None when the noise is known to
            be 0 or cannot be measured.
        tissue: bool, the parenchyma in the patch.
    """

    hu: float
    noise_hu: float
    patch: "NDArray[np.float32] | None" = None
    tissue: "NDArray[np.bool_] | None" = None


def prepare(
    hu: "NDArray[np.float32]",
    ich: "NDArray[np.bool_]",
    other_blood: "NDArray[np.bool_]",
    spacing_mm: Spacing,
    brain: Brain,
    settings: Preparation,
) -> Clot:
    """Make M* and filter what lies in it.

    Thresholded masks lose the hypodense voxels that the markers are about: holes are filled in every slice
    and gaps closed. The median and the Gaussians are used only as far as the noise needs them, because they
    also fill channels one pixel wide.

    Args:
        hu: ``[z, y, x]``.
        ich: parenchymal blood, not empty.
        other_blood: intraventricular and extra-axial blood, never part of M*.
        spacing_mm: (z, y, x).
        brain: the reference.
        settings: parameters.
    """
    box = box_around(ich, spacing_mm, _MARGIN_MM)
    pixel_mm = spacing_mm[1:]
    excluded = other_blood[box]
    blood = _filled(ich[box]) & ~excluded
    mask = _filled(np.stack([closed(plane, settings.closing_mm, pixel_mm) for plane in blood])) & ~excluded
    rim_mm = max(settings.rim_mm, *pixel_mm)
    inner = np.stack([depth_mm(plane, pixel_mm) > rim_mm for plane in mask])
    values = np.asarray(hu[box], dtype=np.float32)
    smooth, smooth_noise = _denoised(values, mask, spacing_mm, brain, settings)
    areas = np.count_nonzero(blood, axis=(1, 2))
    return Clot(
        blood=blood,
        mask=mask,
        inner=inner,
        hu=values,
        smooth=smooth,
        spacing_mm=spacing_mm,
        brain_hu=brain.hu,
        noise_hu=brain.noise_hu,
        smooth_noise_hu=smooth_noise,
        largest=int(np.argmax(areas)),
        box=box,
        shape=hu.shape,
    )


def _filled(mask: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    from scipy.ndimage import binary_fill_holes

    return np.stack([binary_fill_holes(plane) for plane in mask])


def _denoised(
    hu: "NDArray[np.float32]",
    mask: "NDArray[np.bool_]",
    spacing_mm: Spacing,
    brain: Brain,
    settings: Preparation,
) -> "tuple[NDArray[np.float32], float]":
    """The least filter that brings the noise of the reference brain down to the wanted one."""
    if brain.patch is None or brain.tissue is None or brain.noise_hu <= settings.quiet_hu:
        return hu, brain.noise_hu
    noise = brain.noise_hu
    for sigma_mm in (0.0, *settings.smoothing_mm):
        quieter = _filtered(brain.patch, brain.tissue, sigma_mm, spacing_mm, settings)
        noise = noise_hu(quieter, brain.tissue, spacing_mm)
        if noise <= settings.quiet_hu:
            break
    return _filtered(hu, mask, sigma_mm, spacing_mm, settings), noise


def _filtered(
    hu: "NDArray[np.float32]",
    mask: "NDArray[np.bool_]",
    sigma_mm: float,
    spacing_mm: Spacing,
    settings: Preparation,
) -> "NDArray[np.float32]":
    """In-plane median, then a Gaussian over the voxels of the mask alone, so that brain does not mix in."""
    from scipy.ndimage import gaussian_filter, median_filter

    median = median_filter(hu, size=(1, settings.median_pixels, settings.median_pixels))
    if sigma_mm == 0:
        return np.asarray(median, dtype=np.float32)
    sigmas = [sigma_mm / step for step in spacing_mm]
    weight = gaussian_filter(mask.astype(np.float32), sigmas)
    mean = gaussian_filter(np.where(mask, median, 0.0).astype(np.float32), sigmas)
    return np.asarray(np.where(mask, mean / np.maximum(weight, 1e-6), median), dtype=np.float32)


def noise_hu(hu: "NDArray[np.float32]", tissue: "NDArray[np.bool_]", spacing_mm: Spacing) -> float:
    """Standard deviation of what is left of even tissue without its slow changes (median absolute deviation).

    Args:
        hu: ``[z, y, x]``.
        tissue: where the tissue is; not empty.
        spacing_mm: (z, y, x).
    """
    from scipy.ndimage import gaussian_filter

    sigmas = (0.0, 3.0 / spacing_mm[1], 3.0 / spacing_mm[2])
    weight = gaussian_filter(tissue.astype(np.float32), sigmas)
    slow = gaussian_filter(np.where(tissue, hu, 0.0).astype(np.float32), sigmas) / np.maximum(weight, 1e-6)
    rest = (hu - slow)[tissue]
    return float(1.4826 * np.median(np.abs(rest - np.median(rest))))

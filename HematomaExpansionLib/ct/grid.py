"""Other grids for the same head: a coarse isotropic one to find things on, and the way back."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

AIR_HU = -1000.0


def isotropic(image: "sitk.Image", spacing_mm: float) -> "sitk.Image":
    """Resample a CT to cubic voxels, averaging where voxels are finer than that.

    Args:
        image: CT in HU.
        spacing_mm: edge of the cubic voxels.

    Returns:
        float32 image with the same direction that covers the same box; -1000 HU outside.
    """
    import SimpleITK as sitk

    smooth = sitk.Cast(image, sitk.sitkFloat32)
    for axis, own in enumerate(image.GetSpacing()):
        if own < spacing_mm:
            # A Gaussian whose full width at half maximum, added to the voxel's own, is the new voxel's.
            sigma = float(np.sqrt(spacing_mm**2 - own**2) / 2.355)
            if image.GetSize()[axis] >= 4:
                smooth = sitk.RecursiveGaussian(
                    smooth, sigma, False, sitk.RecursiveGaussianImageFilter.ZeroOrder, axis
                )
    size = [
        int(np.ceil(n * s / spacing_mm)) for n, s in zip(image.GetSize(), image.GetSpacing(), strict=True)
    ]
    corner = [0.5 * spacing_mm / s - 0.5 for s in image.GetSpacing()]
    origin = image.TransformContinuousIndexToPhysicalPoint(corner)
    # Clamp at the border rather than mix with the default value: the first voxel centre may lie just outside.
    return sitk.Resample(
        smooth,
        size,
        sitk.Transform(),
        sitk.sitkLinear,
        origin,
        [spacing_mm] * 3,
        image.GetDirection(),
        AIR_HU,
        sitk.sitkFloat32,
        True,
    )


def onto(array: "NDArray[np.float32]", grid: "sitk.Image", reference: "sitk.Image") -> "sitk.Image":
    """Interpolate an array ``[z, y, x]`` that lies on ``grid`` linearly onto the grid of ``reference``."""
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(array)
    image.CopyInformation(grid)
    return sitk.Resample(
        image,
        reference.GetSize(),
        sitk.Transform(),
        sitk.sitkLinear,
        reference.GetOrigin(),
        reference.GetSpacing(),
        reference.GetDirection(),
        0.0,
        sitk.sitkFloat32,
        True,
    )


def box_around(
    mask: "NDArray[np.bool_]", spacing_mm: tuple[float, float, float], margin_mm: float
) -> tuple[slice, slice, slice]:
    """The box of a non-empty mask ``[z, y, x]``, widened by ``margin_mm`` a side, cut to the array."""
    slices = []
    for axis, step in enumerate(spacing_mm):
        others = tuple(other for other in range(3) if other != axis)
        inside = np.flatnonzero(mask.any(axis=others))
        margin = int(np.ceil(margin_mm / step))
        slices.append(
            slice(max(int(inside[0]) - margin, 0), min(int(inside[-1]) + margin + 1, mask.shape[axis]))
        )
    return (slices[0], slices[1], slices[2])

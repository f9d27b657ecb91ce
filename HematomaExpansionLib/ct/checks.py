"""What a scan must be before anything is measured in it: CT, in HU, a head, enough of it."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import GeometryError, NotAHeadCT
from .geometry import SliceStack

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

MIN_SLICES = 10
MIN_COVERAGE_MM = 80.0


def single_volume(image: "sitk.Image", name: str) -> "sitk.Image":
    """The image itself when it is 3D with one value per voxel; a fourth dimension of 1 is dropped.

    Raises:
        GeometryError: 2D, or 4D with more than one volume.
        NotAHeadCT: several values per voxel (colour, vector).
    """
    size = "x".join(str(n) for n in image.GetSize())
    if image.GetDimension() == 4 and image.GetSize()[3] == 1:
        image = image[:, :, :, 0]
    if image.GetDimension() != 3:
        raise GeometryError(f"{name}: {image.GetDimension()}D ({size}); one 3D volume is needed")
    if image.GetNumberOfComponentsPerPixel() != 1:
        raise NotAHeadCT(
            f"{name}: {image.GetNumberOfComponentsPerPixel()} values per voxel ({size}); a CT has one"
        )
    return image


def finite(hu: "NDArray[Any]", name: str) -> None:
    """Refuse NaN and infinite voxels.

    Raises:
        NotAHeadCT: naming how many there are.
    """
    if np.issubdtype(hu.dtype, np.floating):
        bad = int(hu.size - np.isfinite(hu).sum())
        if bad:
            raise NotAHeadCT(f"{name}: {bad} voxels are NaN or infinite; every voxel must have a HU value")


def coverage(stack: SliceStack, name: str) -> None:
    """Refuse fewer than 10 slices or less than 80 mm, slice thickness included.

    Raises:
        GeometryError: naming the number.
    """
    count = len(stack.hu)
    if count < MIN_SLICES:
        raise GeometryError(f"{name}: {count} slices; at least {MIN_SLICES} are needed")
    extent = float(stack.heights_mm[-1]) * count / (count - 1)
    if extent < MIN_COVERAGE_MM:
        raise GeometryError(
            f"{name}: {extent:.0f} mm of coverage; at least {MIN_COVERAGE_MM:.0f} mm is needed"
        )


def hounsfield(hu: "NDArray[Any]", name: str) -> None:
    """Refuse voxels that are not in HU."""


def head(image: "sitk.Image", name: str) -> tuple[str, ...]:
    """Refuse what is not a head."""
    return ()

"""Where a network's input lies in the patient: sampling a scan there, and the way back."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

FINER = 1.5
"""A scan whose voxels are finer than the grid's by more than this factor is averaged before it is sampled."""


class Interpolation(Enum):
    """How values between voxels are found."""

    LINEAR = "linear"
    CUBIC = "cubic"
    """Cubic B-spline: the bicubic interpolation of the papers, in three dimensions."""


@dataclass(frozen=True)
class InputGrid:
    """A regular grid with the axes of a scan.

    Attributes:
        shape: voxels ``(z, y, x)``; a slice has one in z.
        spacing_mm: ``(z, y, x)``.
        origin_mm: centre of the first voxel, LPS ``(x, y, z)``.
        direction: of the scan, as SimpleITK gives it.
    """

    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]
    direction: tuple[float, ...]

    @classmethod
    def in_box(
        cls,
        image: "sitk.Image",
        low: "NDArray[np.float64]",
        high: "NDArray[np.float64]",
        shape: tuple[int, int, int],
    ) -> "InputGrid":
        """The grid that fills a box.

        Args:
            image: whose axes it has.
            low: continuous index ``(z, y, x)`` of the box's first edge; voxel 0 reaches from -0.5 to 0.5.
            high: of its last edge.
            shape: voxels.
        """
        spacing = np.array(image.GetSpacing())[::-1]
        steps = (np.asarray(high) - low) / shape
        first = (np.asarray(low) + steps / 2)[::-1]
        origin = image.TransformContinuousIndexToPhysicalPoint([float(part) for part in first])
        step_mm = tuple(float(part) for part in steps * spacing)
        return cls(shape, (step_mm[0], step_mm[1], step_mm[2]), origin, image.GetDirection())

    def sample(
        self,
        image: "sitk.Image",
        interpolation: Interpolation = Interpolation.LINEAR,
        outside: float = 0.0,
    ) -> "NDArray[np.float32]":
        """Values of an image on this grid ``[z, y, x]``.

        Where the image's voxels are finer than the grid's by more than :data:`FINER`, it is averaged first
        with a Gaussian as wide as the grid's voxels, so that noise does not come through.

        Args:
            image: 3D scalar.
            interpolation: between its voxels.
            outside: value beyond it.
        """
        import SimpleITK as sitk

        wanted = self.spacing_mm[::-1]
        smooth = sitk.Cast(image, sitk.sitkFloat32)
        for axis, (own, step) in enumerate(zip(image.GetSpacing(), wanted, strict=True)):
            if step > FINER * own and image.GetSize()[axis] >= 4:
                # The new voxel's full width at half maximum is the old one's with the Gaussian's.
                sigma = float(np.sqrt(step**2 - own**2) / 2.355)
                smooth = sitk.RecursiveGaussian(
                    smooth, sigma, False, sitk.RecursiveGaussianImageFilter.ZeroOrder, axis
                )
        kind = sitk.sitkBSpline if interpolation is Interpolation.CUBIC else sitk.sitkLinear
        sampled = sitk.Resample(
            smooth,
            self.shape[::-1],
            sitk.Transform(),
            kind,
            self.origin_mm,
            wanted,
            self.direction,
            outside,
            sitk.sitkFloat32,
        )
        voxels: NDArray[np.float32] = sitk.GetArrayFromImage(sampled)
        return voxels

    def slice_at(self, number: int) -> "InputGrid":
        """The grid of one of its slices, counted from 0 along z."""
        step = number * self.spacing_mm[0]
        x, y, z = (
            origin + step * along for origin, along in zip(self.origin_mm, self.direction[2::3], strict=True)
        )
        return replace(self, shape=(1, *self.shape[1:]), origin_mm=(x, y, z))

    def share(self, mask: "sitk.Image", value: int = 1) -> "NDArray[np.float32]":
        """Share of each voxel, 0-1, that a value of a label image fills."""
        return self.sample(mask == value).clip(0.0, 1.0)

    def image(self, array: "NDArray[Any]") -> "sitk.Image":
        """An array ``[z, y, x]`` as an image that lies on this grid."""
        import SimpleITK as sitk

        image = sitk.GetImageFromArray(np.asarray(array))
        image.SetSpacing(self.spacing_mm[::-1])
        image.SetOrigin(self.origin_mm)
        image.SetDirection(self.direction)
        return image

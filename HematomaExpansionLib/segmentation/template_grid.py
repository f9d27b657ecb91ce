"""The head on a grid of the CT template, and the way back: what a DeepBleed-style network sees."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..ct.atlas import atlas
from ..ct.grid import isotropic

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

VOXELS = 128
SPACING_MM = 1.5
DENSEST_HU = 100.0


@dataclass(frozen=True)
class TemplateGrid:
    """A cube of voxels about the middle of the template in ``Resources/atlas`` (MNI, LPS mm).

    Attributes:
        voxels: along each edge.
        spacing_mm: of a voxel; 128 of 1.5 mm are DeepBleed's, and hold every brain.
    """

    voxels: int = VOXELS
    spacing_mm: float = SPACING_MM

    def brain_of(
        self, ct: "sitk.Image", brain: "sitk.Image", to_atlas: "sitk.Transform"
    ) -> "NDArray[np.float32]":
        """The brain alone, ``[z, y, x]``, 0-100 HU; 0 outside.

        Args:
            ct: the scan, HU.
            brain: uint8 mask on its grid.
            to_atlas: affine transform from the scan's points to the template's.
        """
        import SimpleITK as sitk

        shown = sitk.Clamp(sitk.Cast(ct, sitk.sitkFloat32), sitk.sitkFloat32, 0.0, DENSEST_HU)
        return self._onto(sitk.Mask(shown, brain), to_atlas, 0.0)

    def share_of(self, mask: "sitk.Image", to_atlas: "sitk.Transform") -> "NDArray[np.float32]":
        """Share of each voxel ``[z, y, x]``, 0-1, that a mask of 0 and 1 on the scan's grid fills."""
        import SimpleITK as sitk

        return self._onto(sitk.Cast(mask, sitk.sitkFloat32), to_atlas, 0.0).clip(0, 1)

    def back(
        self, array: "NDArray[np.float32]", reference: "sitk.Image", to_atlas: "sitk.Transform"
    ) -> "NDArray[np.float32]":
        """An array on this grid, linearly on the grid of a scan; 0 beyond the cube."""
        import SimpleITK as sitk

        image = sitk.GetImageFromArray(array)
        image.CopyInformation(self._empty())
        found: NDArray[np.float32] = sitk.GetArrayFromImage(
            sitk.Resample(image, reference, to_atlas, sitk.sitkLinear, 0.0, sitk.sitkFloat32)
        )
        return found

    def _onto(self, image: "sitk.Image", to_atlas: "sitk.Transform", outside: float) -> "NDArray[np.float32]":
        """Averaged to the grid's resolution, then interpolated."""
        import SimpleITK as sitk

        smooth = isotropic(image, self.spacing_mm)
        found: NDArray[np.float32] = sitk.GetArrayFromImage(
            sitk.Resample(
                smooth, self._empty(), to_atlas.GetInverse(), sitk.sitkLinear, outside, sitk.sitkFloat32
            )
        )
        return found

    def _empty(self) -> "sitk.Image":
        import SimpleITK as sitk

        template = atlas("template")
        middle = template.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in template.GetSize()])
        grid = sitk.Image([self.voxels] * 3, sitk.sitkUInt8)
        grid.SetSpacing([self.spacing_mm] * 3)
        grid.SetOrigin([place - (self.voxels - 1) / 2 * self.spacing_mm for place in middle])
        return grid


def affine_part(to_atlas: "sitk.Transform") -> "sitk.Transform":
    """The affine step of :func:`..ct.atlas.fit_atlas`; another transform as it is.

    DeepBleed registers without deforming; a deformation would also change the volume of the blood.
    """
    import SimpleITK as sitk

    return to_atlas.GetNthTransform(0) if isinstance(to_atlas, sitk.CompositeTransform) else to_atlas

"""What a CT scanner sees of a head: a pose, thick slices, and noise."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .host import Head

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

PADDING_HU = -1024

# The point of the head (x, y, z) that a pose without translation puts into the middle of the scan.
_MIDDLE_MM = np.array([0.0, 14.0, 10.0])


@dataclass(frozen=True)
class Pose:
    """Where the head lies in the scanner: scanner = rotation . (head - middle) + translation, LPS mm.

    Attributes:
        angles_deg: rotation about the x, y and z axes of the scanner, applied in this order.
        translation_mm: x, y, z.
    """

    angles_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    translation_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def matrix(self) -> "NDArray[np.float64]":
        """4 x 4 matrix from head to scanner coordinates (x, y, z, 1)."""
        from scipy.spatial.transform import Rotation

        matrix = np.eye(4)
        matrix[:3, :3] = Rotation.from_euler("xyz", self.angles_deg, degrees=True).as_matrix()
        matrix[:3, 3] = self.translation_mm - matrix[:3, :3] @ _MIDDLE_MM
        return matrix


@dataclass(frozen=True)
class Protocol:
    """How the scan is made.

    Attributes:
        pixel_mm: in-plane pixel size.
        slice_mm: thickness and distance of the slices; each is the mean over its thickness.
        size: pixels along x and y, and slices.
        noise_hu: standard deviation of the noise in the image.
        kernel_pixels: smoothing of the noise by the soft-tissue kernel.
    """

    pixel_mm: float = 0.9375
    slice_mm: float = 5.0
    size: tuple[int, int, int] = (256, 256, 33)
    noise_hu: float = 4.0
    kernel_pixels: float = 0.7

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel of the scan in millilitres."""
        return self.pixel_mm**2 * self.slice_mm / 1000.0


class Scanner:
    """Samples fields of one head, in one pose, on the grid of one scan."""

    def __init__(self, head: Head, pose: Pose, protocol: Protocol) -> None:
        """Fix the grid: its centre is the scanner's isocentre.

        Args:
            head: gives the fine grid.
            pose: where the head lies.
            protocol: the grid of the scan.
        """
        self.protocol = protocol
        self._to_index = _head_index_matrix(head) @ np.linalg.inv(pose.matrix())
        columns, rows, slices = protocol.size
        self.origin_mm = (
            -0.5 * (columns - 1) * protocol.pixel_mm,
            -0.5 * (rows - 1) * protocol.pixel_mm,
            -0.5 * (slices - 1) * protocol.slice_mm,
        )

    def mean_over_slices(self, field: "NDArray[np.float32]", outside: float) -> "NDArray[np.float32]":
        """Sample a field of the fine grid, averaged over the thickness of each slice.

        Args:
            field: ``[z, y, x]`` on the head's grid.
            outside: value beyond the grid.

        Returns:
            float32 ``[slice, row, column]``.
        """
        from scipy import ndimage

        columns, rows, slices = self.protocol.size
        steps = max(1, round(self.protocol.slice_mm))
        offsets = ((np.arange(steps) + 0.5) / steps - 0.5) * self.protocol.slice_mm
        spacing = np.diag([self.protocol.pixel_mm, self.protocol.pixel_mm, self.protocol.slice_mm])
        # affine_transform wants (z, y, x) to (z, y, x); the matrices here are (x, y, z).
        linear = (self._to_index[:3, :3] @ spacing)[::-1, ::-1]
        total = np.zeros((slices, rows, columns), dtype=np.float32)
        for offset in offsets:
            start = np.array([*self.origin_mm[:2], self.origin_mm[2] + offset, 1.0])
            total += ndimage.affine_transform(
                field,
                linear,
                (self._to_index @ start)[:3][::-1],
                output_shape=total.shape,
                order=1,
                mode="constant",
                cval=outside,
            )
        return total / steps

    def image(self, values: "NDArray[np.generic]") -> "sitk.Image":
        """Give an array ``[slice, row, column]`` the geometry of the scan."""
        import SimpleITK as sitk

        image = sitk.GetImageFromArray(values)
        image.SetSpacing((self.protocol.pixel_mm, self.protocol.pixel_mm, self.protocol.slice_mm))
        image.SetOrigin(self.origin_mm)
        return image

    def acquire(
        self, hu: "NDArray[np.float32]", head: "NDArray[np.bool_]", rng: np.random.Generator
    ) -> "NDArray[np.int16]":
        """Scan: partial volume, noise of the kernel's texture, whole HU, padding round the head.

        Args:
            hu: ``[z, y, x]`` on the head's grid.
            head: what is not air round the head.
            rng: draws the noise.
        """
        seen = self.mean_over_slices(hu, PADDING_HU)
        noisy = seen + self.protocol.noise_hu * _kernel_noise(seen.shape, self.protocol.kernel_pixels, rng)
        inside = self.mean_over_slices(head.astype(np.float32), 0.0) > 0.02
        return np.where(inside, np.clip(np.rint(noisy), PADDING_HU, 3071), PADDING_HU).astype(np.int16)


def _head_index_matrix(head: Head) -> "NDArray[np.float64]":
    """4 x 4 matrix from head coordinates (x, y, z, 1) to indices of the fine grid (x, y, z, 1)."""
    spacing, origin = np.array(head.spacing_mm[::-1]), np.array(head.origin_mm[::-1])
    matrix = np.diag([*(1 / spacing), 1.0])
    matrix[:3, 3] = -origin / spacing
    return matrix


def _kernel_noise(
    shape: tuple[int, ...], kernel_pixels: float, rng: np.random.Generator
) -> "NDArray[np.float32]":
    """Noise of standard deviation 1 whose low frequencies are weak, as filtered back-projection leaves it."""
    from scipy import ndimage

    white = rng.standard_normal(shape, dtype=np.float32)
    fine = ndimage.gaussian_filter(white, (0, kernel_pixels, kernel_pixels))
    coarse = ndimage.gaussian_filter(white, (0, 3 * kernel_pixels, 3 * kernel_pixels))
    noise = fine - 0.7 * coarse
    return noise / noise.std()

"""How a scan is made: the grid, the kernel, and what a scanner adds to the anatomy."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from .kernel import Kernel
from .motion import Motion

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Surround(StrEnum):
    """What a scan shows round the head."""

    AIR = "air"
    CIRCLE = "circle"
    PADDED = "padded"


@dataclass(frozen=True)
class Protocol:
    """How a scan is made.

    Attributes:
        pixel_mm: in-plane pixel size.
        slice_mm: thickness and distance of the slices along their normal; each is the mean over it.
        size: pixels along x and y of an acquired slice, and slices.
        noise_hu: standard deviation of the noise in the middle of the head.
        kernel: reconstruction kernel.
        hu_offset: error of the scanner's calibration.
        beam_hardening: 0 none, 1 as much as a scanner without a correction for bone.
        tilt_rows: gantry tilt, as the rows by which a slice lies further up (to the face) than the one below
            it: whole ones, so that correcting the tilt moves pixels and interpolates none.
        surround: air with its noise, padding outside the circle of reconstruction, or padding round the head.
        motion: a start of the patient.
    """

    pixel_mm: float = 0.9375
    slice_mm: float = 5.0
    size: tuple[int, int, int] = (256, 256, 33)
    noise_hu: float = 4.0
    kernel: Kernel = Kernel.STANDARD
    hu_offset: float = 0.0
    beam_hardening: float = 0.3
    tilt_rows: int = 0
    surround: Surround = Surround.PADDED
    motion: Motion | None = None

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel of the scan in millilitres."""
        return self.pixel_mm**2 * self.slice_mm / 1000.0

    @property
    def tilt_degrees(self) -> float:
        """Gantry tilt about x; the slices' normal is ``(0, sin, cos)``, see :class:`.dicom_series.Slices`."""
        return float(np.degrees(np.arctan(self.tilt_rows * self.pixel_mm / self.slice_mm)))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Slices, rows and columns of the scan once the tilt is corrected."""
        columns, rows, slices = self.size
        return (slices, rows + abs(self.tilt_rows) * (slices - 1), columns)

    def first_row(self, slice_: int) -> int:
        """The row of the scan at which an acquired slice begins."""
        if self.tilt_rows >= 0:
            return self.tilt_rows * (self.size[2] - 1 - slice_)
        return -self.tilt_rows * slice_

    @property
    def affine(self) -> "NDArray[np.float64]":
        """4 x 4 matrix from index (x, y, z, 1) to LPS mm: orthogonal, oblique by the tilt, centred on 0."""
        tilt = np.radians(self.tilt_degrees)
        across, down = (1, 0, 0), (0, np.cos(tilt), -np.sin(tilt))
        axes = np.stack([across, down, np.cross(across, down)], axis=1)
        matrix = np.eye(4)
        matrix[:3, :3] = axes * (self.pixel_mm, self.pixel_mm, self.slice_mm)
        matrix[:3, 3] = -matrix[:3, :3] @ ((np.array(self.shape[::-1]) - 1) / 2)
        return matrix

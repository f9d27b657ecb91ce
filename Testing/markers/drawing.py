"""Clots drawn voxel by voxel: a disc of blood in brain, 1 mm pixels, no noise."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from HematomaExpansionLib.markers.clot import Brain, Clot, Preparation, prepare
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.parameters import MarkerParameters
from HematomaExpansionLib.markers.read import Markers, read_clot

BRAIN_HU, BLOOD_HU = 33.0, 65.0
SUPINE, PRONE, LEFT_DOWN = np.array([0.0, 1.0, 0.0]), np.array([0.0, -1.0, 0.0]), np.array([0.0, 0.0, 1.0])

Mask = NDArray[np.bool_]
Values = NDArray[np.float32]


class Drawing:
    """A few slices of brain with a disc of blood in the middle.

    Attributes:
        hu: ``[z, y, x]``.
        ich: the label.
    """

    def __init__(self, size: int = 61, slices: int = 3, radius: float = 15.0, slice_mm: float = 5.0) -> None:
        self.hu: Values = np.full((slices, size, size), BRAIN_HU, dtype=np.float32)
        self.ich: Mask = np.zeros(self.hu.shape, dtype=bool)
        self.slice_mm = slice_mm
        self.middle = size // 2
        if radius > 0:
            self.blood(self.disc(0, 0, radius))

    def disc(self, y: float, x: float, radius: float, slices: slice = slice(None)) -> Mask:
        """A disc whose middle lies (y, x) pixels from the middle of the slices."""
        rows, columns = np.indices(self.hu.shape[1:]) - self.middle
        plane = np.hypot(rows - y, columns - x) <= radius
        mask = np.zeros(self.hu.shape, dtype=bool)
        mask[slices] = plane
        return mask

    def box(self, y: tuple[int, int], x: tuple[int, int], slices: slice = slice(None)) -> Mask:
        """Pixels from first to last, both included, relative to the middle."""
        mask = np.zeros(self.hu.shape, dtype=bool)
        m = self.middle
        mask[slices, m + y[0] : m + y[1] + 1, m + x[0] : m + x[1] + 1] = True
        return mask

    def blood(self, where: Mask, hu: float = BLOOD_HU) -> "Drawing":
        """Blood of a density, in the label."""
        self.ich |= where
        self.hu[where] = hu
        return self

    def density(self, where: Mask, hu: float) -> "Drawing":
        """Another density; the label stays as it is."""
        self.hu[where] = hu
        return self

    def clot(self, noise_hu: float = 0.0, settings: Preparation | None = None) -> Clot:
        """The clot as the markers take it."""
        brain = Brain(BRAIN_HU, 0.0)
        spacing = (self.slice_mm, 1.0, 1.0)
        found = prepare(self.hu, self.ich, np.zeros_like(self.ich), spacing, brain, settings or Preparation())
        return replace(found, noise_hu=noise_hu, smooth_noise_hu=noise_hu)

    def read(self, down: NDArray[np.float64] = SUPINE) -> Markers:
        """All nine markers with the default limits."""
        return read_clot(self.clot(), down, MarkerParameters())

    def present(self) -> set[Marker]:
        """The markers that are there."""
        return {marker for marker, found in self.read().findings.items() if found.present}

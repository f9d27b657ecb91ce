"""Lu 2024, image processing: three slices of the brain around the largest area of the haematoma."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...ct.brain import brain_mask
from ...ct.scan import HeadCT
from ...errors import MissingInput
from ...labels import Label
from ..input_grid import InputGrid

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

WINDOW_HU = (0.0, 80.0)
PIXELS = 128
SPACING_MM = 1.5
APART = 3
POSITIONS = ("largest", "above", "below")


@dataclass(frozen=True)
class LuSlices:
    """What the extractor sees.

    Attributes:
        grey: ``[3, y, x]``, 0-1: the slice with the largest area, the one above, the one below.
        numbers: of those slices on the grid.
        grid: the 1.5 mm grid over the whole scan that the slices are of.
    """

    grey: "NDArray[np.float32]"
    numbers: tuple[int, int, int]
    grid: InputGrid


def three_slices(scan: HeadCT, labels: "sitk.Image", pixels: int = PIXELS) -> LuSlices:
    """Prepare a scan.

    What the paper says and what it leaves open:

    - *Grid.* Images are brought to the voxels of its DeepBleed segmentation, 128 x 128 at 1.5 mm, brain only;
      three slices up and down are then 4.5 mm. (The same section names an export at 0.7 mm; the three slices
      are taken after "matching the original residual network".) The registration to the template changes
      nothing that a single slice could show, so the slices stay in the patient's own axes.
    - *Grey.* The paper cuts densities to -1024 and 3052 HU and does not say how they became grey values. All
      of that range in 256 steps would leave one or two of them between clot and brain, so W80/L40 is shown,
      within which that cut changes nothing.
    - *Edge.* Above the highest and below the lowest slice, that slice is taken again. In small bleeds the
      neighbours need not show any blood; the paper accepts that, and so does this.

    Args:
        scan: the baseline.
        labels: segmentation on its grid.
        pixels: rows and columns of a slice; fewer are larger, over the same 192 mm.

    Raises:
        MissingInput: no parenchymal blood.
        NotAHeadCT: no plausible brain.
    """
    import SimpleITK as sitk

    if not (sitk.GetArrayViewFromImage(labels) == Label.ICH).any():
        raise MissingInput(f"{scan.name}: no parenchymal blood; the slices are chosen by it")
    brain = brain_mask(scan)
    grid = _grid(scan.image, sitk.GetArrayFromImage(brain) > 0, pixels)
    areas = grid.share(labels, int(Label.ICH)).sum(axis=(1, 2))
    largest = int(np.argmax(areas))
    last = len(areas) - 1
    numbers = (largest, min(largest + APART, last), max(largest - APART, 0))
    # The window goes first: averaging thick bone or air into the brain's edge would hide it.
    shown = sitk.Mask(sitk.Clamp(scan.image, sitk.sitkFloat32, *WINDOW_HU), brain)
    low, high = WINDOW_HU
    hu = grid.sample(shown)[list(numbers)]
    grey: NDArray[np.float32] = ((hu - low) / (high - low)).clip(0, 1)
    return LuSlices(grey, numbers, grid)


def _grid(image: "sitk.Image", brain: "NDArray[np.bool_]", pixels: int) -> InputGrid:
    """Slices of 1.5 mm over the whole scan; rows and columns over 192 mm about the middle of the brain."""
    spacing = np.array(image.GetSpacing())[::-1]
    middle = [
        (places[0] + places[-1]) / 2
        for places in (np.flatnonzero(brain.any(axis=(0, 2))), np.flatnonzero(brain.any(axis=(0, 1))))
    ]
    slices = max(int(np.ceil(len(brain) * spacing[0] / SPACING_MM)), 1)
    centre = np.array([(len(brain) - 1) / 2, *middle])
    half = np.array([slices, PIXELS, PIXELS]) * SPACING_MM / spacing / 2
    return InputGrid.in_box(image, centre - half, centre + half, (slices, pixels, pixels))

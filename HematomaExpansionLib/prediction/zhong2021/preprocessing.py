"""Zhong 2021, data preprocessing (supplement): from a head CT to the input of the two-output 3D U-Net.

Skull stripping by Otsu's method, resampling to the field of view by bicubic interpolation, a window of 0 to
100 HU, normalisation by mean and standard deviation of the brain, negative values set to 0: in this order.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...ct.scan import HeadCT
from ...labels import Label
from ..input_grid import InputGrid, Interpolation
from .skull_strip import skull_strip

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

WINDOW_HU = (0.0, 100.0)


@dataclass(frozen=True)
class ZhongSettings:
    """The size of input and network; the defaults are the paper's.

    The paper resamples to "a field of view of 112 x 112 x 160 mm and matrix size of 256 x 256 x 32": voxels
    of 0.4375 x 0.4375 x 5 mm, those of its scanners, over a square of 112 mm. A brain is about 140 x 170 mm,
    so that this square, centred on it, cuts off cortex and lobar bleeds; 224 mm may have been meant. The
    stated field is the default; a larger one can be given.

    Attributes:
        shape: voxels of the input ``(z, y, x)``, multiples of 4.
        field_mm: its extent ``(z, y, x)``.
        width: channels of the network's first level.

    Raises:
        ValueError: no network can be made of these, or no grid.
    """

    shape: tuple[int, int, int] = (32, 256, 256)
    field_mm: tuple[float, float, float] = (160.0, 112.0, 112.0)
    width: int = 16

    def __post_init__(self) -> None:
        """Refuse what no network can be made of."""
        if min(*self.shape, self.width) < 1 or not all(0 < mm < np.inf for mm in self.field_mm):
            raise ValueError(
                f"shape {self.shape}, field_mm {self.field_mm}, width {self.width}; "
                "numbers above 0 are allowed"
            )

    def record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "ZhongSettings":
        """The opposite of :meth:`record`."""
        z, y, x = record["shape"]
        depth, height, breadth = record["field_mm"]
        return cls((z, y, x), (depth, height, breadth), int(record["width"]))


def field_of_view(brain: "sitk.Image", settings: ZhongSettings) -> InputGrid:
    """The grid of the input, centred on the brain's bounding box; the paper does not say on what.

    Args:
        brain: mask.
        settings: extent and voxels.
    """
    import SimpleITK as sitk

    inside = sitk.GetArrayViewFromImage(brain) > 0
    spacing = np.array(brain.GetSpacing())[::-1]
    ends = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        ends.append(np.flatnonzero(inside.any(axis=others))[[0, -1]])
    middle = np.mean(ends, axis=1)
    half = np.array(settings.field_mm) / spacing / 2
    return InputGrid.in_box(brain, middle - half, middle + half, settings.shape)


def windowed(hu: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Densities cut off at 0 and 100 HU, any shape."""
    return np.clip(hu, *WINDOW_HU).astype(np.float32)


def normalised(hu: "NDArray[np.float32]", brain: "NDArray[np.bool_]") -> "NDArray[np.float32]":
    """Subtract the brain's mean and divide by its standard deviation; negative values are 0, and outside.

    What is less dense than the average of the brain becomes 0, as the paper says: CSF, oedema and most of
    the white matter look alike, and blood stands out.

    Args:
        hu: windowed, ``[z, y, x]``.
        brain: where mean and standard deviation are taken.
    """
    values = hu[brain]
    spread = float(values.std()) if values.size else 0.0
    if spread == 0:
        return np.zeros_like(hu)
    scaled = np.where(brain, (hu - values.mean()) / spread, 0)
    return np.maximum(scaled, 0).astype(np.float32)


def stripped(scan: HeadCT, brain: "sitk.Image") -> "sitk.Image":
    """The scan with 0 HU outside the brain, float32."""
    import SimpleITK as sitk

    hu: sitk.Image = sitk.Mask(sitk.Cast(scan.image, sitk.sitkFloat32), brain, 0.0)
    return hu


def prepare(scan: HeadCT, settings: ZhongSettings) -> "tuple[NDArray[np.float32], InputGrid]":
    """All steps.

    Args:
        scan: the head CT.
        settings: extent and voxels.

    Returns:
        The input ``[z, y, x]`` in standard deviations above the brain's mean, and where it lies.

    Raises:
        NotAHeadCT: skull stripping left no brain.
    """
    brain = skull_strip(scan)
    grid = field_of_view(brain, settings)
    hu = windowed(grid.sample(stripped(scan, brain), Interpolation.CUBIC))
    return normalised(hu, grid.share(brain) >= 0.5), grid


def prepare_outline(labels: "sitk.Image", grid: InputGrid) -> "NDArray[np.bool_]":
    """The haematoma on the input's grid: voxels that parenchymal blood fills by half.

    The paper's outlines tell it from intraventricular blood (supplement, Labeling).

    Args:
        labels: values of :class:`...labels.Label` on the scan's grid.
        grid: of :func:`prepare`.
    """
    return np.asarray(grid.share(labels, Label.ICH) >= 0.5)

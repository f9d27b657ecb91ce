"""Axial slices of one scan, windowed and cropped to the head, ready to draw as a reader expects them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ct.windows import BRAIN
from ..study import TimePoint

if TYPE_CHECKING:
    import SimpleITK as sitk
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_SKULL_AND_SCALP_MM = 20.0
_BAR_MM = 50.0


@dataclass(frozen=True)
class Panels:
    """Slices of one scan.

    Attributes:
        slices: indices along z.
        grey: uint8 ``[k, y, x]``, W80/L40.
        spacing_mm: of y and x.
        centre_mm: of the brain in y and x, from the corner of the first pixel.
        brain_mm: extent of the brain in y and x.
    """

    slices: "NDArray[np.intp]"
    grey: "NDArray[np.uint8]"
    spacing_mm: tuple[float, float]
    centre_mm: tuple[float, float]
    brain_mm: tuple[float, float]

    def draw(self, axes: "Axes", index: int, field_mm: tuple[float, float], name: str = "") -> None:
        """Draw one slice in millimetres about the centre, with its name (else its number), sides and a bar.

        The patient's right is on the image's left and the front is up: in the array x runs to the patient's
        left and y to the back.
        """
        from matplotlib.patheffects import withStroke

        extent = self.extent_mm
        axes.imshow(self.grey[index], cmap="gray", vmin=0, vmax=255, extent=extent, interpolation="bilinear")
        height, width = field_mm
        axes.set_xlim(-width / 2, width / 2)
        axes.set_ylim(height / 2, -height / 2)
        axes.set_aspect("equal")
        axes.set_axis_off()
        ink: dict[str, Any] = {
            "color": "white",
            "fontsize": 8,
            "path_effects": [withStroke(linewidth=1.5, foreground="black")],
        }
        for x, y, text, side in (
            (0.03, 0.95, name or f"{index + 1}", "left"),
            (0.97, 0.95, f"slice {self.slices[index] + 1}", "right"),
            (0.03, 0.05, "R", "left"),
            (0.97, 0.05, "L", "right"),
        ):
            axes.text(x, y, text, ha=side, va="center", transform=axes.transAxes, **ink)
        bar = height / 2 * 0.95
        axes.plot(
            [-_BAR_MM / 2, _BAR_MM / 2], [bar, bar], color="white", linewidth=1.6, solid_capstyle="butt"
        )

    @property
    def extent_mm(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top edge of the image about the centre of the brain."""
        (dy, dx), (cy, cx) = self.spacing_mm, self.centre_mm
        _, rows, columns = self.grey.shape
        return (-cx, columns * dx - cx, rows * dy - cy, -cy)

    def outline(self, axes: "Axes", mask: "NDArray[np.bool_]", colour: tuple[float, float, float]) -> None:
        """Draw the border of a mask of one slice."""
        if not mask.any():
            return
        left, right, bottom, top = self.extent_mm
        (dy, dx), (rows, columns) = self.spacing_mm, mask.shape
        x = np.linspace(left + dx / 2, right - dx / 2, columns)
        y = np.linspace(top + dy / 2, bottom - dy / 2, rows)
        for width, ink in ((2.2, "white"), (1.3, colour)):
            axes.contour(x, y, mask, levels=[0.5], colors=[ink], linewidths=width)


def panels_of(timepoint: TimePoint, slices: "NDArray[np.intp]") -> Panels:
    """Panels of a scan at the given slices."""
    import SimpleITK as sitk

    image = timepoint.scan.image
    hu = sitk.GetArrayViewFromImage(image)[slices]
    dx, dy, _ = image.GetSpacing()
    centre, extent = _brain_box_mm(timepoint.anatomy.brain)
    return Panels(slices, BRAIN.grey(hu), (dy, dx), centre, extent)


def common_field_mm(panels: "list[Panels]") -> tuple[float, float]:
    """Height and width that hold the head of every scan, so that all are drawn at one scale."""
    height, width = np.max([p.brain_mm for p in panels], axis=0) + 2 * _SKULL_AND_SCALP_MM
    return float(height), float(width)


def _brain_box_mm(brain: "sitk.Image") -> tuple[tuple[float, float], tuple[float, float]]:
    """Centre and size in y and x of the box about the brain; of the image when there is no brain."""
    import SimpleITK as sitk

    mask = sitk.GetArrayViewFromImage(brain).any(axis=0)
    if not mask.any():
        mask = np.ones_like(mask)
    dx, dy, _ = brain.GetSpacing()
    centre, extent = [], []
    for filled, step in ((np.flatnonzero(mask.any(axis=1)), dy), (np.flatnonzero(mask.any(axis=0)), dx)):
        centre.append((filled[0] + filled[-1] + 1) / 2 * step)
        extent.append((filled[-1] + 1 - filled[0]) * step)
    return (centre[0], centre[1]), (extent[0], extent[1])

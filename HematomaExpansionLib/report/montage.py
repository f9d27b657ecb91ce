"""A sheet of axial slices with a legend under it, as PNG."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from .panels import Panels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS = 4
_WIDTH_INCHES = 8.0
_STRIP_INCHES = 0.5
_DPI = 160

Colour = tuple[float, float, float]


def montage_png(
    panels: Panels,
    field_mm: tuple[float, float],
    title: str,
    legend: Sequence[tuple[str, Colour]],
    overlay: "Callable[[Axes, int], None]",
) -> bytes:
    """Draw the slices in rows of four.

    Args:
        panels: the slices.
        field_mm: height and width to show of each slice.
        title: what the sheet shows, in a line above the legend.
        legend: names and colours.
        overlay: draws onto the axes of the slice of the given index.
    """
    from matplotlib.figure import Figure

    rows = -(-len(panels.slices) // _COLUMNS)
    side = _WIDTH_INCHES / _COLUMNS
    height = rows * side * field_mm[0] / field_mm[1]
    sheet = Figure(figsize=(_WIDTH_INCHES, height + _STRIP_INCHES), dpi=_DPI, facecolor="black")
    strip = _STRIP_INCHES / (height + _STRIP_INCHES)
    grid = sheet.add_gridspec(
        rows, _COLUMNS, left=0, right=1, bottom=strip, top=1, wspace=0.015, hspace=0.015
    )
    for index in range(len(panels.slices)):
        axes = sheet.add_subplot(grid[index // _COLUMNS, index % _COLUMNS])
        panels.draw(axes, index, field_mm)
        overlay(axes, index)
    draw_legend(sheet, strip, title, {name: {"color": colour, "linewidth": 3} for name, colour in legend})
    return png(sheet)


def draw_legend(sheet: "Figure", strip: float, title: str, marks: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a title and a legend in white into the strip under the pictures.

    Args:
        sheet: the figure.
        strip: height of the strip as a share of the figure.
        title: above the legend.
        marks: how the line or mark of each name looks, as arguments of Matplotlib's ``Line2D``.
    """
    from matplotlib.lines import Line2D

    sheet.text(0.01, 0.74 * strip, title, color="white", fontsize=8.5, va="center")
    if marks:
        sheet.legend(
            [Line2D([], [], **look) for look in marks.values()],
            list(marks),
            loc="center left",
            bbox_to_anchor=(0.0, 0.27 * strip),
            ncols=len(marks),
            frameon=False,
            labelcolor="white",
            fontsize=8.5,
            handlelength=1.4,
            columnspacing=1.4,
            borderpad=0.2,
        )


def png(figure: "Figure") -> bytes:
    """A figure as PNG, the same bytes each time."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()

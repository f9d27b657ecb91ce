"""Bland-Altman plot."""

from typing import TYPE_CHECKING

from ..bland_altman import BlandAltman
from ..interval import Estimate
from .style import BLUE, REFERENCE_GREY, VERMILION, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_bland_altman(found: BlandAltman, first: str, second: str, unit: str, title: str = "") -> "Figure":
    """Differences against means, with the bias, the 95 % limits and their intervals as bands.

    Args:
        found: the analysis.
        first: what the first measurement is called.
        second: the second.
        unit: of both.
        title: above the figure.
    """
    figure, axes = sheet(6.2, 4.4)
    axes.axhline(0, color=REFERENCE_GREY, linewidth=1, linestyle=":")
    axes.scatter(found.means, found.differences, s=20, color=BLUE, alpha=0.7, linewidths=0)
    _level(axes, found.bias, "mean", "-", unit)
    _level(axes, found.lower_limit, "-1.96 SD", "--", unit)
    _level(axes, found.upper_limit, "+1.96 SD", "--", unit)
    axes.set_xlabel(f"Mean of {first} and {second} ({unit})")
    axes.set_ylabel(f"{first} - {second} ({unit})")
    axes.set_title(title or f"n = {found.n}", fontsize=11)
    return figure


def _level(axes: "Axes", estimate: Estimate, name: str, dashes: str, unit: str) -> None:
    if estimate.value is None:
        return
    axes.axhline(estimate.value, color=VERMILION, linewidth=1.5, linestyle=dashes)
    if estimate.interval is not None:
        axes.axhspan(estimate.interval.low, estimate.interval.high, color=VERMILION, alpha=0.13, linewidth=0)
    axes.annotate(
        f"{name}\n{estimate.value:.1f} {unit}",
        (1.01, estimate.value),
        xycoords=("axes fraction", "data"),
        va="center",
        fontsize=8.5,
        color=VERMILION,
        annotation_clip=False,
    )

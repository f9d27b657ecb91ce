"""Calibration plots of several models."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..calibration import CalibrationCurve
from ..interval import NOT_AVAILABLE, Estimate
from .style import REFERENCE_GREY, looks, sheet, unit_square

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_APART = 0.006
"""Shift of each model's intervals to the right of the one before, so that they do not hide one another."""


def draw_calibration(models: Mapping[str, tuple[CalibrationCurve, Estimate]], title: str = "") -> "Figure":
    """Observed against predicted risk in groups, with the intervals of Wilson; the legend gives each slope.

    Args:
        models: curve and calibration slope by name. One that is not available is named in the legend.
        title: above the figure.

    Raises:
        UsageError: there is no model.
    """
    figure, axes = sheet()
    axes.plot([0, 1], [0, 1], color=REFERENCE_GREY, linewidth=1, linestyle=":", label="ideal")
    for number, (name, (curve, slope), look) in enumerate(looks(models)):
        known = [
            (group.predicted, group.observed.value, group.observed.interval)
            for group in curve.groups
            if group.observed.value is not None and group.observed.interval is not None
        ]
        said = NOT_AVAILABLE if curve.reason else f"slope {slope.text(2)}"
        axes.errorbar(
            [predicted + _APART * number for predicted, _, _ in known],
            [observed for _, observed, _ in known],
            yerr=[
                [observed - interval.low for _, observed, interval in known],
                [interval.high - observed for _, observed, interval in known],
            ],
            color=look.colour,
            linestyle=look.dashes,
            marker=look.marker,
            markersize=5,
            linewidth=1.6,
            elinewidth=0.9,
            capsize=2,
            label=f"{name}: {said}",
        )
    unit_square(axes, "Predicted probability", "Observed share, with 95 % interval")
    axes.set_title(title, fontsize=11)
    axes.legend(loc="upper left", fontsize=8.5, framealpha=0.9)
    return figure

"""Decision curves of several models."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..decision_curve import DecisionCurve
from ..interval import NOT_AVAILABLE
from .style import REFERENCE_GREY, looks, sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DEPTH = 0.25
"""How far below 0 is shown, as a share of what is above."""


def draw_decision_curve(models: Mapping[str, DecisionCurve], title: str = "") -> "Figure":
    """Net benefit over threshold probabilities, beside treating all and treating none.

    Args:
        models: curves of the same patients by name. One that is not available is named in the legend.
        title: above the figure.

    Raises:
        UsageError: there is no model.
    """
    figure, axes = sheet(6.2, 4.4)
    axes.axhline(0, color=REFERENCE_GREY, linewidth=1.2, linestyle=":", label="treat none")
    known = [curve for curve in models.values() if curve.reason is None]
    if known:
        axes.plot(
            known[0].thresholds, known[0].treat_all, color=REFERENCE_GREY, linewidth=1.2, label="treat all"
        )
    for name, curve, look in looks(models):
        axes.plot(
            curve.thresholds[: len(curve.net_benefit)],
            curve.net_benefit,
            color=look.colour,
            linestyle=look.dashes,
            linewidth=2,
            label=f"{name}: {NOT_AVAILABLE}" if curve.reason else name,
        )
    top = max((max(*curve.net_benefit, *curve.treat_all) for curve in known), default=1.0)
    top = max(top, 0.01) * 1.08
    axes.set(xlim=(0, 1), ylim=(-_DEPTH * top, top), xlabel="Threshold probability", ylabel="Net benefit")
    axes.grid(color="0.92")
    axes.set_axisbelow(True)
    axes.set_title(title, fontsize=11)
    axes.legend(loc="upper right", fontsize=8.5, framealpha=0.9)
    return figure

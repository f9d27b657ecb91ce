"""Precision-recall curves of several models."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..interval import Estimate
from ..precision_recall import PrecisionRecallCurve
from .style import REFERENCE_GREY, looks, sheet, unit_square

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_precision_recall(
    models: Mapping[str, tuple[PrecisionRecallCurve, Estimate]], title: str = ""
) -> "Figure":
    """Precision against recall; the legend gives each average precision, the dotted lines the prevalence.

    Args:
        models: curve and average precision by name. One that is not available is named in the legend.
        title: above the figure.

    Raises:
        UsageError: there is no model.
    """
    figure, axes = sheet()
    for prevalence in sorted({c.prevalence for c, _ in models.values() if c.prevalence is not None}):
        axes.axhline(prevalence, color=REFERENCE_GREY, linewidth=1, linestyle=":")
    for name, (curve, found), look in looks(models):
        said = f"{name}: AP {found.text()}" if found.value is not None else f"{name}: {found.text()}"
        # The first step begins at a recall of 0.
        axes.plot(
            (0.0, *curve.recall) if curve.recall else (),
            (*curve.precision[:1], *curve.precision),
            color=look.colour,
            linestyle=look.dashes,
            linewidth=2,
            drawstyle="steps-pre",
            label=said,
        )
    unit_square(axes, "Recall (sensitivity)", "Precision (PPV)")
    axes.set_title(title, fontsize=11)
    axes.legend(loc="lower left", fontsize=8.5, framealpha=0.9)
    return figure

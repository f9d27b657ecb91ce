"""ROC curves of several models."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..interval import Estimate
from ..roc import RocCurve
from .style import REFERENCE_GREY, looks, sheet, unit_square

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_roc(models: Mapping[str, tuple[RocCurve, Estimate]], title: str = "") -> "Figure":
    """Sensitivity against 1 - specificity; the legend gives each AUC with its interval.

    Args:
        models: curve and AUC by name. One that is not available is named in the legend.
        title: above the figure.

    Raises:
        UsageError: there is no model.
    """
    figure, axes = sheet()
    axes.plot([0, 1], [0, 1], color=REFERENCE_GREY, linewidth=1, linestyle=":")
    for name, (curve, auc), look in looks(models):
        said = f"{name}: AUC {auc.text()}" if auc.value is not None else f"{name}: {auc.text()}"
        axes.plot(
            curve.false_positive_rate,
            curve.sensitivity,
            color=look.colour,
            linestyle=look.dashes,
            linewidth=2,
            label=said,
        )
    unit_square(axes, "1 - specificity", "Sensitivity")
    axes.set_title(title, fontsize=11)
    axes.legend(loc="lower right", fontsize=8.5, framealpha=0.9)
    return figure

"""Confusion matrices of several models, side by side."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...errors import UsageError
from ..confusion import ConfusionMatrix

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANEL_INCHES = 2.9


def draw_confusion(
    models: Mapping[str, ConfusionMatrix],
    labels: tuple[str, str] = ("expansion", "no expansion"),
    title: str = "",
) -> "Figure":
    """Counts, with their share of the patients who truly are so; the darker the larger the share.

    Args:
        models: matrices by name.
        labels: of patients with the outcome, and without.
        title: above the figure.

    Raises:
        UsageError: there is no model.
    """
    from matplotlib.figure import Figure

    if not models:
        raise UsageError("a figure needs at least one model")
    figure = Figure(figsize=(_PANEL_INCHES * len(models) + 0.5, _PANEL_INCHES + 0.6), layout="constrained")
    panels = figure.subplots(1, len(models), squeeze=False, sharey=True)[0]
    for panel, (name, matrix) in zip(panels, models.items(), strict=True):
        _draw(panel, matrix, labels)
        panel.set_title(f"{name} (n = {matrix.n})", fontsize=10)
    panels[0].set_ylabel("True")
    figure.suptitle(title, fontsize=11)
    return figure


def _draw(panel: "Axes", matrix: ConfusionMatrix, labels: tuple[str, str]) -> None:
    rows = (
        (matrix.true_positives, matrix.false_negatives),
        (matrix.false_positives, matrix.true_negatives),
    )
    shares = [[count / sum(row) if sum(row) else 0.0 for count in row] for row in rows]
    panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for y, (row, of) in enumerate(zip(rows, shares, strict=True)):
        for x, (count, share) in enumerate(zip(row, of, strict=True)):
            said = f"{count}\n{100 * share:.1f} %" if sum(row) else f"{count}\n-"
            panel.text(x, y, said, ha="center", va="center", color="white" if share > 0.55 else "black")
    panel.set_xticks([0, 1], labels=labels)
    panel.set_yticks([0, 1], labels=labels, rotation=90, va="center")
    panel.tick_params(length=0, labelsize=8.5)
    panel.set_xlabel("Predicted")

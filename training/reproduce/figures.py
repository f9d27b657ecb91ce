"""The figures of the papers, with the published numbers in the legends."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.statistics.calibration import calibration, calibration_curve
from HematomaExpansionLib.statistics.figures.calibration import draw_calibration
from HematomaExpansionLib.statistics.figures.confusion import draw_confusion
from HematomaExpansionLib.statistics.figures.precision_recall import draw_precision_recall
from HematomaExpansionLib.statistics.figures.roc import draw_roc
from HematomaExpansionLib.statistics.figures.style import write_figure
from HematomaExpansionLib.statistics.interval import NOT_AVAILABLE, Estimate
from HematomaExpansionLib.statistics.precision_recall import (
    PrecisionRecallCurve,
    average_precision,
    precision_recall_curve,
)
from HematomaExpansionLib.statistics.roc import RocCurve, auc, roc_curve
from training.classical.fitted import Fitted
from training.classical.performance import matrix

from .run import UNLIKE, Run, outcomes
from .table import NOT_TRAINED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LEGEND_INCH = 0.24
"""Height of a line of a legend or a title."""

Published = Mapping[str, float]
"""A published number by label of the model."""


def rocs(
    run: Run,
    labels: Mapping[str, str],
    patients: Sequence[Patient],
    published: Published,
    title: str,
    stem: Path,
) -> None:
    """ROC curves; models that there are not are named in the legend.

    Args:
        run: with the models.
        labels: name of the model by its label.
        patients: of one set.
        published: AUC by label.
        title: what is shown.
        stem: of the files.
    """
    outcome = outcomes(patients)
    models: dict[str, tuple[RocCurve, Estimate]] = {}
    for label, name in labels.items():
        said = f"{label} (published {published[label]:.2f})" if label in published else label
        model = run.models.get(name)
        if model is None or model.unavailable:
            why = NOT_TRAINED if model is None else "not available"
            none = Estimate.unavailable("AUC", len(patients), why)
            models[f"{said}, {why}"] = (RocCurve((), (), (), len(patients), sum(outcome), reason=why), none)
        else:
            scores = model.of(patients)
            models[named(said, model)] = (roc_curve(outcome, scores), auc(outcome, scores))
    caption = run.caption(run.models[name] for name in labels.values() if name in run.models)
    write_figure(legend_below(draw_roc(models, f"{title}\n{caption}")), stem)


def calibrations(
    run: Run, models: Mapping[str, Fitted], patients: Sequence[Patient], title: str, stem: Path, groups: int
) -> None:
    """Calibration of the models that there are; nothing is drawn without any."""
    if not models:
        return
    outcome = outcomes(patients)
    drawn = {
        named(label, model): (
            calibration_curve(outcome, model.of(patients), groups),
            calibration(outcome, model.of(patients)).slope,
        )
        for label, model in models.items()
    }
    write_figure(legend_below(draw_calibration(drawn, f"{title}\n{run.caption(models.values())}")), stem)


def precision_recalls(
    run: Run,
    models: Mapping[str, Fitted],
    patients: Sequence[Patient],
    published: Published,
    title: str,
    stem: Path,
) -> None:
    """Precision-recall curves of the models that there are; nothing is drawn without any."""
    if not models:
        return
    outcome = outcomes(patients)
    drawn: dict[str, tuple[PrecisionRecallCurve, Estimate]] = {
        named(f"{label} (published {published[label]:.2f})", model): (
            precision_recall_curve(outcome, model.of(patients)),
            average_precision(outcome, model.of(patients)),
        )
        for label, model in models.items()
    }
    write_figure(draw_precision_recall(drawn, f"{title}\n{run.caption(models.values())}"), stem)


def confusions(
    run: Run, models: Mapping[str, Fitted], patients: Sequence[Patient], title: str, stem: Path
) -> None:
    """Confusion matrices at the locked thresholds; nothing is drawn without any."""
    counts = {named(label, model): matrix(model, patients) for label, model in models.items()}
    known = {label: found for label, found in counts.items() if found is not None}
    if known:
        heading = f"{title}\n{run.caption(models.values())}"
        figure = draw_confusion(known, title=heading)
        # The panels leave no room for the lines of the title.
        figure.set_figheight(figure.get_figheight() + 0.3 * len(heading.splitlines()))
        write_figure(figure, stem)


def named(label: str, model: Fitted) -> str:
    """The paper's label, marked where the model is another one than the paper's."""
    return f"{label} {UNLIKE}" if model.unlike else label


def legend_below(figure: "Figure") -> "Figure":
    """Move the legend off the curves, and say once why a model has none."""
    (axes,) = figure.axes
    handles, said = axes.get_legend_handles_labels()
    labels = [one.removesuffix(f": {NOT_AVAILABLE}") if ", not " in one else one for one in said]
    axes.get_legend().remove()
    axes.legend(handles, labels, loc="upper left", bbox_to_anchor=(0, -0.13), fontsize=8.5, frameon=False)
    lines = len(labels) + len(axes.get_title().splitlines())
    figure.set_figheight(figure.get_figheight() + _LEGEND_INCH * lines)
    return figure

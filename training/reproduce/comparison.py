"""Figure 7 of Ning 2025: AUC, sensitivity and specificity of models against one of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.statistics.delong import compare_aucs
from HematomaExpansionLib.statistics.figures.style import COLOURS, write_figure
from HematomaExpansionLib.statistics.interval import Estimate
from HematomaExpansionLib.statistics.mcnemar import Among, McNemarMethod, compare_predictions
from training.classical.fitted import Fitted
from training.classical.performance import performance

from .figures import named
from .run import Run, outcomes
from .table import NOT_TRAINED, Table, p_text, with_interval

MEASURES = ("AUC", "sensitivity", "specificity")
_SIGNIFICANT = 0.05


def comparison(
    run: Run, labels: Mapping[str, str], reference: str, patients: Sequence[Patient], title: str, name: str
) -> Table:
    """Draw the bars, and give the numbers and p-values of DeLong (AUC) and McNemar (the others) as a table.

    Args:
        run: with the models.
        labels: name of the model by its label.
        reference: label of the model that the others are compared with.
        patients: of one set.
        title: what is shown.
        name: of the files.
    """
    models = run.available(labels)
    found = {label: _measures(model, patients) for label, model in models.items()}
    tests = {
        label: _tests(models[reference], model, patients)
        if reference in models and label != reference
        else ("",) * 3
        for label, model in models.items()
    }
    if models:
        against = f"* P < {_SIGNIFICANT} against\n{reference}" if reference in models else ""
        heading = f"{title}\n{run.caption(models.values())}"
        shown = {label: named(label, model) for label, model in models.items()}
        _draw(found, tests, tuple(labels), shown, heading, against, run.out / name)
    rows = []
    for label, name_ in labels.items():
        if label in models:
            cells = [
                cell
                for estimate, p in zip(found[label], tests[label], strict=True)
                for cell in (with_interval(estimate, 3), p)
            ]
        else:
            cells = [NOT_TRAINED if name_ not in run.models else "not available", ""] + [""] * 4
        rows.append((label, *cells, run.source))
    header = [one for measure in MEASURES for one in (measure, f"P against {reference}")]
    notes = ["P of AUC by DeLong, of sensitivity and specificity by McNemar (chi-squared, corrected)."]
    if reference not in models:
        notes.append(f"{reference} is {run.why_not(labels[reference])}: nothing can be compared with it.")
    return Table(
        name,
        f"Ning 2025, {title}",
        ("model", *header, "input of this cohort"),
        tuple(rows),
        (*notes, *run.notes()),
    )


def _measures(model: Fitted, patients: Sequence[Patient]) -> tuple[Estimate, ...]:
    found = performance(model, patients)
    if found.accuracy is None:
        none = Estimate.unavailable("threshold", len(patients), "the model has no threshold")
        return found.auc, none, none
    return found.auc, found.accuracy.sensitivity, found.accuracy.specificity


def _tests(reference: Fitted, model: Fitted, patients: Sequence[Patient]) -> tuple[str, ...]:
    outcome = outcomes(patients)
    delong = p_text(compare_aucs(outcome, reference.of(patients), model.of(patients)).test)
    first, second = (_positive(one, patients) for one in (reference, model))
    return (
        delong,
        *(
            p_text(compare_predictions(outcome, first, second, among, McNemarMethod.CORRECTED).test)
            for among in (Among.WITH_OUTCOME, Among.WITHOUT_OUTCOME)
        ),
    )


def _positive(model: Fitted, patients: Sequence[Patient]) -> list[float | None]:
    if model.threshold is None:
        return [None] * len(patients)
    said = [model.threshold.reached_by(probability) for probability in model.of(patients)]
    return [None if one is None else float(one) for one in said]


def _draw(
    found: Mapping[str, Sequence[Estimate]],
    tests: Mapping[str, Sequence[str]],
    order: Sequence[str],
    shown: Mapping[str, str],
    title: str,
    against: str,
    stem: Path,
) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.4, 4.4), layout="constrained")
    axes = figure.add_subplot()
    width = 0.8 / len(found)
    colours = dict(zip(order, COLOURS, strict=False))
    for number, (label, measures) in enumerate(found.items()):
        where = np.arange(len(MEASURES)) + (number - (len(found) - 1) / 2) * width
        heights = [0.0 if one.value is None else one.value for one in measures]
        axes.bar(where, heights, width * 0.9, color=colours[label], label=shown[label])
        for x, one, p in zip(where, measures, tests[label], strict=True):
            if one.value is None or one.interval is None:
                continue
            low, high = one.interval.low, one.interval.high
            axes.errorbar(
                x, one.value, yerr=[[one.value - low], [high - one.value]], color="black", capsize=2
            )
            said = f"{one.value:.2f}{'*' if _below(p) else ''}"
            axes.annotate(said, (x, high + 0.015), ha="center", va="bottom", fontsize=8)
    axes.set_xticks(range(len(MEASURES)), labels=MEASURES)
    axes.set_yticks(np.linspace(0, 1, 6))
    axes.set_ylim(0, 1.1)
    axes.set_ylabel("Estimate, with 95 % interval")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, fontsize=11)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=8.5, frameon=False, title=against)
    write_figure(figure, stem)


def _below(p: str) -> bool:
    """Whether a printed p-value is significant; one that is not available is not."""
    return p.startswith("<") or (p[:1].isdigit() and float(p) < _SIGNIFICANT)

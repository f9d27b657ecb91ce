"""Zhong 2021: Tables 1 and 2, and the ROC curves of supplemental figure 2."""

from collections.abc import Sequence

from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.zhong2021.bat import ZhongBat
from HematomaExpansionLib.statistics.confusion import (
    DiagnosticAccuracy,
    confusion_matrix,
    diagnostic_accuracy,
)
from HematomaExpansionLib.statistics.delong import compare_aucs, delong_auc
from HematomaExpansionLib.statistics.group_table import Shown
from HematomaExpansionLib.statistics.interval import Estimate
from HematomaExpansionLib.statistics.proportion import ProportionMethod
from training.classical.cohort import TEST, TRAIN
from training.classical.performance import performance

from .characteristics import Characteristic, characteristics, values
from .figures import rocs
from .run import Run, outcomes
from .table import ABSENT, NOT_TRAINED, Table, beside, p_text, with_interval, write_table

CNN = "zhong2021-cnn"
MODELS = {"CNN": CNN, "Haematoma Volume": "zhong2021-volume", "BAT score": "zhong2021-bat"}
PUBLISHED_AUC = {"CNN": 0.80, "Haematoma Volume": 0.62, "BAT score": 0.65}
MARKERS = {
    "Hypodensities": "hypodensity",
    "Black hole sign": "black_hole",
    "Swirl sign": "swirl",
    "Blend sign": "blend",
    "Fluid level": "fluid_level",
    "Irregular shape": "irregular_shape",
    "Heterogeneous density": "heterogeneous_density",
}
_ROWS = (
    Characteristic("Age, years, mean±SD", "age_years", shown=Shown.MEAN),
    Characteristic("Sex, male, n (%)", "sex", "male"),
    Characteristic("Hypertension, n (%)", "hypertension", "yes"),
    Characteristic("Diabetes mellitus, n (%)", "diabetes", "yes"),
    Characteristic("Antiplatelet history, n (%)", "antiplatelet", "yes"),
    Characteristic("Anticoagulation history, n", "anticoagulant", "yes"),
    Characteristic("Time to baseline CT, hours, mean±SD", "onset_to_ct_h", shown=Shown.MEAN),
    Characteristic("Baseline NIHSS score, median (IQR)", "nihss", shown=Shown.MEDIAN, digits=0),
    Characteristic("Baseline haematoma volume, mL, mean±SD", "ich_ml", shown=Shown.MEAN),
    Characteristic("Intraventricular haemorrhage, n (%)", "ivh", "yes"),
    *(Characteristic(label, name, "yes") for label, name in MARKERS.items()),
    Characteristic("BAT score, median (IQR)", "bat", shown=Shown.MEDIAN, digits=0),
    Characteristic("Haematoma expansion, n (%)", "expansion", "yes"),
)


def reproduce(run: Run) -> None:
    """Write both tables and the ROC curves."""
    for table in (table_1(run), table_2(run)):
        write_table(table, run.out)
    title = "Supplemental figure 2: ROC, testing dataset"
    rocs(run, MODELS, run.cohort.of(TEST), PUBLISHED_AUC, title, run.out / "supplemental-figure-2-roc")


def table_1(run: Run) -> Table:
    """Characteristics of the training and the testing patients."""
    patients = [one for one in run.cohort.patients if one.split in (TRAIN, TEST)]
    names = {row.variable for row in _ROWS} - {"bat", "expansion"}
    columns = {name: values(patients, name) for name in sorted(names)}
    columns["bat"] = [ZhongBat.columns[0].of(patient) for patient in patients]
    columns["expansion"] = [patient.expansion for patient in patients]
    groups = ["training" if one.split == TRAIN else "testing" for one in patients]
    found, missing = characteristics(_ROWS, columns, groups, ("training", "testing"))
    cells = {(label,): row for label, row in found.items()}
    cells[("Sample size (n)",)] = (str(groups.count("training")), str(groups.count("testing")), "")
    cells[("Prestroke, n (%)",)] = (ABSENT, ABSENT, "")
    return beside(
        "zhong2021-table-1",
        "Zhong 2021, Table 1: characteristics of the training and testing datasets",
        run.source,
        ("training", "testing", "P"),
        cells,
        [*missing, *run.notes()],
    )


def table_2(run: Run) -> Table:
    """Markers and models on the testing patients.

    Intervals of sensitivity and specificity are Wilson with continuity correction and likelihood ratios are
    weighted by prevalence (TP/FP and FN/TN), as the paper's are.
    """
    test = run.cohort.of(TEST)
    cnn = run.models.get(CNN)
    cells: dict[tuple[str, ...], tuple[str, ...]] = {}
    notes = [
        "Conventional likelihood ratios (sensitivity / (1 - specificity); (1 - sensitivity) / specificity):"
    ]
    for label, marker in MARKERS.items():
        present = [patient.number(marker) for patient in test]
        counts = diagnostic_accuracy(
            confusion_matrix(outcomes(test), present), ProportionMethod.WILSON_CORRECTED
        )
        cells[(label,)] = (*_cells(counts), *_auc(delong_auc(outcomes(test), present), present, run, test))
        notes.append(_conventional(label, counts))
    for label, name in MODELS.items():
        model = run.models.get(name)
        if model is None or model.unavailable:
            cells[(label,)] = (run.why_not(name),) * 6
            continue
        found = performance(model, test, ProportionMethod.WILSON_CORRECTED)
        shown = _cells(found.accuracy) if found.accuracy else ("",) * 4
        scores = model.of(test)
        cells[(label,)] = (*shown, *_auc(found.auc, None if model is cnn else scores, run, test))
        if found.accuracy:
            notes.append(_conventional(label, found.accuracy))
        if model.threshold is not None:
            notes.append(f"{label}: threshold {model.threshold.probability:.3f} ({model.threshold.rule}).")
    return beside(
        "zhong2021-table-2",
        "Zhong 2021, Table 2: scores of models and markers, testing dataset",
        run.source,
        (
            "sensitivity",
            "specificity",
            "LR+ weighted by prevalence",
            "LR- weighted by prevalence",
            "AUC",
            "P against CNN",
        ),
        cells,
        [*notes, *run.notes()],
    )


def _cells(counts: DiagnosticAccuracy) -> tuple[str, ...]:
    shown = (
        counts.sensitivity,
        counts.specificity,
        counts.prevalence_weighted_lr_positive,
        counts.prevalence_weighted_lr_negative,
    )
    return tuple(with_interval(one) for one in shown)


def _auc(
    found: Estimate, scores: Sequence[float | None] | None, run: Run, test: Sequence[Patient]
) -> tuple[str, str]:
    """AUC, and DeLong's p-value against the CNN where there is one."""
    cnn = run.models.get(CNN)
    if cnn is None:
        return with_interval(found), f"CNN {NOT_TRAINED}"
    if scores is None:
        return with_interval(found), ""
    return with_interval(found), p_text(compare_aucs(outcomes(test), cnn.of(test), scores).test)


def _conventional(label: str, counts: DiagnosticAccuracy) -> str:
    plus, minus = counts.conventional_lr_positive, counts.conventional_lr_negative
    return f"{label}: LR+ {with_interval(plus)}, LR- {with_interval(minus)}."

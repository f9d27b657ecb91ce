"""Lu 2024: Tables 1 and 2, and the precision-recall and confusion figures 6 to 10."""

from collections.abc import Sequence

import numpy as np

from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.statistics.group_tests import compare_counts, compare_ranks
from HematomaExpansionLib.statistics.interval import NOT_AVAILABLE
from HematomaExpansionLib.statistics.precision_recall import average_precision
from training.classical.cohort import TEST, TRAIN
from training.classical.performance import performance

from .figures import confusions, precision_recalls, rocs
from .run import Run, outcomes
from .table import Table, beside, p_text, with_interval, write_table

MODELS = {
    "Radiomics": "lu2024-radiomics",
    "ResNet50": "lu2024-resnet50",
    "Inception_v3": "lu2024-inception-v3",
    "Radiomic + Inception_v3": "lu2024-fusion-inception-v3",
    "Radiomic + ResNet50": "lu2024-fusion-resnet50",
}
PUBLISHED_AUC = {
    "Radiomics": 0.58,
    "ResNet50": 0.79,
    "Inception_v3": 0.93,
    "Radiomic + Inception_v3": 0.95,
    "Radiomic + ResNet50": 0.81,
}
PUBLISHED_AP = {
    "Radiomics": 0.26,
    "ResNet50": 0.51,
    "Inception_v3": 0.85,
    "Radiomic + Inception_v3": 0.87,
    "Radiomic + ResNet50": 0.69,
}
FIGURES = {
    "Radiomics": 6,
    "ResNet50": 7,
    "Inception_v3": 8,
    "Radiomic + Inception_v3": 9,
    "Radiomic + ResNet50": 10,
}
GENDER, AGE, VOLUME = "Gender (male/female)", "Age (years) [median (range)]", "Hematoma volume (mL)"

Group = Sequence[Patient]


def reproduce(run: Run) -> None:
    """Write every table, and the figures of each module that there is."""
    for table in (table_1a(run), table_1b(run), table_2(run)):
        write_table(table, run.out)
    test = run.cohort.of(TEST)
    for label, model in run.available(MODELS).items():
        number = FIGURES[label]
        title, stem = f"Figure {number}: {label}, test set", run.out / f"figure-{number}"
        one = {label: model}
        precision_recalls(run, one, test, PUBLISHED_AP, title, stem.with_name(f"{stem.name}-pr"))
        rocs(run, {label: MODELS[label]}, test, PUBLISHED_AUC, title, stem.with_name(f"{stem.name}-roc"))
        confusions(run, one, test, title, stem.with_name(f"{stem.name}-confusion"))


def table_1a(run: Run) -> Table:
    """Patients without and with expansion."""
    groups = _by_outcome(run.cohort.patients)
    cells = {(name,): (*_shown(name, groups), _p(name, groups)) for name in (GENDER, AGE, VOLUME)}
    return beside(
        "lu2024-table-1a",
        "Lu 2024, Table 1a: baseline features without and with expansion",
        run.source,
        ("NEG-ICH", "POS-ICH", "P"),
        cells,
        [_TESTS, *run.notes()],
    )


def table_1b(run: Run) -> Table:
    """Training against test patients, without and with expansion."""
    train, test = (_by_outcome(run.cohort.of(wanted)) for wanted in (TRAIN, TEST))
    cells = {}
    for name in (GENDER, AGE, VOLUME):
        p = [_p(name, (first, second)) for first, second in zip(train, test, strict=True)]
        cells[(name,)] = (*_shown(name, train), *_shown(name, test), *p)
    return beside(
        "lu2024-table-1b",
        "Lu 2024, Table 1b: training and validation against test sets",
        run.source,
        ("training NEG-ICH", "training POS-ICH", "test NEG-ICH", "test POS-ICH", "P NEG-ICH", "P POS-ICH"),
        cells,
        [_TESTS, *run.notes()],
    )


_TESTS = "P by chi-squared (gender) and Mann-Whitney; the paper does not name its tests."


def table_2(run: Run) -> Table:
    """Every module on the test set; a precision without a positive patient is not available, not 0."""
    test = run.cohort.of(TEST)
    outcome = outcomes(test)
    cells: dict[tuple[str, ...], tuple[str, ...]] = {}
    notes = []
    for label, name in MODELS.items():
        model = run.models.get(name)
        if model is None or model.unavailable:
            cells[(label,)] = (run.why_not(name),) * 4
            continue
        found = performance(model, test)
        precision = average_precision(outcome, model.of(test), np.random.default_rng(run.seed))
        at = found.accuracy
        shares = ("", "") if at is None else (with_interval(at.ppv), with_interval(at.sensitivity))
        cells[(label,)] = (with_interval(found.auc), *shares, with_interval(precision))
        if at is not None and at.ppv.reason:
            notes.append(f"{label}: precision not available, {at.ppv.reason}.")
    return beside(
        "lu2024-table-2",
        "Lu 2024, Table 2: predictive performance of each module",
        run.source,
        ("AUC", "precision", "recall", "AP"),
        cells,
        [
            "A published precision of 0 with a recall of 0 is 0/0: not available.",
            "The paper kept the network of the best accuracy on the test set; here nothing is chosen on it.",
            *notes,
            *run.notes(),
        ],
    )


def _by_outcome(patients: Group) -> tuple[Group, Group]:
    return tuple(one for one in patients if not one.expansion), tuple(
        one for one in patients if one.expansion
    )


def _column(name: str, patients: Group) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    known = [patient.number("age_years" if name == AGE else "ich_ml") for patient in patients]
    return np.array([one for one in known if one is not None], dtype=np.float64)


def _sexes(patients: Group) -> tuple[int, int]:
    found = [patient.values.get("sex") for patient in patients]
    return found.count("male"), found.count("female")


def _shown(name: str, groups: Sequence[Group]) -> list[str]:
    if name == GENDER:
        counts = [_sexes(group) for group in groups]
        return ["/".join(map(str, pair)) if any(pair) else NOT_AVAILABLE for pair in counts]
    shown = []
    for group in groups:
        known = _column(name, group)
        if not len(known):
            shown.append(NOT_AVAILABLE)
        elif name == AGE:
            shown.append(f"{np.median(known):.1f} ({known.min():.0f}-{known.max():.0f})")
        else:
            shown.append(f"{known.min():.3f}-{known.max():.3f}")
    return shown


def _p(name: str, groups: Sequence[Group]) -> str:
    if name == GENDER:
        return p_text(compare_counts(np.array([_sexes(group) for group in groups]).T))
    return p_text(compare_ranks([_column(name, group) for group in groups]))

"""Lee 2024: Tables 1 to 3 and Figure 3."""

from collections.abc import Sequence

from HematomaExpansionLib.prediction.lee2024.clinical import CLINICAL, gcs_group
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.values import Known
from HematomaExpansionLib.statistics.forward_selection import select_forward
from HematomaExpansionLib.statistics.group_table import Shown
from HematomaExpansionLib.statistics.interval import Estimate
from HematomaExpansionLib.statistics.likelihood_ratio import likelihood_ratio_test
from HematomaExpansionLib.statistics.logit import LogitModel, fit_logit
from HematomaExpansionLib.statistics.univariable import screen
from training.classical.cohort import TEST, TRAIN
from training.classical.performance import performance

from .characteristics import Characteristic, categories, characteristics, values
from .figures import calibrations, rocs
from .run import Run, outcomes
from .table import NOT_TRAINED, Table, beside, p_text, with_interval, write_table

IMAGE, CLINICAL_MODEL, INTEGRATED = "Image-to-HE", "Clinical-to-HE", "Integrated-to-HE"
MODELS = {IMAGE: "lee2024-image", CLINICAL_MODEL: "lee2024-clinical", INTEGRATED: "lee2024-integrated"}
PUBLISHED_AUC = {IMAGE: 0.76, CLINICAL_MODEL: 0.81, INTEGRATED: 0.83}

_GCS = "GCS group"
_MEASURED = {
    "Age (years)": "age_years",
    "SBP (mmHg)": "sbp_mmhg",
    "DBP (mmHg)": "dbp_mmhg",
    "Fibrinogen (mg/dL)": "fibrinogen_mg_dl",
    "INR": "inr",
    "Platelet (10^9/L)": "platelets_e9_l",
    "Time to initial CT scan (h)": "onset_to_ct_h",
    "aPTT (s)": "aptt_s",
    "Initial hematoma volume (mL)": "ich_ml",
}
_TERMS = ("Age", f"{_GCS}: moderate", f"{_GCS}: severe", "Fibrinogen")
"""Rows of Table 2 for the columns of Clinical-to-HE."""
_CANDIDATES = ("age_years", _GCS, "fibrinogen_mg_dl", "inr", "platelets_e9_l")
"""The variables that entered the forward selection of the paper."""


def reproduce(run: Run) -> None:
    """Write every table and figure."""
    for table in (table_1(run), table_2(run), table_3(run), selection(run)):
        write_table(table, run.out)
    test = run.cohort.of(TEST)
    rocs(run, MODELS, test, PUBLISHED_AUC, "Figure 3a: ROC, test set", run.out / "figure-3a-roc")
    title, stem = "Figure 3b: calibration, test set", run.out / "figure-3b-calibration"
    calibrations(run, run.available(MODELS), test, title, stem, groups=5)


def table_1(run: Run) -> Table:
    """Characteristics and univariable regressions of all patients."""
    patients = run.cohort.patients
    columns: dict[str, Sequence[Known]] = {name: values(patients, name) for name in _MEASURED.values()}
    columns |= {"sex": values(patients, "sex"), "antiplatelet": values(patients, "antiplatelet")}
    columns[_GCS] = [gcs_group(patient) for patient in patients]
    columns |= _changes(run, patients)
    rows = [
        Characteristic("Sex (male:female)", "sex", "male:female"),
        *(Characteristic(f"{_GCS}: {group}", _GCS, group) for group in ("mild", "moderate", "severe")),
        Characteristic("Antiplatelet use", "antiplatelet", "yes"),
        *(
            Characteristic(label, name, shown=Shown.MEAN, digits=2 if label == "INR" else 1)
            for label, name in (_MEASURED | {label: label for label in _changes(run, patients)}).items()
        ),
    ]
    groups = ["HE" if patient.expansion else "non-HE" for patient in patients]
    found, missing = characteristics(rows, columns, groups, ("non-HE", "HE"))
    models = _univariable(patients, columns)
    cells = {}
    for label, (non_he, he, _) in found.items():
        cells[(label,)] = (non_he, he, *models.get(label, ("", "")))
    return beside(
        "lee2024-table-1",
        "Lee 2024, Table 1: cohort characteristics and univariable logistic regression",
        run.source,
        ("non-HE", "HE", "OR [95% CI]", "P"),
        cells,
        [
            *missing,
            "The paper prints volumes in mm³ and means mL; antiplatelet use 473/569 is a misprint of 532.",
            *run.notes(),
        ],
    )


def _changes(run: Run, patients: Sequence[Patient]) -> dict[str, list[Known]]:
    """Absolute and relative growth; not known without both volumes, relative not from 0 mL."""
    absolute: list[Known] = []
    percent: list[Known] = []
    for patient in patients:
        volumes = run.cohort.volumes[patient.name]
        before, after = volumes.ich0, volumes.ich1
        grown = None if before is None or after is None else after - before
        absolute.append(grown)
        percent.append(None if grown is None or not before else 100 * grown / before)
    return {"Percent hematoma change (%)": percent, "Absolute hematoma change (mL)": absolute}


def _univariable(
    patients: Sequence[Patient], columns: dict[str, Sequence[Known]]
) -> dict[str, tuple[str, str]]:
    """Odds ratio and p-value by label."""
    outcome = outcomes(patients)
    single = {label: _numbers(columns[name]) for label, name in _MEASURED.items()}
    single["Antiplatelet use"] = _numbers(columns["antiplatelet"])
    single["Sex (male:female)"] = [None if one is None else float(one == "male") for one in columns["sex"]]
    found = {f"{_GCS}: mild": ("1.00", "")}
    for label, column in single.items():
        found |= _ratios(fit_logit({label: column}, outcome))
    groups = categories(_GCS, columns[_GCS], "mild")
    return found | (_ratios(fit_logit(groups, outcome)) if groups else {})


def _ratios(model: LogitModel) -> dict[str, tuple[str, str]]:
    """Odds ratio and p-value by predictor; the reason where there is no fit."""
    if model.intercept is None:
        return dict.fromkeys(model.predictors, (f"not available: {model.reason}", ""))
    return {term.name: (with_interval(term.odds_ratio), p_text(term.p_value)) for term in model.terms}


def table_2(run: Run) -> Table:
    """Odds ratios of the three models on the training patients, their AIC and the likelihood-ratio test.

    The nDL score is 100 x the probability that was given for Image-to-HE. All models are fitted on the
    patients who have every variable and, where it was given, the score, so that likelihoods can be compared.
    """
    patients, image = run.cohort.of(TRAIN), run.models.get(MODELS[IMAGE])
    if image is not None:
        patients = tuple(one for one in patients if image.probabilities.get(one.name) is not None)
    patients = tuple(one for one in patients if all(column.of(one) is not None for column in CLINICAL))
    outcome = outcomes(patients)
    clinical = {
        label: [column.of(one) for one in patients] for label, column in zip(_TERMS, CLINICAL, strict=True)
    }
    fitted = {CLINICAL_MODEL: fit_logit(clinical, outcome)}
    if image is not None:
        score = {"nDL score": [None if one is None else 100 * one for one in image.of(patients)]}
        fitted |= {IMAGE: fit_logit(score, outcome), INTEGRATED: fit_logit(clinical | score, outcome)}
    rows = {label: _ratios(model) for label, model in fitted.items()}
    cells = {(label,): _across(rows, label) for label in (*_TERMS, "nDL score")}
    cells[(f"{_GCS}: mild",)] = ("", "", "1.00", "", NOT_TRAINED if image is None else "1.00", "")
    aic = {label: "" if model.aic is None else f"{model.aic:.2f}" for label, model in fitted.items()}
    cells[("AIC",)] = ("", "", aic[CLINICAL_MODEL], "", aic.get(INTEGRATED, NOT_TRAINED), "")
    cells[("LRT against Clinical-to-HE",)] = ("", "", "", "", "", _likelihood_ratio(fitted))
    return beside(
        "lee2024-table-2",
        "Lee 2024, Table 2: odds ratios in Image-to-HE, Clinical-to-HE and Integrated-to-HE",
        run.source,
        tuple(f"{label} {what}" for label in MODELS for what in ("OR", "P")),
        cells,
        [f"Fitted on {len(patients)} training patients.", *run.notes()],
    )


def _across(rows: dict[str, dict[str, tuple[str, str]]], label: str) -> tuple[str, ...]:
    cells: list[str] = []
    for model in MODELS:
        if model not in rows:
            expected = (label == "nDL score") if model == IMAGE else True
            cells += [NOT_TRAINED if expected else "", ""]
        else:
            cells += rows[model].get(label, ("", ""))
    return tuple(cells)


def _likelihood_ratio(fitted: dict[str, LogitModel]) -> str:
    smaller, larger = fitted[CLINICAL_MODEL], fitted.get(INTEGRATED)
    if larger is None or smaller.log_likelihood is None or larger.log_likelihood is None:
        return NOT_TRAINED
    return p_text(likelihood_ratio_test(smaller.log_likelihood, larger.log_likelihood, 1, larger.n))


def table_3(run: Run) -> Table:
    """Accuracy, sensitivity, specificity (Wilson) and AUC (DeLong) on the test patients."""
    test = run.cohort.of(TEST)
    cells: dict[tuple[str, ...], tuple[str, ...]] = {}
    notes = []
    for label, name in MODELS.items():
        model = run.models.get(name)
        if model is None or model.unavailable:
            cells[(label,)] = (run.why_not(name),) * 4
            continue
        found = performance(model, test)
        matrix = found.accuracy.matrix if found.accuracy else None
        if found.accuracy is None or matrix is None or model.threshold is None:
            cells[(label,)] = ("", "", "", with_interval(found.auc))
            continue
        right = matrix.true_positives + matrix.true_negatives
        cells[(label,)] = (
            _percent(found.accuracy.accuracy, right, matrix.n),
            _percent(
                found.accuracy.sensitivity,
                matrix.true_positives,
                matrix.true_positives + matrix.false_negatives,
            ),
            _percent(
                found.accuracy.specificity,
                matrix.true_negatives,
                matrix.true_negatives + matrix.false_positives,
            ),
            with_interval(found.auc),
        )
        notes.append(
            f"{label}: threshold {model.threshold.probability:.3f} ({model.threshold.rule}); "
            f"{matrix.missing} of {len(test)} test patients without a probability."
        )
    return beside(
        "lee2024-table-3",
        "Lee 2024, Table 3: performance on the test set",
        run.source,
        ("accuracy", "sensitivity", "specificity", "AUC"),
        cells,
        [
            *notes,
            "The published interval of 55/86, [63.5, 88.7], is a misprint: Wilson gives [53.4, 73.3].",
            *run.notes(),
        ],
    )


def _percent(share: Estimate, count: int, of: int) -> str:
    if share.value is None or share.interval is None:
        return with_interval(share)
    low, high = 100 * share.interval.low, 100 * share.interval.high
    return f"{100 * share.value:.1f} ({count}/{of}) [{low:.1f}, {high:.1f}]"


def selection(run: Run) -> Table:
    """What the paper's selection, univariable and then forward, chooses on the training patients here."""
    patients = run.cohort.of(TRAIN)
    names = (*_MEASURED.values(), "sex", "antiplatelet")
    columns = {name: _numbers(values(patients, name)) for name in names if name != "sex"}
    columns["sex"] = [None if one is None else float(one == "male") for one in values(patients, "sex")]
    groups = categories(_GCS, [gcs_group(patient) for patient in patients], "mild")
    variables = {_GCS: tuple(groups)} if groups else {}
    screening = screen(columns | groups, outcomes(patients), variables)
    candidates = {name: column for name, column in columns.items() if name in _CANDIDATES} | groups
    chosen = select_forward(candidates, outcomes(patients), variables)
    labels = {name: label for label, name in _MEASURED.items()}
    rows = [
        (
            labels.get(candidate.variable, candidate.variable),
            p_text(candidate.p_value),
            "yes" if candidate.variable in screening.selected else "no",
            ("yes" if candidate.variable in chosen.selected else "no")
            if candidate.variable in _CANDIDATES
            else "not tried",
            "yes" if candidate.variable in ("age_years", _GCS, "fibrinogen_mg_dl") else "no",
            run.source,
        )
        for candidate in screening.candidates
    ]
    return Table(
        "lee2024-selection",
        "Lee 2024: univariable screening and forward selection on this cohort",
        (
            "variable",
            "univariable P",
            "P < 0.05",
            "forward selection",
            "in the paper's model",
            "input of this cohort",
        ),
        tuple(rows),
        ("The model keeps the paper's variables whatever is found here.", *run.notes()),
    )


def _numbers(column: Sequence[Known]) -> list[float | None]:
    return [None if one is None or isinstance(one, str) else float(one) for one in column]

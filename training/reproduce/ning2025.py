"""Ning 2025: Tables 1 to 3 and Figures 4, 6 and 7."""

from collections.abc import Sequence

from HematomaExpansionLib.prediction.patient import Patient, Split
from HematomaExpansionLib.prediction.values import Known
from HematomaExpansionLib.statistics.logit import LogitModel, fit_logit
from HematomaExpansionLib.statistics.roc import AucInterval
from HematomaExpansionLib.statistics.univariable import screen
from training.classical.cohort import EXTERNAL, SETS, TEST, TRAIN
from training.classical.performance import performance

from .characteristics import Characteristic, categories, characteristics, values
from .comparison import comparison
from .figures import confusions, rocs
from .run import SET_NAMES, Run, outcomes
from .table import ABSENT, NOT_TRAINED, Table, alone, beside, p_text, published, with_interval, write_table

BASELINES = {
    "BRAIN score": "ning2025-brain",
    "Clinical-radiologic": "ning2025-clinical-radiologic",
    "Combined-logistic": "ning2025-combined-logistic",
    "Combined-SVM": "ning2025-combined-svm",
}
BEST = "2D-ResNet-101"
DEEP_2D = {
    BEST: "ning2025-cnn",
    "2D-ResNet-152": "ning2025-2d-resnet152",
    "2D-DenseNet-121": "ning2025-2d-densenet121",
    "2D-DenseNet-201": "ning2025-2d-densenet201",
}
DEEP_3D = {
    "3D-ResNet-101": "ning2025-3d-resnet101",
    "3D-ResNet-152": "ning2025-3d-resnet152",
    "3D-DenseNet-121": "ning2025-3d-densenet121",
    "3D-DenseNet-201": "ning2025-3d-densenet201",
}
MODELS = BASELINES | DEEP_2D | DEEP_3D
"""Names in ``--predictions`` by label; ``ning2025-cnn`` with its default settings is 2D-ResNet-101."""

_LOCATIONS = ("lobar", "deep", "infratentorial")
_NUMBERS = ("age_years", "onset_to_ct_h", "sbp_mmhg", "dbp_mmhg", "inr", "ich_ml", "ivh_ml")
_VARIABLES = {
    "Age": "age_years",
    "Alcohol consumption": "alcohol",
    "Smoking": "smoking",
    "Diabetes mellitus": "diabetes",
    "Hypertension": "hypertension",
    "Onset to baseline CT time interval": "onset_to_ct_h",
    "Admission SBP": "sbp_mmhg",
    "Admission DBP": "dbp_mmhg",
    "INR": "inr",
    "Antithrombotic": "antiplatelet",
    "Anticoagulation": "anticoagulant",
    "ICH volume": "ich_ml",
    "IVH volume": "ivh_ml",
    "IVH": "ivh",
    "Irregular shape": "irregular_shape",
    "Satellite sign": "satellite",
    "Island sign": "island",
    "Black hole sign": "black_hole",
    "Blend sign": "blend",
    "Fluid level": "fluid_level",
    "Swirl sign": "swirl",
    "Hypodensity": "hypodensity",
    "Heterogeneous density": "heterogeneous_density",
}
_UNITS = {
    "Age": "Age (year)",
    "Onset to baseline CT time interval": "Onset to baseline CT time interval (hour)",
    "Admission SBP": "Admission SBP (mm Hg)",
    "Admission DBP": "Admission DBP (mm Hg)",
    "ICH volume": "ICH volume (ml)",
    "IVH volume": "IVH volume (ml)",
}
_ASSUMED = (
    "Antithrombotic is read as an antiplatelet drug, anticoagulation as warfarin or a DOAC: the paper does "
    "not define them. Subarachnoid blood is not in the cohort's columns."
)


def reproduce(run: Run) -> None:
    """Write every table and figure, but those of absent sets and those of networks that there are not."""
    for table in (table_1(run), table_2(run), table_3(run)):
        write_table(table, run.out)
    for wanted, letters, letter in ((TEST, "ace", "a"), (EXTERNAL, "bdf", "b")):
        if run.cohort.of(wanted):
            _figures(run, wanted, letters, letter)


def _figures(run: Run, wanted: Split, letters: str, letter: str) -> None:
    """Figures 4, 6 and 7 of one set; ``letters`` are the panels of Figure 4, ``letter`` of the others."""
    patients, shown = run.cohort.of(wanted), SET_NAMES[wanted]
    auc = {
        row[0]: float(row[2].partition("(")[0])
        for row in published("ning2025-table-3")[1]
        if row[1] == wanted
    }
    compared = {BEST: DEEP_2D[BEST]} | BASELINES
    for panel, labels in zip(letters, (DEEP_2D, DEEP_3D, compared), strict=True):
        if labels is compared or run.available(labels):
            title = f"Figure 4{panel.upper()}: ROC, {shown}"
            rocs(run, labels, patients, auc, title, run.out / f"figure-4{panel}-roc")
    three = {label: compared[label] for label in (BEST, "Clinical-radiologic", "BRAIN score")}
    title = f"Figure 6{letter.upper()}: {shown}"
    confusions(run, run.available(three), patients, title, run.out / f"figure-6{letter}-confusion")
    title = f"Figure 7{letter.upper()}: {shown}"
    write_table(comparison(run, compared, BEST, patients, title, f"figure-7{letter}"), run.out)


def table_1(run: Run) -> Table:
    """Characteristics of each set by outcome."""
    rows = [
        Characteristic("Sex(male)", "sex", "male"),
        *(
            Characteristic(_UNITS.get(label, label), name, "" if name in _NUMBERS else "yes", digits=2)
            for label, name in _VARIABLES.items()
        ),
        *(Characteristic(place.capitalize(), "location", place) for place in _LOCATIONS),
    ]
    cells: dict[tuple[str, ...], tuple[str, ...]] = {}
    notes = []
    for wanted in SETS:
        found, said = _set_columns(rows, wanted, run.cohort.of(wanted))
        notes += said
        # The test of the location stands in the line of its name.
        *_, p = found["Lobar"]
        found["Location"] = ("", "", p)
        found |= {place.capitalize(): (*found[place.capitalize()][:-1], "") for place in _LOCATIONS}
        found["SAH"] = (ABSENT, ABSENT, "")
        cells = {(label,): (*cells.get((label,), ()), *row) for label, row in found.items()}
    return beside(
        "ning2025-table-1",
        "Ning 2025, Table 1: baseline clinical-radiologic features of the sets",
        run.source,
        [f"{wanted} {what}" for wanted in SETS for what in ("non-rHE", "rHE", "P")],
        cells,
        [_ASSUMED, *notes, *run.notes()],
    )


def _set_columns(
    rows: Sequence[Characteristic], wanted: Split, patients: Sequence[Patient]
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The three columns of one set by row; empty for a set that there is not."""
    if not patients:
        return {row.label: ("", "", "") for row in rows}, [f"The cohort has no {wanted} set."]
    columns = {row.variable: values(patients, row.variable) for row in rows}
    groups = ["rHE" if patient.expansion else "non-rHE" for patient in patients]
    found, missing = characteristics(rows, columns, groups, ("non-rHE", "rHE"))
    counts = f"{wanted}: {groups.count('non-rHE')} non-rHE, {groups.count('rHE')} rHE."
    return found, [counts, *(f"{wanted}: {one}" for one in missing)]


def table_2(run: Run) -> Table:
    """Univariable regressions on the training patients, and one with all variables of p < 0.05 together."""
    patients = run.cohort.of(TRAIN)
    outcome = outcomes(patients)
    columns = {label: _numbers(values(patients, name)) for label, name in _VARIABLES.items()}
    columns["Sex"] = [None if one is None else float(one == "male") for one in values(patients, "sex")]
    places = categories("Location", values(patients, "location"), "lobar")
    screening = screen(columns | places, outcome, {"Location": tuple(places)} if places else None)
    chosen = {
        name: column
        for candidate in screening.candidates
        if candidate.variable in screening.selected
        for name, column in _columns_of(candidate.variable, columns, places).items()
    }
    together = fit_logit(chosen, outcome)
    cells: dict[tuple[str, ...], tuple[str, ...]] = {("Lobar",): ("Reference", "", "Reference", "")}
    cells[("SAH",)] = (ABSENT, "", "", "")
    for candidate in screening.candidates:
        alone_cells, joint = _ratios(candidate.model), _ratios(together)
        for name in candidate.model.predictors:
            label = name.removeprefix("Location: ").capitalize() if name in places else name
            cells[(label,)] = (*alone_cells.get(name, ("not available", "")), *joint.get(name, ("", "")))
        if candidate.model.reason and len(candidate.model.predictors) == 1:
            cells[(candidate.variable,)] = (f"not available: {candidate.model.reason}", "", "", "")
    fitted = f"Multivariable: {together.n} patients with all variables, {together.events} with rHE."
    return beside(
        "ning2025-table-2",
        "Ning 2025, Table 2: univariate and multivariate predictors of revised expansion, training set",
        run.source,
        ("univariate OR (95% CI)", "univariate P", "multivariate OR (95% CI)", "multivariate P"),
        cells,
        [
            f"Multivariable: {together.reason}." if together.reason else fitted,
            *together.remarks,
            "The published upper limit of diabetes, 3054, lacks its point.",
            _ASSUMED,
            *run.notes(),
        ],
    )


def _columns_of(
    variable: str, columns: dict[str, list[float | None]], places: dict[str, object]
) -> dict[str, object]:
    return dict(places) if variable == "Location" else {variable: columns[variable]}


def _ratios(model: LogitModel) -> dict[str, tuple[str, str]]:
    return {term.name: (with_interval(term.odds_ratio, 3), p_text(term.p_value)) for term in model.terms}


def table_3(run: Run) -> Table:
    """Every model on every set at a probability of 0.5; the AUC has the interval that MedCalc printed."""
    cells: dict[tuple[str, ...], tuple[str, ...]] = {}
    notes = []
    for label, name in MODELS.items():
        model = run.models.get(name)
        if model is not None and model.unavailable:
            notes.append(f"{label}: not available: {model.unavailable}.")
        for wanted in SETS:
            patients = run.cohort.of(wanted)
            if not patients:
                cells[(label, wanted)] = (f"no {wanted} set",) + ("",) * 6
            elif model is None or model.unavailable:
                cells[(label, wanted)] = (NOT_TRAINED if model is None else "not available",) * 7
            else:
                cells[(label, wanted)] = _row(run, label, patients)
    return beside(
        "ning2025-table-3",
        "Ning 2025, Table 3: performance of all models",
        run.source,
        ("AUC (95% CI)", "accuracy", "sensitivity", "specificity", "PPV", "NPV", "F1"),
        cells,
        ["AUC intervals are exact binomial on AUC x n, as printed in the paper.", *notes, *run.notes()],
        keys=2,
    )


def _row(run: Run, label: str, patients: Sequence[Patient]) -> tuple[str, ...]:
    found = performance(run.models[MODELS[label]], patients, interval=AucInterval.BINOMIAL)
    at = found.accuracy
    shares = () if at is None else (at.accuracy, at.sensitivity, at.specificity, at.ppv, at.npv, at.f1)
    return (with_interval(found.auc, 3), *(alone(share) for share in shares))


def _numbers(column: Sequence[Known]) -> list[float | None]:
    return [None if one is None or isinstance(one, str) else float(one) for one in column]

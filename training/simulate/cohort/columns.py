"""The columns of ``cohort.csv``: meaning, unit, distribution, its source, and how often a value is missing.

Values are missing completely at random, at the rates under Table 1 of Lee 2024 (for antiplatelet drugs the
sum of the parts, 532 of 569: the printed 473 contradicts them); where no paper gives a rate, none is missing.
"""

from dataclasses import dataclass

from .patient import LOCATIONS, MARKERS

_LEE, _NING, _ZHONG = "Lee 2024, Table 1", "Ning 2025, Table 1, training set (n = 389)", "Zhong 2021, Table 1"
_ASSUMED = "assumed; none of the papers gives it"
# Markers: share of all, and what is assumed of how they hang together.
_MARKER_SHARE = {
    "hypodensity": "42.4 %, more in larger bleeds",
    "black_hole": "17.0 %, only with hypodensity",
    "swirl": "23.7 %, more with hypodensity",
    "blend": "12.3 %",
    "fluid_level": "1.3 %",
    "irregular_shape": "33.2 %, more in larger bleeds",
    "heterogeneous_density": "13.4 %, only with hypodensity",
    "satellite": "30.1 %, more with irregular shape",
    "island": "11.1 %, only with irregular shape",
}


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: header; the field's name in the clinical record where it is one.
        kind: ``number``, ``yes/no`` (written 1 and 0), ``text`` or a list of the allowed words.
        unit: empty for none.
        meaning: in words.
        distribution: of the complete values.
        source: of the distribution.
        missing: share of the patients in whom it is left empty, 0-1.
    """

    name: str
    kind: str
    unit: str
    meaning: str
    distribution: str
    source: str
    missing: float = 0.0


PATIENT = Column("patient", "text", "", "number of the patient; names nobody", "", "")

CLINICAL = (
    Column("age_years", "number", "years", "age", "normal 59.3 (13.6), 18-97", _NING),
    Column("sex", "female or male", "", "sex", "male 74.6 %", _NING),
    Column(
        "gcs_total",
        "number",
        "",
        "Glasgow Coma Scale",
        "13-15 69.1 %, 9-12 17.7 %, 3-8 13.1 %; lower with volume and IVH",
        _LEE,
        1 - 525 / 569,
    ),
    Column("nihss", "number", "", "NIH Stroke Scale", "median 9 (IQR 6-14); with the GCS", _ZHONG),
    Column(
        "sbp_mmhg", "number", "mmHg", "systolic pressure", "normal 167 (26.7), 90-260", _NING, 1 - 525 / 569
    ),
    Column(
        "dbp_mmhg",
        "number",
        "mmHg",
        "diastolic pressure",
        "normal 97 (18.5); r 0.6 with systolic",
        _NING,
        1 - 524 / 569,
    ),
    Column(
        "onset_to_ct_h",
        "number",
        "h",
        "hours from onset to CT",
        "log-normal, median 4.4 (IQR 2.5-7.3), 0.2-24",
        _NING,
        1 - 537 / 569,
    ),
    Column(
        "ct_to_followup_h",
        "number",
        "h",
        "hours from CT to follow-up",
        "uniform 20-24",
        "Zhong 2021, methods",
    ),
    Column("hypertension", "yes/no", "", "history of hypertension", "87.7 %", _NING),
    Column("diabetes", "yes/no", "", "history of diabetes", "15.9 %", _NING),
    Column("smoking", "yes/no", "", "smoker", "45.0 %; men 56 %, women 13 % (the split is assumed)", _NING),
    Column(
        "alcohol",
        "yes/no",
        "",
        "alcohol consumption",
        "39.3 %; men 50 %, women 8 % (the split is assumed)",
        _NING,
    ),
    Column("previous_ich", "yes/no", "", "previous ICH", "5 %", _ASSUMED),
    Column(
        "cognitive_impairment",
        "yes/no",
        "",
        "cognitive impairment before",
        "logistic in age: 5 % at 60, 34 % at 80",
        _ASSUMED,
    ),
    Column(
        "antiplatelet",
        "yes/no",
        "",
        "antiplatelet drug",
        "7.5 %",
        "Zhong 2021, Table 1, both sets",
        1 - 532 / 569,
    ),
    Column(
        "warfarin", "yes/no", "", "warfarin", "two thirds (assumed) of the 4.9 % with an anticoagulant", _NING
    ),
    Column("doac", "yes/no", "", "direct oral anticoagulant", "one third (assumed) of the 4.9 %", _NING),
    Column(
        "inr",
        "number",
        "",
        "INR",
        "median 1.01 (IQR 0.10); assumed 2.4 with warfarin, 1.15 with a DOAC",
        _NING,
        1 - 536 / 569,
    ),
    Column("aptt_s", "number", "s", "aPTT", "log-normal 31 (6)", _LEE, 1 - 522 / 569),
    Column("fibrinogen_mg_dl", "number", "mg/dL", "fibrinogen", "log-normal 325 (112)", _LEE, 1 - 534 / 569),
    Column("platelets_e9_l", "number", "10^9/L", "platelets", "log-normal 207 (83)", _LEE, 1 - 532 / 569),
    Column("glucose_mg_dl", "number", "mg/dL", "glucose", "log-normal, median 125 (IQR 103-151)", _ASSUMED),
    Column(
        "spot_sign",
        "present, absent or unavailable",
        "",
        "CTA spot sign",
        "always unavailable: no CTA is simulated",
        _ASSUMED,
    ),
    Column(
        "surgery_before_followup",
        "yes/no",
        "",
        "surgery or drain before follow-up",
        "never: the papers exclude it",
        "all four papers",
    ),
)
"""Fields of the clinical record."""

IMAGE = (
    Column(
        "ich_ml", "number", "mL", "parenchymal blood at baseline", "log-normal, median 14.4, 0.3-120", _NING
    ),
    Column(
        "ivh", "yes/no", "", "intraventricular blood at baseline", "26.5 %; more with volume and deep", _NING
    ),
    Column("ivh_ml", "number", "mL", "its volume", "with IVH log-normal, median 6, 0.2-40; else 0", _NING),
    Column(
        "location",
        " or ".join(LOCATIONS),
        "",
        "location",
        "lobar 11.6 %, deep 69.2 %, infratentorial 19.3 %",
        _NING,
    ),
    *(Column(name, "yes/no", "", name.replace("_", " "), _MARKER_SHARE[name], _NING) for name in MARKERS),
)
"""What the baseline CT shows."""

OUTCOME = (
    Column(
        "followup_ich_ml",
        "number",
        "mL",
        "parenchymal blood at follow-up",
        "meets or misses the definition as drawn",
        _ASSUMED,
    ),
    Column("followup_ivh_ml", "number", "mL", "intraventricular blood at follow-up", "likewise", _ASSUMED),
    Column(
        "expansion",
        "yes/no",
        "",
        "growth of at least 6 mL or 33 %, IVH growth of at least 1 mL, or new IVH",
        "drawn with the latent risk",
        "Ning 2025, Table 2",
    ),
)
"""What the follow-up CT shows."""

LATENT = (
    Column(
        "risk", "number", "", "true probability of expansion", "see the latent risk", "Ning 2025, Table 2"
    ),
)
"""What nobody could know; written only when asked for."""

SCAN_FILES = tuple(
    Column(name, "text", "", meaning, file, "the simulator")
    for name, meaning, file in (
        ("baseline", "baseline CT, beside this file", "baseline.nii.gz"),
        ("baseline_mask", "its true labels", "baseline-labels.nii.gz"),
        ("followup", "follow-up CT", "followup-1.nii.gz"),
        ("followup_mask", "its true labels", "followup-1-labels.nii.gz"),
    )
)
"""Paths of the scans; written where there are scans."""

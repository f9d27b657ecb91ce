"""What the fusion looks at: the patient's record, what the CT shows, and the score of an image model."""

from collections.abc import Sequence
from math import log, log1p
from typing import TYPE_CHECKING

import numpy as np

from ...markers.marker import Marker
from ..column import Column, radiomics, value
from ..patient import Patient

if TYPE_CHECKING:
    from numpy.typing import NDArray

IMAGE_SCORE = "image_score"
"""Log odds of an image model's probability, among the values of a patient."""
MOST_RADIOMICS = 5
TOO_ALIKE = 0.9
"""Rank correlation from which a radiomics feature says the same as one that was chosen before it."""


def _category(name: str, category: str) -> Column:
    def of(patient: Patient) -> float | None:
        found = patient.values.get(name)
        return None if found is None else float(found == category)

    return Column(f"{name}_{category}", f"{name}: {category}", (name,), of)


def _log_ml(name: str, label: str) -> Column:
    """Volumes are skewed; with the logarithm beside the volume the penalty chooses the form."""

    def of(patient: Patient) -> float | None:
        ml = patient.number(name)
        return None if ml is None else log1p(ml)

    return Column(f"log_{name}", label, (name,), of)


CLINICAL = (
    value("age_years", "Age, years"),
    _category("sex", "male"),
    value("gcs", "Glasgow Coma Scale"),
    value("nihss", "NIH Stroke Scale"),
    value("sbp_mmhg", "Systolic pressure, mmHg"),
    value("dbp_mmhg", "Diastolic pressure, mmHg"),
    value("onset_to_ct_h", "Onset to CT, h"),
    value("hypertension", "Hypertension"),
    value("diabetes", "Diabetes"),
    value("smoking", "Smoking"),
    value("alcohol", "Alcohol"),
    value("antiplatelet", "Antiplatelet drug"),
    value("anticoagulant", "Anticoagulant"),
    value("inr", "INR"),
    value("aptt_s", "aPTT, s"),
    value("fibrinogen_mg_dl", "Fibrinogen, mg/dL"),
    value("platelets_e9_l", "Platelets, 10^9/L"),
    value("glucose_mg_dl", "Glucose, mg/dL"),
)
BLOOD = (
    value("ich_ml", "Parenchymal blood, mL"),
    _log_ml("ich_ml", "Parenchymal blood, log mL"),
    value("ivh", "Intraventricular blood"),
    _log_ml("ivh_ml", "Intraventricular blood, log mL"),
    _category("location", "deep"),
    _category("location", "infratentorial"),
)
MARKERS = tuple(value(marker.value, marker.value.replace("_", " ")) for marker in Marker)
SCORE = value(IMAGE_SCORE, "Image model, log odds")
KNOWN = (*CLINICAL, *BLOOD, *MARKERS, SCORE)


def log_odds(probability: float) -> float:
    """Of a probability, kept within 0.0001 and 0.9999, so that no model is certain."""
    kept = min(max(probability, 1e-4), 1 - 1e-4)
    return log(kept / (1 - kept))


def numbers(columns: Sequence[Column], patients: Sequence[Patient]) -> "NDArray[np.float64]":
    """``[patients, columns]``, NaN where not known."""
    cells = [[column.of(patient) for column in columns] for patient in patients]
    return np.array(
        [[np.nan if cell is None else cell for cell in row] for row in cells], dtype=np.float64
    ).reshape(len(patients), len(columns))


def informative(columns: Sequence[Column], patients: Sequence[Patient]) -> list[Column]:
    """The columns that are known in at least half of the patients and not the same in all of those."""
    kept = []
    for column, cells in zip(columns, numbers(columns, patients).T, strict=True):
        known = cells[~np.isnan(cells)]
        if 2 * len(known) >= len(cells) > 0 and np.ptp(known) > 0:
            kept.append(column)
    return kept


def chosen_radiomics(patients: Sequence[Patient]) -> list[Column]:
    """A few radiomics features of training patients: the best ones, one by one, that are not alike.

    Args:
        patients: training patients with a known outcome.
    """
    from scipy.stats import rankdata

    from ...statistics.roc import mann_whitney_auc

    known = [one for one in patients if one.radiomics]
    outcome = np.array([one.expansion is True for one in known], dtype=bool)
    if 2 * len(known) < len(patients) or not 0 < outcome.sum() < len(outcome):
        return []
    names = sorted(set.intersection(*(set(one.radiomics) for one in known)))
    values = np.array([[one.radiomics[name] for name in names] for one in known], dtype=np.float64)
    ranks = rankdata(values, axis=0)
    apart = np.abs(mann_whitney_auc(values[outcome].T, values[~outcome].T) - 0.5)
    chosen: list[int] = []
    for index in np.argsort(-apart, kind="stable"):
        if len(chosen) == MOST_RADIOMICS:
            break
        if np.ptp(ranks[:, index]) > 0 and not any(
            abs(np.corrcoef(ranks[:, index], ranks[:, before])[0, 1]) >= TOO_ALIKE for before in chosen
        ):
            chosen.append(int(index))
    return [radiomics(names[index]) for index in chosen]

"""Clinical-to-HE of Lee 2024: age, GCS group and fibrinogen."""

from typing import ClassVar

from ..column import Column, value
from ..locking import ThresholdRule
from ..logistic import Logistic
from ..outcome import LEE2024, Outcome
from ..patient import Patient

MODERATE, SEVERE = (9, 12), (3, 8)
"""GCS groups of the methods, both ends included; 13 to 15 is mild, the reference."""


def gcs_group(patient: Patient) -> str | None:
    """mild, moderate or severe; None when the GCS is not known."""
    gcs = patient.number("gcs")
    if gcs is None:
        return None
    return "severe" if gcs <= SEVERE[1] else "moderate" if gcs <= MODERATE[1] else "mild"


def _in_group(group: str) -> Column:
    def of(patient: Patient) -> float | None:
        found = gcs_group(patient)
        return None if found is None else float(found == group)

    return Column(f"gcs_{group}", f"GCS group: {group}", ("gcs",), of)


CLINICAL = (
    value("age_years", "Age, years"),
    _in_group("moderate"),
    _in_group("severe"),
    value("fibrinogen_mg_dl", "Fibrinogen, mg/dL"),
)


class LeeClinical(Logistic):
    """Multivariable logistic regression on the variables that the paper's forward selection kept (Table 2).

    Clinical-to-HE leaves the haematoma volume out. The selection of the paper (univariable screening, then
    forward) is repeated on a cohort by ``training.reproduce`` and shown beside this model; the variables are
    those of the paper whatever it finds. Patients with a missing variable are left out, as there. "Optimal
    thresholds" (Table 3) are here the largest Youden index of the training patients, not of the test set.
    """

    name: ClassVar[str] = "lee2024-clinical"
    outcome: ClassVar[Outcome] = LEE2024
    columns: ClassVar[tuple[Column, ...]] = CLINICAL
    threshold_rule: ClassVar[ThresholdRule] = ThresholdRule.YOUDEN

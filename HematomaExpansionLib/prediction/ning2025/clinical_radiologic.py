"""The clinical-radiologic model of Ning 2025: its four independent predictors."""

from typing import ClassVar

from ..column import Column, value
from ..locking import ThresholdRule
from ..logistic import Logistic
from ..outcome import NING2025, Outcome

CLINICAL_RADIOLOGIC = (
    value("onset_to_ct_h", "Onset to baseline CT, h"),
    value("ich_ml", "ICH volume, mL"),
    value("ivh", "IVH"),
    value("hypodensity", "Hypodensity"),
)
"""Table 2, multivariate p < 0.05."""


class NingClinicalRadiologic(Logistic):
    """Logistic regression on the four variables that Table 2 found; read at a probability of 0.5."""

    name: ClassVar[str] = "ning2025-clinical-radiologic"
    outcome: ClassVar[Outcome] = NING2025
    columns: ClassVar[tuple[Column, ...]] = CLINICAL_RADIOLOGIC
    threshold_rule: ClassVar[ThresholdRule] = ThresholdRule.HALF

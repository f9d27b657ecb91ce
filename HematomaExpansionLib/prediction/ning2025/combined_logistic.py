"""The combined-logistic model of Ning 2025."""

from collections.abc import Sequence
from typing import ClassVar, Self

from ..column import Column
from ..design import Missing
from ..locking import ThresholdRule
from ..logistic import Logistic
from ..outcome import NING2025, Outcome
from ..patient import Patient
from .clinical_radiologic import CLINICAL_RADIOLOGIC
from .features import combined_columns


class NingCombinedLogistic(Logistic):
    """Logistic regression on four clinical-radiologic predictors and LASSO-chosen radiomics features.

    Sensitivity and specificity are read at a probability of 0.5.
    """

    name: ClassVar[str] = "ning2025-combined-logistic"
    outcome: ClassVar[Outcome] = NING2025
    columns: ClassVar[tuple[Column, ...]] = CLINICAL_RADIOLOGIC
    threshold_rule: ClassVar[ThresholdRule] = ThresholdRule.HALF

    @classmethod
    def fit(cls, patients: Sequence[Patient], seed: int, missing: Missing = "complete-case") -> Self:
        """Choose features, then fit; see :func:`.features.combined_columns`."""
        return cls.fit_columns(combined_columns(patients, seed), patients, missing)

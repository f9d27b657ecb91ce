"""The combined-SVM model of Ning 2025."""

from collections.abc import Sequence
from typing import ClassVar, Self

from ..column import Column
from ..design import Missing
from ..outcome import NING2025, Outcome
from ..patient import Patient
from ..vector_predictor import VectorPredictor
from .clinical_radiologic import CLINICAL_RADIOLOGIC
from .features import combined_columns


class NingCombinedSvm(VectorPredictor):
    """Support vector machine on the same inputs as the combined-logistic model.

    The paper names neither kernel nor cost: scikit-learn's own are taken (radial, C = 1). Sensitivity and
    specificity are read at a probability of 0.5.
    """

    name: ClassVar[str] = "ning2025-combined-svm"
    outcome: ClassVar[Outcome] = NING2025
    columns: ClassVar[tuple[Column, ...]] = CLINICAL_RADIOLOGIC

    @classmethod
    def fit(cls, patients: Sequence[Patient], seed: int, missing: Missing = "complete-case") -> Self:
        """Choose features, then fit; see :func:`.features.combined_columns`."""
        return cls.fit_columns(combined_columns(patients, seed), patients, seed, missing)

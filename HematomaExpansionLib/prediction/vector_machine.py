"""A support vector machine with a radial kernel and Platt's probability, as plain numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputRefused

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.svm import SVC

FOLDS = 5
"""Of the cross-validation that Platt's probability is fitted on."""
_PREFIX = "svm_"


@dataclass(frozen=True)
class VectorMachine:
    """Decision sum(dual exp(-gamma |x - vector|^2)) + intercept; probability 1 / (1 + exp(a decision + b)).

    Attributes:
        vectors: support vectors ``[v, p]``.
        dual: their coefficients ``[v]``.
        intercept: of the decision.
        gamma: of the kernel.
        platt: a and b ``[2]`` (Platt 1999), fitted on decisions of held-out training folds.
    """

    vectors: "NDArray[np.float64]"
    dual: "NDArray[np.float64]"
    intercept: float
    gamma: float
    platt: "NDArray[np.float64]"

    def decision(self, rows: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Signed distance ``[n]`` of rows ``[n, p]``; above 0 on the side of expansion."""
        apart = ((rows[:, None, :] - self.vectors[None]) ** 2).sum(axis=2)
        return np.asarray(np.exp(-self.gamma * apart) @ self.dual + self.intercept, dtype=np.float64)

    def probability(self, rows: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Probability of expansion ``[n]`` of rows ``[n, p]``."""
        from scipy.special import expit

        slope, offset = self.platt
        return np.asarray(expit(-(slope * self.decision(rows) + offset)), dtype=np.float64)

    def slopes(self, row: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Gradient ``[p]``, at a row ``[p]``, of the log odds of expansion, which are -(a decision + b)."""
        apart = row - self.vectors
        decision = -2 * self.gamma * (self.dual * np.exp(-self.gamma * (apart**2).sum(axis=1))) @ apart
        return np.asarray(-self.platt[0] * decision, dtype=np.float64)

    def arrays(self) -> "dict[str, NDArray[np.float64]]":
        """For a state."""
        return {
            f"{_PREFIX}vectors": self.vectors,
            f"{_PREFIX}dual": self.dual,
            f"{_PREFIX}intercept": np.array([self.intercept]),
            f"{_PREFIX}gamma": np.array([self.gamma]),
            f"{_PREFIX}platt": self.platt,
        }

    @classmethod
    def from_arrays(cls, arrays: "Mapping[str, NDArray[Any]]", columns: int) -> "VectorMachine":
        """Make it again.

        Raises:
            KeyError: an array is absent.
            ValueError: the arrays do not fit together.
        """
        vectors, dual = arrays[f"{_PREFIX}vectors"], arrays[f"{_PREFIX}dual"]
        if vectors.shape != (len(dual), columns):
            raise ValueError(f"support vectors of shape {vectors.shape} for {columns} columns")
        intercept, gamma = float(arrays[f"{_PREFIX}intercept"][0]), float(arrays[f"{_PREFIX}gamma"][0])
        return cls(vectors, dual, intercept, gamma, arrays[f"{_PREFIX}platt"])


def machine_of(cost: float) -> "SVC":
    """The unfitted machine, for a selection of features."""
    from sklearn.svm import SVC

    return SVC(C=cost, class_weight="balanced")


def fit_vector_machine(
    rows: "NDArray[np.float64]", outcome: "NDArray[np.bool_]", seed: int, cost: float = 1.0
) -> VectorMachine:
    """Fit by scikit-learn (libsvm), kernel width 1 / (p var(rows)).

    Classes are weighted by their rarity, which no paper names. Without, a machine that puts every patient on
    one side (Lu 2024: recall 0) ranks held-out patients backwards, and Platt's sigmoid falls; with it, the
    sigmoid brings the probabilities back to the share that expanded.

    Args:
        rows: z-scores ``[n, p]``.
        outcome: ``[n]``, at least :data:`FOLDS` of each.
        seed: of the folds for Platt's probability.
        cost: C; scikit-learn's default of 1 where the paper names none.

    Raises:
        InputRefused: held-out patients are ranked backwards all the same: nothing was learnt.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import StratifiedKFold

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    calibrated = CalibratedClassifierCV(machine_of(cost), method="sigmoid", cv=folds, ensemble=False)
    fitted = calibrated.fit(rows, outcome)
    both = fitted.calibrated_classifiers_[0]
    machine, sigmoid = both.estimator, both.calibrators[0]
    if sigmoid.a_ >= 0:
        raise InputRefused(
            f"the vector machine ranks held-out training patients no better than chance ({len(rows)} of them)"
        )
    spread = float(rows.var())
    return VectorMachine(
        vectors=np.asarray(machine.support_vectors_, dtype=np.float64),
        dual=np.asarray(machine.dual_coef_[0], dtype=np.float64),
        intercept=float(machine.intercept_[0]),
        gamma=1 / (rows.shape[1] * spread),
        platt=np.array([sigmoid.a_, sigmoid.b_], dtype=np.float64),
    )

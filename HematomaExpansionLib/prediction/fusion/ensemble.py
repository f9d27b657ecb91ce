"""Many regressions that each saw other patients: their mean is the estimate, their spread the doubt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEMBERS = 100
PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Inverse strengths of the ridge penalty to choose from (scikit-learn's C)."""
_FOLDS = 5


@dataclass(frozen=True)
class Ensemble:
    """Ridge logistic regressions, each fitted to a bootstrap sample of the training patients.

    A value that is not known is never replaced by one number: each member puts another training patient's
    value in its place, in training and in use, so that what is not known widens the spread.

    Attributes:
        mean: of each input in the training patients ``[p]``.
        sd: likewise.
        stand_ins: what each member puts in the place of an unknown input ``[members, p]``.
        coefficients: of z-scores, the intercept first ``[members, 1 + p]``.
    """

    mean: "NDArray[np.float64]"
    sd: "NDArray[np.float64]"
    stand_ins: "NDArray[np.float64]"
    coefficients: "NDArray[np.float64]"

    def log_odds(self, rows: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Of each row by each member ``[n, members]``.

        Args:
            rows: ``[n, p]``, NaN where not known.
        """
        filled = np.where(np.isnan(rows)[:, None, :], self.stand_ins[None], rows[:, None, :])
        scores = (filled - self.mean) / self.sd
        return np.asarray(np.einsum("nmp,mp->nm", scores, self.coefficients[:, 1:]) + self.coefficients[:, 0])

    def contributions(self, row: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """What each input adds to the mean log odds ``[p]``; NaN where it is not known."""
        added: NDArray[np.float64] = (row - self.mean) / self.sd * self.coefficients[:, 1:].mean(axis=0)
        return added

    def arrays(self) -> "dict[str, NDArray[np.float64]]":
        """For a state."""
        return {
            "mean": self.mean,
            "sd": self.sd,
            "stand_ins": self.stand_ins,
            "coefficients": self.coefficients,
        }

    @classmethod
    def from_arrays(cls, arrays: "Mapping[str, NDArray[Any]]", inputs: int) -> "Ensemble":
        """Make it again.

        Raises:
            KeyError: an array is absent.
            ValueError: the arrays do not fit together.
        """
        made = cls(arrays["mean"], arrays["sd"], arrays["stand_ins"], arrays["coefficients"])
        members = len(made.coefficients)
        shapes = (made.mean.shape, made.sd.shape, made.stand_ins.shape, made.coefficients.shape)
        if shapes != ((inputs,), (inputs,), (members, inputs), (members, 1 + inputs)):
            raise ValueError(f"arrays of shapes {shapes} for {inputs} inputs")
        return made


def fit_ensemble(
    rows: "NDArray[np.float64]",
    outcome: "NDArray[np.bool_]",
    rng: np.random.Generator,
    members: int = MEMBERS,
) -> Ensemble:
    """Fit the members; the strength of the penalty is chosen once, by cross-validated log loss.

    Args:
        rows: training patients ``[n, p]``, NaN where not known; each column has a known value.
        outcome: ``[n]``, both kinds.
        rng: of samples and stand-ins.
        members: how many.
    """
    from sklearn.linear_model import LogisticRegression

    mean, sd = np.nanmean(rows, axis=0), np.nanstd(rows, axis=0)
    penalty = _penalty(_scored(_with_draws(rows, rng), mean, sd), outcome, rng)
    fitted = np.empty((members, 1 + rows.shape[1]))
    stand_ins = np.empty((members, rows.shape[1]))
    for member in range(members):
        sample = _resample(outcome, rng)
        filled = _with_draws(rows[sample], rng)
        regression = LogisticRegression(C=penalty, max_iter=1000).fit(
            _scored(filled, mean, sd), outcome[sample]
        )
        fitted[member] = [regression.intercept_[0], *regression.coef_[0]]
        stand_ins[member] = _draws(rows, rng)
    return Ensemble(mean, sd, stand_ins, fitted)


def _scored(
    filled: "NDArray[np.float64]", mean: "NDArray[np.float64]", sd: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    return (filled - mean) / sd


def _penalty(scores: "NDArray[np.float64]", outcome: "NDArray[np.bool_]", rng: np.random.Generator) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    count = min(_FOLDS, int(outcome.sum()), int((~outcome).sum()))
    if count < 2:
        return PENALTIES[0]
    folds = StratifiedKFold(count, shuffle=True, random_state=int(rng.integers(2**31)))
    losses = [
        cross_val_score(
            LogisticRegression(C=penalty, max_iter=1000), scores, outcome, scoring="neg_log_loss", cv=folds
        ).mean()
        for penalty in PENALTIES
    ]
    return PENALTIES[int(np.argmax(losses))]


def _resample(outcome: "NDArray[np.bool_]", rng: np.random.Generator) -> "NDArray[np.int64]":
    """As many patients of each outcome as there are, drawn with replacement."""
    return np.concatenate(
        [rng.choice(places, len(places)) for places in (np.flatnonzero(outcome), np.flatnonzero(~outcome))]
    )


def _with_draws(rows: "NDArray[np.float64]", rng: np.random.Generator) -> "NDArray[np.float64]":
    """Rows with other patients' values where there are none."""
    filled = rows.copy()
    for cells in filled.T:
        unknown = np.isnan(cells)
        if unknown.any():
            cells[unknown] = rng.choice(cells[~unknown], int(unknown.sum()))
    return filled


def _draws(rows: "NDArray[np.float64]", rng: np.random.Generator) -> "NDArray[np.float64]":
    """A known value of each column, of any patient."""
    return np.array([rng.choice(cells[~np.isnan(cells)]) for cells in rows.T])

"""From log odds to probabilities that come true, fitted on held-out folds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = Literal["platt", "isotonic"]


@dataclass(frozen=True)
class Calibrator:
    """A rising function of the log odds.

    Attributes:
        kind: ``platt``: 1 / (1 + exp(-(slope x + offset))); ``isotonic``: steps, linear between.
        x: slope and offset ``[2]``, or log odds of the steps, rising.
        y: probabilities of the steps; empty for ``platt``.
    """

    kind: Kind
    x: "NDArray[np.float64]"
    y: "NDArray[np.float64]"

    @property
    def is_flat(self) -> bool:
        """Whether it gives everybody the same probability."""
        return bool(self.x[0] == 0 if self.kind == "platt" else np.ptp(self.y) == 0)

    def probability(self, log_odds: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Calibrated probability, any shape."""
        from scipy.special import expit

        if self.kind == "platt":
            return np.asarray(expit(self.x[0] * log_odds + self.x[1]))
        return np.asarray(np.interp(log_odds, self.x, self.y))


def fit_calibrator(
    log_odds: "NDArray[np.float64]", outcome: "NDArray[np.bool_]", kind: Kind = "platt"
) -> Calibrator:
    """Fit to training patients' log odds out of fold.

    Platt's two numbers are the default: isotonic steps need about a thousand patients (Niculescu-Mizil, ICML
    2005). A slope below 0, which would turn the order round, becomes 0: the share of expansion for all.

    Args:
        log_odds: ``[n]``, of models that did not learn from the patient.
        outcome: ``[n]``, both kinds.
        kind: of the function.
    """
    if kind == "isotonic":
        from sklearn.isotonic import IsotonicRegression

        steps = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(log_odds, outcome)
        return Calibrator(kind, np.asarray(steps.X_thresholds_), np.asarray(steps.y_thresholds_))
    from sklearn.linear_model import LogisticRegression

    # A weak penalty: without one, scores that separate the outcomes have no finite slope.
    fitted = LogisticRegression(C=100.0).fit(log_odds[:, None], outcome)
    slope, offset = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    if slope < 0:
        share = float(np.mean(outcome))
        slope, offset = 0.0, float(np.log(share / (1 - share)))
    return Calibrator(kind, np.array([slope, offset]), np.empty(0))

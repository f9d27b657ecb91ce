"""Whether predicted probabilities come true."""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from .interval import LEVEL, Estimate, wald_interval
from .logit import Term, fit_logit
from .proportion import proportion
from .risk_groups import GROUPS, risk_groups
from .samples import Samples, complete_probabilities, logits

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_NAMES = "calibration slope", "calibration intercept", "calibration-in-the-large"


@dataclass(frozen=True)
class Calibration:
    """Recalibration of predicted log odds (Cox, Biometrika 1958;45:562; Stat Med 2004;23:2567).

    Attributes:
        slope: of a logit on the predicted log odds: 1 is right, less is overfitted.
        intercept: of the same logit.
        in_the_large: intercept of a logit whose slope is held at 1: 0 is right, negative says that the risks
            are too high on the whole.
    """

    slope: Estimate
    intercept: Estimate
    in_the_large: Estimate


@dataclass(frozen=True)
class RiskGroup:
    """Patients of like risk.

    Attributes:
        predicted: mean probability.
        observed: share with the outcome, with the interval of Wilson.
    """

    predicted: float
    observed: Estimate


@dataclass(frozen=True)
class CalibrationCurve:
    """Predicted against observed, by groups of rising risk.

    Attributes:
        groups: of them.
        n: patients.
        missing: left out for a missing value.
        reason: why there is none; None where there is one.
    """

    groups: tuple[RiskGroup, ...]
    n: int
    missing: int = 0
    reason: str | None = None


def calibration(outcome: "ArrayLike", probability: "ArrayLike", level: float = LEVEL) -> Calibration:
    """Slope, intercept and calibration-in-the-large, with intervals of Wald.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        probability: predicted, between 0 and 1, None or NaN where missing.
        level: coverage.

    Raises:
        UsageError: see :func:`.samples.complete_probabilities`.
    """
    samples = complete_probabilities(outcome, probability)
    n, missing = samples.n, samples.missing
    log_odds = logits(samples.columns[0])
    reason = samples.one_class or (log_odds if isinstance(log_odds, str) else None)
    if reason or isinstance(log_odds, str):
        return Calibration(*(Estimate.unavailable(name, n, str(reason), missing) for name in _NAMES))
    large = _in_the_large(samples, log_odds, level)
    model = fit_logit({"the predicted risk": log_odds}, samples.outcome, level)
    if model.intercept is None:
        slope, intercept = (Estimate.unavailable(name, n, str(model.reason), missing) for name in _NAMES[:2])
    else:
        slope = _estimate(model.terms[0], _NAMES[0], samples, level)
        intercept = _estimate(model.intercept, _NAMES[1], samples, level)
    return Calibration(slope, intercept, large)


def calibration_curve(
    outcome: "ArrayLike", probability: "ArrayLike", groups: int = GROUPS
) -> CalibrationCurve:
    """Predicted and observed risk in groups split at quantiles of the prediction.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        probability: 0-1, None or NaN where missing.
        groups: at most how many; ties make fewer.

    Raises:
        UsageError: see :func:`.samples.complete_probabilities`.
    """
    samples = complete_probabilities(outcome, probability)
    if samples.n == 0:
        return CalibrationCurve((), 0, samples.missing, samples.one_class)
    (risks,) = samples.columns
    parts = tuple(
        RiskGroup(float(risks[part].mean()), proportion(int(samples.outcome[part].sum()), int(part.sum())))
        for part in risk_groups(risks, groups)
    )
    return CalibrationCurve(parts, samples.n, samples.missing)


def _estimate(term: Term, name: str, samples: Samples, level: float) -> Estimate:
    interval = wald_interval(term.coefficient, term.standard_error, level)
    return Estimate(term.coefficient, interval, name, samples.n, samples.missing)


def _in_the_large(samples: Samples, log_odds: "NDArray[np.float64]", level: float) -> Estimate:
    """The shift of all log odds that makes the predicted number of outcomes the observed one."""
    from scipy.optimize import brentq
    from scipy.special import expit, logit

    observed = float(samples.outcome.mean())
    # Between these shifts every risk goes from below the observed share to above it.
    low, high = logit(observed) - log_odds.max() - 1, logit(observed) - log_odds.min() + 1
    shift = float(brentq(lambda by: float(expit(log_odds + by).mean()) - observed, low, high, xtol=1e-12))
    risks = expit(log_odds + shift)
    interval = wald_interval(shift, 1 / sqrt(float((risks * (1 - risks)).sum())), level)
    return Estimate(shift, interval, _NAMES[2], samples.n, samples.missing)

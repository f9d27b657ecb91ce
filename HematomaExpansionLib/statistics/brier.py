"""The Brier score (Mon Weather Rev 1950;78:1)."""

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

from .interval import LEVEL, Estimate, wald_interval
from .samples import complete_probabilities

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class BrierScore:
    """Mean squared error of predicted probabilities.

    Attributes:
        score: 0 is best.
        null: that of predicting the prevalence for everybody; None without patients.
        scaled: 1 - score / null: 1 is best, 0 as good as the prevalence.
    """

    score: Estimate
    null: float | None
    scaled: Estimate


def brier_score(outcome: "ArrayLike", probability: "ArrayLike", level: float = LEVEL) -> BrierScore:
    """Score with a normal interval from the spread of the patients' squared errors, cut at 0 and 1.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        probability: 0-1, None or NaN where missing.
        level: coverage.

    Raises:
        UsageError: see :func:`.samples.complete_probabilities`.
    """
    samples = complete_probabilities(outcome, probability)
    n, missing = samples.n, samples.missing
    names = "Brier score", "scaled Brier score"
    if n == 0:
        score, scaled = (Estimate.unavailable(name, n, str(samples.one_class), missing) for name in names)
        return BrierScore(score, None, scaled)
    errors = (samples.columns[0] - samples.outcome) ** 2
    share = float(samples.outcome.mean())
    value, null = float(errors.mean()), share * (1 - share)
    if n > 1:
        around = wald_interval(value, float(errors.std(ddof=1)) / sqrt(n), level)
        interval = replace(around, low=max(around.low, 0.0), high=min(around.high, 1.0))
        score = Estimate(value, interval, names[0], n, missing)
    else:
        score = Estimate(value, None, names[0], n, missing, "an interval needs two patients")
    if samples.one_class:
        return BrierScore(score, null, Estimate.unavailable(names[1], n, samples.one_class, missing))
    return BrierScore(score, null, Estimate(1 - value / null, None, names[1], n, missing))

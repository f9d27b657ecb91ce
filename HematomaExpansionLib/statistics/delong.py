"""AUC with the variance of DeLong, and the comparison of two AUCs of the same patients.

DeLong, DeLong and Clarke-Pearson, Biometrics 1988;44:837; computed by mid-ranks (Sun and Xu, IEEE Signal
Process Lett 2014;21:1389).
"""

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from .interval import LEVEL, Estimate, two_sided_p, wald_interval
from .samples import Samples, complete
from .significance import SignificanceTest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

METHOD = "AUC (DeLong)"
_TEST = "DeLong, two AUCs of the same patients"
_ROUNDING = 1e-12
"""A variance below this is 0 up to rounding."""


@dataclass(frozen=True)
class AucComparison:
    """Two AUCs of the same patients.

    Attributes:
        first: AUC of the first score.
        second: AUC of the second.
        difference: first - second.
        covariance: of the two AUCs; None where it cannot be computed.
        test: of no difference; its statistic is Z, positive where the first is larger.
    """

    first: Estimate
    second: Estimate
    difference: Estimate
    covariance: float | None
    test: SignificanceTest


def delong_auc(outcome: "ArrayLike", score: "ArrayLike", level: float = LEVEL) -> Estimate:
    """Area under the ROC curve with the interval of DeLong, cut at 0 and 1.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        score: higher means more likely; ties count half.
        level: coverage.

    Raises:
        UsageError: see :func:`.samples.complete`.
    """
    samples = complete(outcome, score)
    if samples.one_class:
        return Estimate.unavailable(METHOD, samples.n, samples.one_class, samples.missing)
    aucs, covariance = placement_covariance(samples)
    return _estimate(samples, aucs[0], covariance, 0, level)


def compare_aucs(
    outcome: "ArrayLike", first: "ArrayLike", second: "ArrayLike", level: float = LEVEL
) -> AucComparison:
    """Compare two scores on the patients that have both.

    Raises:
        UsageError: see :func:`.samples.complete`.
    """
    samples = complete(outcome, first, second)
    n, missing = samples.n, samples.missing
    if samples.one_class:
        none = Estimate.unavailable(METHOD, n, samples.one_class, missing)
        test = SignificanceTest.unavailable(_TEST, n, samples.one_class)
        return AucComparison(none, none, none, None, test)
    aucs, covariance = placement_covariance(samples)
    one, other = (_estimate(samples, auc, covariance, index, level) for index, auc in enumerate(aucs))
    difference = float(aucs[0] - aucs[1])
    method = "difference of AUCs (DeLong)"
    if covariance is None:
        unequal = Estimate(difference, None, method, n, missing, one.reason)
        test = SignificanceTest.unavailable(_TEST, n, str(one.reason))
        return AucComparison(one, other, unequal, None, test)
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    shared = float(covariance[0, 1])
    if variance < _ROUNDING:
        reason = "the variance of the difference is 0: both scores order the patients alike or without error"
        test = SignificanceTest.unavailable(_TEST, n, reason)
        return AucComparison(one, other, Estimate(difference, None, method, n, missing, reason), shared, test)
    error = sqrt(variance)
    z = difference / error
    return AucComparison(
        one,
        other,
        Estimate(difference, wald_interval(difference, error, level, "DeLong"), method, n, missing),
        shared,
        SignificanceTest(z, two_sided_p(z), _TEST, n),
    )


def placement_covariance(
    samples: Samples,
) -> "tuple[NDArray[np.float64], NDArray[np.float64] | None]":
    """AUCs ``[score]`` and their covariance ``[score, score]``, of samples with both classes.

    The covariance is None where a class has one patient only.
    """
    from scipy.stats import rankdata

    scores = np.stack(samples.columns)
    with_outcome, without = scores[:, samples.outcome], scores[:, ~samples.outcome]
    ranks = rankdata(scores, axis=1)
    m, n = with_outcome.shape[1], without.shape[1]
    placed = (ranks[:, samples.outcome] - rankdata(with_outcome, axis=1)) / n
    placed_without = 1 - (ranks[:, ~samples.outcome] - rankdata(without, axis=1)) / m
    aucs = placed.mean(axis=1)
    if min(m, n) < 2:
        return aucs, None
    covariance = np.atleast_2d(np.cov(placed)) / m + np.atleast_2d(np.cov(placed_without)) / n
    return aucs, covariance


def _estimate(
    samples: Samples,
    auc: float,
    covariance: "NDArray[np.float64] | None",
    index: int,
    level: float,
) -> Estimate:
    value, n, missing = float(auc), samples.n, samples.missing
    if covariance is None:
        reason = "a variance needs two patients with the outcome and two without"
        return Estimate(value, None, METHOD, n, missing, reason)
    variance = float(covariance[index, index])
    if variance < _ROUNDING:
        reason = "the score separates the patients without error, or is the same in all: its variance is 0"
        return Estimate(value, None, METHOD, n, missing, reason)
    around = wald_interval(value, sqrt(variance), level, "DeLong")
    cut = replace(around, low=max(around.low, 0.0), high=min(around.high, 1.0))
    return Estimate(value, cut, METHOD, n, missing)

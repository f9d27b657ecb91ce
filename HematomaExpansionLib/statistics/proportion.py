"""Proportions and their intervals."""

from enum import StrEnum

from ..errors import UsageError
from .interval import LEVEL, Estimate, Interval


class ProportionMethod(StrEnum):
    """How the interval of a proportion is found."""

    WILSON = "Wilson"
    WILSON_CORRECTED = "Wilson with continuity correction"
    CLOPPER_PEARSON = "Clopper-Pearson"


_SCIPY_NAMES = {ProportionMethod.WILSON: "wilson", ProportionMethod.WILSON_CORRECTED: "wilsoncc"}


def proportion(
    count: int,
    of: int,
    method: ProportionMethod = ProportionMethod.WILSON,
    level: float = LEVEL,
    nothing: str = "there is nothing to count (0 of 0)",
) -> Estimate:
    """A proportion with its interval.

    Wilson (JASA 1927;22:209) is the interval of Lee 2024, Table 3; with continuity correction (Newcombe, Stat
    Med 1998;17:857) that of Zhong 2021, Table 2.

    Args:
        count: how many.
        of: of how many.
        method: of the interval.
        level: coverage.
        nothing: what to say when ``of`` is 0.

    Raises:
        UsageError: counts that are negative, or more than there are.
    """
    if not 0 <= count <= of:
        raise UsageError(f"{count} of {of} is not a proportion")
    if of == 0:
        return Estimate.unavailable(method, 0, nothing)
    if method is ProportionMethod.CLOPPER_PEARSON:
        interval = clopper_pearson(count, of, level)
    else:
        from scipy.stats import binomtest

        found = binomtest(count, of).proportion_ci(level, method=_SCIPY_NAMES[method])
        interval = Interval(float(found.low), float(found.high), level, method)
    return Estimate(count / of, interval, method, of)


def clopper_pearson(count: float, of: int, level: float = LEVEL) -> Interval:
    """Exact binomial interval (Biometrika 1934;26:404).

    The count may be a fraction: MedCalc, which Ning 2025 used, gives an AUC the interval of AUC x n patients
    out of n.

    Raises:
        UsageError: a count that is negative or more than there are, or nothing to count.
    """
    from scipy.stats import beta

    if of <= 0 or not 0 <= count <= of:
        raise UsageError(f"{count} of {of} is not a proportion")
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(beta.ppf(tail, count, of - count + 1))
    high = 1.0 if count == of else float(beta.isf(tail, count + 1, of - count))
    return Interval(low, high, level, ProportionMethod.CLOPPER_PEARSON)

"""The odds ratio of a 2 x 2 table."""

from dataclasses import dataclass
from math import exp, log, sqrt

from ..errors import UsageError
from .interval import LEVEL, Estimate, Interval, normal_quantile, two_sided_p
from .significance import SignificanceTest

_METHOD = "odds ratio (Woolf)"


@dataclass(frozen=True)
class OddsRatio:
    """An odds ratio and the Wald test of its logarithm, which are those of a logit with one 0/1 variable."""

    estimate: Estimate
    test: SignificanceTest


def odds_ratio(exposed: tuple[int, int], unexposed: tuple[int, int], level: float = LEVEL) -> OddsRatio:
    """Odds of the outcome among the exposed over those of the unexposed (Woolf, Ann Hum Genet 1955;19:251).

    Args:
        exposed: how many (with, without) the outcome.
        unexposed: the same.
        level: coverage.

    Raises:
        UsageError: a negative count.
    """
    counts = (*exposed, *unexposed)
    if min(counts) < 0:
        raise UsageError(f"{min(counts)} is not a count")
    n = sum(counts)
    if 0 in counts:
        reason = f"a cell of the table is 0: exposed {exposed[0]} / {exposed[1]}, " + (
            f"unexposed {unexposed[0]} / {unexposed[1]} with / without the outcome"
        )
        return OddsRatio(
            Estimate.unavailable(_METHOD, n, reason), SignificanceTest.unavailable("Wald", n, reason)
        )
    logarithm = log(exposed[0] * unexposed[1] / (exposed[1] * unexposed[0]))
    error = sqrt(sum(1 / count for count in counts))
    reach = normal_quantile(level) * error
    interval = Interval(exp(logarithm - reach), exp(logarithm + reach), level, "Woolf")
    z = logarithm / error
    return OddsRatio(
        Estimate(exp(logarithm), interval, _METHOD, n), SignificanceTest(z, two_sided_p(z), "Wald", n)
    )

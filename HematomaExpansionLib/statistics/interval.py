"""An estimate with its confidence interval, or the reason why there is none."""

from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist
from typing import Self

LEVEL = 0.95
"""Coverage of every interval unless another is asked for."""
NOT_AVAILABLE = "not available"


@dataclass(frozen=True)
class Interval:
    """A two-sided confidence interval.

    Attributes:
        low: lower end.
        high: upper end.
        level: coverage, 0-1.
        method: how it was found.
    """

    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True)
class Estimate:
    """A quantity as it was estimated.

    Attributes:
        value: None where it cannot be computed.
        interval: None where it cannot be computed.
        method: what was computed, with its source where methods differ.
        n: how many patients (or whatever is counted) it rests on.
        missing: how many more were left out because a value was missing.
        reason: why the value or the interval is None; None where both are there, and where no interval was
            asked for.
    """

    value: float | None
    interval: Interval | None
    method: str
    n: int
    missing: int = 0
    reason: str | None = None

    @classmethod
    def unavailable(cls, method: str, n: int, reason: str, missing: int = 0) -> Self:
        """An estimate that cannot be made."""
        return cls(None, None, method, n, missing, reason)

    def text(self, digits: int = 3) -> str:
        """For a table: ``0.833 (0.600-0.923)``, or ``not available``."""
        if self.value is None:
            return NOT_AVAILABLE
        if self.interval is None:
            return f"{self.value:.{digits}f}"
        low, high = (f"{end:.{digits}f}" for end in (self.interval.low, self.interval.high))
        between = " to " if low.startswith("-") else "-"
        return f"{self.value:.{digits}f} ({low}{between}{high})"


def normal_quantile(level: float = LEVEL) -> float:
    """How many standard errors reach from the middle to the end of a normal interval: 1.96 for 0.95."""
    return NormalDist().inv_cdf((1 + level) / 2)


def wald_interval(
    value: float, standard_error: float, level: float = LEVEL, method: str = "Wald"
) -> Interval:
    """The normal interval about a value."""
    reach = normal_quantile(level) * standard_error
    return Interval(value - reach, value + reach, level, method)


def two_sided_p(z: float) -> float:
    """Two-sided p-value of a standard normal deviate, exact in the far tail."""
    return erfc(abs(z) / sqrt(2))

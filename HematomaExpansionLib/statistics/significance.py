"""The result of a significance test."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class SignificanceTest:
    """One test, two-sided.

    Attributes:
        statistic: None where the test has none (exact tests) or it cannot be computed.
        p_value: None where it cannot be computed.
        method: name of the test.
        n: how many patients it rests on.
        degrees_of_freedom: None where the statistic has none.
        reason: why there is no p-value; None where there is one.
    """

    statistic: float | None
    p_value: float | None
    method: str
    n: int
    degrees_of_freedom: float | None = None
    reason: str | None = None

    @classmethod
    def unavailable(cls, method: str, n: int, reason: str) -> Self:
        """A test that cannot be made."""
        return cls(None, None, method, n, None, reason)

"""Agreement of two measurements of the same things (Bland and Altman, Lancet 1986;327:307)."""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import UsageError
from .interval import LEVEL, Estimate, Interval
from .samples import column

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SPREAD = 1.96
"""Standard deviations from the mean to a limit, as the authors round it."""


@dataclass(frozen=True)
class BlandAltman:
    """Differences, first - second, against means.

    Attributes:
        bias: mean difference.
        standard_deviation: of the differences (n - 1); None for a single pair.
        lower_limit: lower 95 % limit of agreement.
        upper_limit: upper one.
        means: of each pair, in the order given, those with a missing value left out.
        differences: of each pair.
        n: pairs.
        missing: pairs left out.
    """

    bias: Estimate
    standard_deviation: float | None
    lower_limit: Estimate
    upper_limit: Estimate
    means: tuple[float, ...]
    differences: tuple[float, ...]
    n: int
    missing: int


def bland_altman(first: "ArrayLike", second: "ArrayLike", level: float = LEVEL) -> BlandAltman:
    """Bias and limits of agreement, mean +- 1.96 standard deviations.

    The intervals are of Student's t; the standard error of a limit is s sqrt(1 / n + 1.96^2 / (2 (n - 1)))
    (Bland and Altman, Stat Methods Med Res 1999;8:135).

    Args:
        first: measurements ``[n]``, None or NaN where missing.
        second: of the same things.
        level: coverage of the intervals; the limits are always those of 95 %.

    Raises:
        UsageError: lengths differ, or see :func:`.samples.column`.
    """
    one, other = column(first, "first"), column(second, "second")
    if len(one) != len(other):
        raise UsageError(f"{len(one)} measurements and {len(other)}; one of each for every pair")
    known = ~(np.isnan(one) | np.isnan(other))
    one, other = one[known], other[known]
    n, missing = len(one), int((~known).sum())
    pairs = tuple(map(float, (one + other) / 2)), tuple(map(float, one - other))
    names = "mean difference", "lower limit of agreement", "upper limit of agreement"
    if n == 0:
        bias, low, high = (Estimate.unavailable(name, 0, "there are no pairs", missing) for name in names)
        return BlandAltman(bias, None, low, high, *pairs, n, missing)
    mean = float(mean_difference(one - other))
    if n == 1:
        bias = Estimate(mean, None, names[0], n, missing, "an interval needs two pairs")
        low, high = (
            Estimate.unavailable(name, n, "limits of agreement need two pairs", missing) for name in names[1:]
        )
        return BlandAltman(bias, None, low, high, *pairs, n, missing)
    from scipy.stats import t

    deviation = float(deviation_of_differences(one - other))
    reach = float(t.ppf((1 + level) / 2, n - 1)) * deviation
    of_limit = reach * sqrt(1 / n + SPREAD**2 / (2 * (n - 1)))

    def around(value: float, error: float, name: str) -> Estimate:
        return Estimate(value, Interval(value - error, value + error, level, "Student's t"), name, n, missing)

    return BlandAltman(
        around(mean, reach / sqrt(n), names[0]),
        deviation,
        around(mean - SPREAD * deviation, of_limit, names[1]),
        around(mean + SPREAD * deviation, of_limit, names[2]),
        *pairs,
        n,
        missing,
    )


def mean_difference(differences: "NDArray[np.float64]") -> "NDArray[Any]":
    """Mean over the last axis, ``[..., n]`` to ``[...]``; absent differences are NaN."""
    return np.asarray(np.nanmean(differences, axis=-1))


def deviation_of_differences(differences: "NDArray[np.float64]") -> "NDArray[Any]":
    """Standard deviation (n - 1) over the last axis; NaN where there is only one."""
    count = np.count_nonzero(~np.isnan(differences), axis=-1)
    about = differences - np.nanmean(differences, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.sqrt(np.nansum(about**2, axis=-1) / (count - 1)))


def lower_limit(differences: "NDArray[np.float64]") -> "NDArray[Any]":
    """Lower 95 % limit of agreement over the last axis."""
    return np.asarray(mean_difference(differences) - SPREAD * deviation_of_differences(differences))


def upper_limit(differences: "NDArray[np.float64]") -> "NDArray[Any]":
    """Upper 95 % limit of agreement over the last axis."""
    return np.asarray(mean_difference(differences) + SPREAD * deviation_of_differences(differences))

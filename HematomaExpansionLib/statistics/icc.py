"""Agreement of readers on a measurement: the intraclass correlation coefficients.

Six forms of Shrout and Fleiss (Psychol Bull 1979;86:420), with their intervals as given by McGraw and Wong
(Psychol Methods 1996;1:30).
"""

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from .interval import LEVEL, Estimate, Interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class IccForm(StrEnum):
    """Which coefficient; 1, 2, 3 is the model and 1 or k what one goes by.

    1: each subject has readers of its own. 2: the same readers, a sample of all readers, absolute agreement.
    3: the same readers, and only those, consistency. ``k``: the mean of all readers, else a single reader.
    """

    ONE_SINGLE = "1,1"
    TWO_SINGLE = "2,1"
    THREE_SINGLE = "3,1"
    ONE_MEAN = "1,k"
    TWO_MEAN = "2,k"
    THREE_MEAN = "3,k"


def icc(ratings: "ArrayLike", form: IccForm = IccForm.TWO_SINGLE, level: float = LEVEL) -> Estimate:
    """An intraclass correlation coefficient with its interval.

    Args:
        ratings: measurements ``[subject, reader]``; a subject with a missing one is left out.
        form: which coefficient.
        level: coverage.

    Raises:
        UsageError: not a table of numbers, or infinite ones.
    """
    given = np.asarray(ratings, dtype=np.float64)
    if given.ndim != 2 or np.isinf(given).any():
        raise UsageError("ratings must be finite numbers, [subject, reader]")
    table = given[~np.isnan(given).any(axis=1)]
    n, k = table.shape
    missing = len(given) - n
    method = f"ICC({form})"
    if n < 2 or k < 2:
        reason = f"it needs two subjects with two readers each; there are {n} with {k}"
        return Estimate.unavailable(method, n, reason, missing)
    mean = table.mean()
    subjects = k * ((table.mean(axis=1) - mean) ** 2).sum() / (n - 1)
    readers = n * ((table.mean(axis=0) - mean) ** 2).sum() / (k - 1)
    within = ((table - table.mean(axis=1, keepdims=True)) ** 2).sum() / (n * (k - 1))
    residual = (within * n * (k - 1) - readers * (k - 1)) / ((n - 1) * (k - 1))
    # Rounding of the sums above, relative to the size of the measurements.
    nothing = 1e-12 * max(1.0, float((table**2).max()))
    if subjects < nothing and within < nothing:
        return Estimate.unavailable(method, n, "every measurement is the same", missing)
    residual = max(float(residual), 0.0)
    squares = (float(subjects), float(readers), float(within), residual)
    bottom = _denominator(form, squares, n, k)
    if bottom < nothing:
        reason = "its denominator is not positive: the subjects differ less than chance would have it"
        return Estimate.unavailable(method, n, reason, missing)
    noise = squares[2] if form.startswith("1") else residual
    value = (squares[0] - noise) / bottom
    if noise < nothing and (form.startswith(("1", "3")) or squares[1] < nothing):
        reason = "the readers agree without error, so that there is no interval"
        return Estimate(value, None, method, n, missing, reason)
    ends = _interval(form, squares, n, k, level)
    if ends is None:
        reason = "the subjects differ too little for an interval"
        return Estimate(value, None, method, n, missing, reason)
    return Estimate(value, Interval(*ends, level, "McGraw and Wong 1996"), method, n, missing)


def _denominator(form: IccForm, squares: tuple[float, float, float, float], n: int, k: int) -> float:
    subjects, readers, within, residual = squares
    return {
        IccForm.ONE_SINGLE: subjects + (k - 1) * within,
        IccForm.TWO_SINGLE: subjects + (k - 1) * residual + k * (readers - residual) / n,
        IccForm.THREE_SINGLE: subjects + (k - 1) * residual,
        IccForm.ONE_MEAN: subjects,
        IccForm.TWO_MEAN: subjects + (readers - residual) / n,
        IccForm.THREE_MEAN: subjects,
    }[form]


def _interval(
    form: IccForm, squares: tuple[float, float, float, float], n: int, k: int, level: float
) -> tuple[float, float] | None:
    """Ends of a single reader's coefficient, stepped up by Spearman and Brown for the mean of k.

    None where they are not defined; so is a lower end beyond -1 / (k - 1), where the step has its pole.
    """
    ends = _absolute(squares, n, k, level) if form.startswith("2") else _ratio(form, squares, n, k, level)
    if ends is None or form.endswith("1"):
        return ends
    low, high = ends
    if 1 + (k - 1) * low <= 0:
        return None
    return k * low / (1 + (k - 1) * low), k * high / (1 + (k - 1) * high)


def _ratio(
    form: IccForm, squares: tuple[float, float, float, float], n: int, k: int, level: float
) -> tuple[float, float]:
    from scipy.stats import f

    subjects, _, within, residual = squares
    noise, freedom = (within, n * (k - 1)) if form.startswith("1") else (residual, (n - 1) * (k - 1))
    ratio, quantile = subjects / noise, (1 + level) / 2
    low = ratio / float(f.ppf(quantile, n - 1, freedom))
    high = ratio * float(f.ppf(quantile, freedom, n - 1))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _absolute(
    squares: tuple[float, float, float, float], n: int, k: int, level: float
) -> tuple[float, float] | None:
    """By the approximation of Satterthwaite; None where it has no degree of freedom."""
    from scipy.stats import f

    subjects, readers, _, residual = squares
    value = (subjects - residual) / (subjects + (k - 1) * residual + k * (readers - residual) / n)
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    parts = a * readers, b * residual
    noise = k * readers + (k * n - k - n) * residual
    if abs(sum(parts)) < 1e-12 * (abs(a) + abs(b)) * (readers + residual) or noise + n * subjects <= 0:
        return None
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (k - 1) + parts[1] ** 2 / ((n - 1) * (k - 1)))
    quantile = (1 + level) / 2
    below, above = float(f.ppf(quantile, n - 1, freedom)), float(f.ppf(quantile, freedom, n - 1))
    low = n * (subjects - below * residual) / (below * noise + n * subjects)
    high = n * (above * subjects - residual) / (noise + n * above * subjects)
    return low, high

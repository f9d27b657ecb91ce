"""Estimates with 95 % confidence intervals: bootstrap over patients, and Wilson for proportions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESAMPLES = 2000
SEED = 20240901
SPREAD = 1.96


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % confidence interval; low and high are None where one patient is all there is."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Proportion:
    """How many of how many, with the 95 % interval of Wilson."""

    count: int
    of: int
    low: float
    high: float


Statistic = Callable[["NDArray[np.float64]"], "NDArray[Any]"]
"""From ``[..., scan, column]``, where absent scans are NaN, to ``[...]``."""


def estimate(values: Sequence[Sequence[float]], patients: Sequence[str], statistic: Statistic) -> Estimate:
    """A statistic of scans with the percentile interval of a bootstrap that draws whole patients.

    Args:
        values: one row of columns for each scan.
        patients: whose scan it is.
        statistic: what to compute.
    """
    rows = np.asarray(values, dtype=np.float64)
    names, index = np.unique(patients, return_inverse=True)
    most = int(np.bincount(index).max())
    by_patient = np.full((len(names), most, rows.shape[1]), np.nan)
    for number in range(len(names)):
        own = rows[index == number]
        by_patient[number, : len(own)] = own
    value = float(statistic(rows))
    if len(names) < 2:
        return Estimate(value)
    drawn = np.random.default_rng(SEED).integers(len(names), size=(RESAMPLES, len(names)))
    resampled = by_patient[drawn].reshape(RESAMPLES, -1, rows.shape[1])
    low, high = np.nanpercentile(statistic(resampled), [2.5, 97.5])
    return Estimate(value, float(low), float(high))


def proportion(count: int, of: int) -> Proportion | None:
    """A proportion; None where there is nothing to count."""
    from scipy.stats import binomtest

    if of == 0:
        return None
    interval = binomtest(count, of).proportion_ci(method="wilson")
    return Proportion(count, of, float(interval.low), float(interval.high))


def median(values: "NDArray[np.float64]") -> "NDArray[Any]":
    """Median of the first column."""
    return np.asarray(np.nanmedian(values[..., 0], axis=-1))


def bias(values: "NDArray[np.float64]") -> "NDArray[Any]":
    """Mean of found - true; columns are true and found."""
    return np.asarray(np.nanmean(values[..., 1] - values[..., 0], axis=-1))


def bias_percent(values: "NDArray[np.float64]") -> "NDArray[Any]":
    """How much more than all true blood was found, percent of it; columns are true and found."""
    true, found = np.nansum(values[..., 0], axis=-1), np.nansum(values[..., 1], axis=-1)
    return np.asarray(100 * (found / true - 1))


def lower_limit(values: "NDArray[np.float64]") -> "NDArray[Any]":
    """Lower 95 % limit of agreement (Bland and Altman 1986); columns are true and found."""
    return bias(values) - SPREAD * _deviation(values)


def upper_limit(values: "NDArray[np.float64]") -> "NDArray[Any]":
    """Upper 95 % limit of agreement; columns are true and found."""
    return bias(values) + SPREAD * _deviation(values)


def _deviation(values: "NDArray[np.float64]") -> "NDArray[Any]":
    """Standard deviation of the differences (n - 1), NaN where there is only one."""
    difference = values[..., 1] - values[..., 0]
    count = np.count_nonzero(~np.isnan(difference), axis=-1)
    about = difference - np.nanmean(difference, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.sqrt(np.nansum(about**2, axis=-1) / (count - 1)))

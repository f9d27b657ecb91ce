"""Estimates with 95 % confidence intervals: bootstrap over patients, and Wilson for proportions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics import bland_altman, bootstrap
from HematomaExpansionLib.statistics import proportion as proportions

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 20240901


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


def estimate(
    values: Sequence[Sequence[float]], patients: Sequence[str], statistic: bootstrap.RowStatistic
) -> Estimate:
    """A statistic of scans with the percentile interval of a bootstrap that draws whole patients.

    Args:
        values: one row of columns for each scan.
        patients: whose scan it is.
        statistic: what to compute.

    Raises:
        UsageError: nothing to compute it of.
    """
    found = bootstrap.cluster_bootstrap(values, patients, statistic, np.random.default_rng(SEED))
    if found.value is None:
        raise UsageError(f"an estimate of {len(values)} scans: {found.reason}")
    if found.interval is None:
        return Estimate(found.value)
    return Estimate(found.value, found.interval.low, found.interval.high)


def proportion(count: int, of: int) -> Proportion | None:
    """A proportion; None where there is nothing to count."""
    interval = proportions.proportion(count, of).interval
    return None if interval is None else Proportion(count, of, interval.low, interval.high)


def median(values: "NDArray[np.float64]") -> "NDArray[Any]":
    """Median of the first column."""
    return np.asarray(np.nanmedian(values[..., 0], axis=-1))


def bias(values: "NDArray[np.float64]") -> "NDArray[Any]":
    """Mean of found - true; columns are true and found."""
    return bland_altman.mean_difference(_found_less_true(values))


def bias_percent(values: "NDArray[np.float64]") -> "NDArray[Any]":
    """How much more than all true blood was found, percent of it; columns are true and found."""
    true, found = np.nansum(values[..., 0], axis=-1), np.nansum(values[..., 1], axis=-1)
    return np.asarray(100 * (found / true - 1))


def lower_limit(values: "NDArray[np.float64]") -> "NDArray[Any]":
    """Lower 95 % limit of agreement (Bland and Altman 1986); columns are true and found."""
    return bland_altman.lower_limit(_found_less_true(values))


def upper_limit(values: "NDArray[np.float64]") -> "NDArray[Any]":
    """Upper 95 % limit of agreement; columns are true and found."""
    return bland_altman.upper_limit(_found_less_true(values))


def _found_less_true(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    return values[..., 1] - values[..., 0]

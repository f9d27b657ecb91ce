"""Bootstrap intervals."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .interval import LEVEL, Estimate, Interval
from .samples import Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESAMPLES = 2000

Statistic = Callable[..., Any]
"""Of arrays ``[..., n]`` (one for each sample), with the keyword ``axis``; gives ``[...]``."""
RowStatistic = Callable[["NDArray[np.float64]"], "NDArray[Any]"]
"""From ``[..., row, column]``, where absent rows are NaN, to ``[...]``."""


def bootstrap(
    samples: "Sequence[NDArray[np.float64]]",
    statistic: Statistic,
    rng: np.random.Generator,
    *,
    paired: bool = False,
    method: str = "statistic",
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Estimate:
    """A statistic with its bias-corrected and accelerated interval (Efron, JASA 1987;82:171), by scipy.

    Args:
        samples: one array or several. Unpaired ones are drawn from separately, which for patients with and
            without the outcome keeps their numbers (stratified bootstrap).
        statistic: of one resample, or of many along the leading axes.
        rng: draws the resamples.
        paired: whether rows belong together, and are drawn together.
        method: what the statistic is called.
        resamples: how many.
        level: coverage.
    """
    from scipy.stats import bootstrap as resample

    n = len(samples[0]) if paired else sum(len(values) for values in samples)
    if min(len(values) for values in samples) < 2:
        value = float(statistic(*samples, axis=-1)) if all(len(values) for values in samples) else None
        return Estimate(value, None, method, n, reason="a bootstrap needs two patients of each kind")
    value = float(statistic(*samples, axis=-1))
    with warnings.catch_warnings():
        # A distribution that has no spread is said below.
        warnings.simplefilter("ignore")
        found = resample(
            tuple(samples),
            statistic,
            n_resamples=resamples,
            paired=paired,
            vectorized=True,
            confidence_level=level,
            method="BCa",
            rng=rng,
        ).confidence_interval
    low, high = float(found.low), float(found.high)
    if not low < high:
        reason = "the resamples have no spread, or all lie on one side of the estimate"
        return Estimate(value, None, method, n, reason=reason)
    interval = Interval(low, high, level, f"bootstrap, BCa, {resamples} resamples")
    return Estimate(value, interval, method, n)


def bootstrap_by_outcome(
    samples: Samples, statistic: Statistic, rng: np.random.Generator, *, method: str, level: float = LEVEL
) -> Estimate:
    """A statistic of the first column of patients with and without the outcome, drawn from separately.

    Args:
        samples: complete rows.
        statistic: of the values of those with the outcome and of those without.
        rng: draws the resamples.
        method: what the statistic is called.
        level: coverage.
    """
    if samples.one_class:
        return Estimate.unavailable(method, samples.n, samples.one_class, samples.missing)
    values = samples.columns[0]
    parts = (values[samples.outcome], values[~samples.outcome])
    return replace(bootstrap(parts, statistic, rng, method=method, level=level), missing=samples.missing)


def cluster_bootstrap(
    rows: Sequence[Sequence[float]],
    clusters: Sequence[str],
    statistic: RowStatistic,
    rng: np.random.Generator,
    *,
    method: str = "statistic",
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Estimate:
    """A statistic of rows with the percentile interval of a bootstrap that draws whole clusters.

    Scans of one patient are alike: the patient is drawn, with all of them.

    Args:
        rows: one row of columns for each scan.
        clusters: the patient of each.
        statistic: what to compute.
        rng: draws the resamples.
        method: what the statistic is called.
        resamples: how many.
        level: coverage.

    Returns:
        The estimate; its n counts clusters. Without an interval where there is only one.
    """
    values = np.asarray(rows, dtype=np.float64)
    names, index = np.unique(clusters, return_inverse=True)
    if not len(names):
        return Estimate.unavailable(method, 0, "there are no patients")
    value = float(statistic(values))
    if np.isnan(value):
        return Estimate.unavailable(method, len(names), "it is not defined for so few")
    if len(names) < 2:
        return Estimate(value, None, method, len(names), reason="one patient is all there is")
    most = int(np.bincount(index).max())
    by_cluster = np.full((len(names), most, values.shape[1]), np.nan)
    for number in range(len(names)):
        own = values[index == number]
        by_cluster[number, : len(own)] = own
    drawn = rng.integers(len(names), size=(resamples, len(names)))
    resampled = by_cluster[drawn].reshape(resamples, -1, values.shape[1])
    tail = 50 * (1 - level)
    low, high = np.nanpercentile(statistic(resampled), [tail, 100 - tail])
    interval = Interval(float(low), float(high), level, f"bootstrap over patients, {resamples} resamples")
    return Estimate(value, interval, method, len(names))

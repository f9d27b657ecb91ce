"""The ROC curve and the area under it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import UsageError
from .bootstrap import bootstrap_by_outcome
from .delong import delong_auc
from .interval import LEVEL, Estimate
from .proportion import clopper_pearson
from .samples import complete

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class RocCurve:
    """Sensitivity against 1 - specificity over all thresholds.

    Attributes:
        false_positive_rate: 1 - specificity, rising from 0 to 1.
        sensitivity: at the same points.
        thresholds: a patient is positive from this score on; the first is infinite, above all.
        n: patients.
        n_with_outcome: of them.
        missing: left out for a missing value.
        reason: why there is no curve; None where there is one.
    """

    false_positive_rate: tuple[float, ...]
    sensitivity: tuple[float, ...]
    thresholds: tuple[float, ...]
    n: int
    n_with_outcome: int
    missing: int = 0
    reason: str | None = None


def roc_curve(outcome: "ArrayLike", score: "ArrayLike") -> RocCurve:
    """The empirical curve, by scikit-learn, with every distinct score as a threshold.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        score: higher means more likely.

    Raises:
        UsageError: see :func:`.samples.complete`.
    """
    samples = complete(outcome, score)
    counts = (samples.n, int(samples.outcome.sum()), samples.missing)
    if samples.one_class:
        return RocCurve((), (), (), *counts, samples.one_class)
    from sklearn.metrics import roc_curve as curve

    rates = curve(samples.outcome, samples.columns[0], drop_intermediate=False)
    false_positive_rate, sensitivity, thresholds = (tuple(map(float, values)) for values in rates)
    return RocCurve(false_positive_rate, sensitivity, thresholds, *counts)


class AucInterval(StrEnum):
    """How the interval of an AUC is found."""

    DELONG = "DeLong"
    BOOTSTRAP = "bootstrap, stratified, BCa"
    BINOMIAL = "exact binomial on AUC x n"


def auc(
    outcome: "ArrayLike",
    score: "ArrayLike",
    interval: AucInterval = AucInterval.DELONG,
    rng: np.random.Generator | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Area under the ROC curve; ties count half.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        score: higher means more likely.
        interval: ``BINOMIAL`` is the one MedCalc printed for Ning 2025, Table 3; it takes every patient for a
            trial, and is here to reproduce that table.
        rng: for ``BOOTSTRAP`` only.
        level: coverage.

    Raises:
        UsageError: see :func:`.samples.complete`; a bootstrap without a generator.
    """
    if interval is AucInterval.BOOTSTRAP:
        if rng is None:
            raise UsageError("a bootstrap interval needs a random generator")
        method = f"AUC ({interval})"
        return bootstrap_by_outcome(
            complete(outcome, score), mann_whitney_auc, rng, method=method, level=level
        )
    found = delong_auc(outcome, score, level)
    if interval is AucInterval.DELONG or found.value is None:
        return found
    exact = replace(clopper_pearson(found.value * found.n, found.n, level), method=interval)
    return replace(found, interval=exact, method=f"AUC ({interval})", reason=None)


def mann_whitney_auc(
    with_outcome: "NDArray[np.float64]", without: "NDArray[np.float64]", axis: int = -1
) -> "NDArray[Any]":
    """Share of pairs in which the patient with the outcome has the higher score; for many samples at once.

    Args:
        with_outcome: scores ``[..., m]``.
        without: scores ``[..., n]``.
        axis: the last.
    """
    from scipy.stats import rankdata

    m, n = with_outcome.shape[axis], without.shape[axis]
    leading = np.broadcast_shapes(with_outcome.shape[:-1], without.shape[:-1])
    both = [np.broadcast_to(part, (*leading, part.shape[-1])) for part in (with_outcome, without)]
    ranks = rankdata(np.concatenate(both, axis=-1), axis=-1)[..., :m].sum(axis=-1)
    return np.asarray((ranks - m * (m + 1) / 2) / (m * n))

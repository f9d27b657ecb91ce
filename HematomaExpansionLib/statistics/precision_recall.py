"""The precision-recall curve and the average precision."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .bootstrap import bootstrap_by_outcome
from .interval import LEVEL, Estimate
from .samples import complete

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_METHOD = "average precision"


@dataclass(frozen=True)
class PrecisionRecallCurve:
    """Precision (PPV) against recall (sensitivity) over all thresholds.

    There is no point without a positive patient: precision is not available there, and not 1.

    Attributes:
        recall: rising to 1.
        precision: at the same points.
        thresholds: a patient is positive from this score on.
        prevalence: of the outcome, the precision of chance; None without patients.
        n: patients.
        missing: left out for a missing value.
        reason: why there is no curve; None where there is one.
    """

    recall: tuple[float, ...]
    precision: tuple[float, ...]
    thresholds: tuple[float, ...]
    prevalence: float | None
    n: int
    missing: int = 0
    reason: str | None = None


def precision_recall_curve(outcome: "ArrayLike", score: "ArrayLike") -> PrecisionRecallCurve:
    """The empirical curve, by scikit-learn, with every distinct score as a threshold.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        score: higher means more likely.

    Raises:
        UsageError: see :func:`.samples.complete`.
    """
    samples = complete(outcome, score)
    prevalence = float(samples.outcome.mean()) if samples.n else None
    if samples.one_class:
        return PrecisionRecallCurve((), (), (), prevalence, samples.n, samples.missing, samples.one_class)
    from sklearn.metrics import precision_recall_curve as curve

    precision, recall, thresholds = curve(samples.outcome, samples.columns[0])
    # scikit-learn goes from the lowest threshold up, and ends with a point of its own making.
    rising, precise, cuts = (
        tuple(map(float, values[::-1])) for values in (recall[:-1], precision[:-1], thresholds)
    )
    return PrecisionRecallCurve(rising, precise, cuts, prevalence, samples.n, samples.missing)


def average_precision(
    outcome: "ArrayLike", score: "ArrayLike", rng: np.random.Generator | None = None, level: float = LEVEL
) -> Estimate:
    """Mean of the precision over the steps of recall, as scikit-learn defines it (Lu 2024 used it).

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        score: higher means more likely.
        rng: for the bootstrap interval (BCa, stratified by the outcome); without it there is no interval.
        level: coverage.

    Raises:
        UsageError: see :func:`.samples.complete`.
    """
    samples = complete(outcome, score)
    if rng is not None:
        return bootstrap_by_outcome(samples, _precision, rng, method=_METHOD, level=level)
    if samples.one_class:
        return Estimate.unavailable(_METHOD, samples.n, samples.one_class, samples.missing)
    (scores,) = samples.columns
    value = _precision(scores[samples.outcome], scores[~samples.outcome])
    return Estimate(float(value), None, _METHOD, samples.n, samples.missing)


def _precision(
    with_outcome: "NDArray[np.float64]", without: "NDArray[np.float64]", axis: int = -1
) -> "NDArray[Any]":
    """Average precision of scores ``[..., m]`` and ``[..., n]``, for many samples at once.

    Each patient with the outcome adds the precision at his own score: ties share the last of them.
    """
    from scipy.stats import rankdata

    m = with_outcome.shape[axis]
    leading = np.broadcast_shapes(with_outcome.shape[:-1], without.shape[:-1])
    both = [np.broadcast_to(part, (*leading, part.shape[-1])) for part in (with_outcome, without)]
    positive = rankdata(-np.concatenate(both, axis=-1), method="max", axis=-1)[..., :m]
    true_positive = rankdata(-both[0], method="max", axis=-1)
    return np.asarray((true_positive / positive).mean(axis=-1))

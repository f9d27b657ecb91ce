"""Agreement of readers on categories, beyond chance."""

from collections.abc import Hashable, Sequence
from enum import StrEnum
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from .interval import LEVEL, Estimate, wald_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_NOTHING = 1e-12
"""A variance below this is 0 up to rounding."""
_ALIKE = "both readers give one and the same answer throughout: agreement by chance is complete"


class Weights(StrEnum):
    """How much a disagreement counts, by the distance of the categories in their order."""

    NONE = "unweighted"
    LINEAR = "linear weights"
    QUADRATIC = "quadratic weights"


def cohen_kappa(table: "ArrayLike", weights: Weights = Weights.NONE, level: float = LEVEL) -> Estimate:
    """Kappa of two readers: (observed - expected) / (1 - expected) (Cohen, Educ Psychol Meas 1960;20:37).

    The interval is the normal one with the standard error of Fleiss, Cohen and Everitt (Psychol Bull
    1969;72:323).

    Args:
        table: counts ``[category of the first reader, category of the second]``, both in the same order.
        weights: of disagreements.
        level: coverage.

    Raises:
        UsageError: a table that is not square, or holds what is not a count.
    """
    counts = _counts(table)
    n = int(counts.sum())
    method = f"Cohen's kappa, {weights}"
    if n == 0:
        return Estimate.unavailable(method, 0, "nothing was read by both")
    share = counts / n
    first, second = share.sum(axis=1), share.sum(axis=0)
    credit = _credit(len(counts), weights)
    observed, expected = float((credit * share).sum()), float(first @ credit @ second)
    if 1 - expected < 1e-12:
        return Estimate.unavailable(method, n, _ALIKE)
    kappa = (observed - expected) / (1 - expected)
    # Mean credit that each reader's category would earn against the other's margins.
    chance = (credit @ second)[:, None] + (first @ credit)[None, :]
    spread = float((share * (credit - chance * (1 - kappa)) ** 2).sum())
    variance = (spread - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)
    if variance < _NOTHING:
        reason = f"the variance is 0 in these {n}, so that there is no interval"
        return Estimate(kappa, None, method, n, reason=reason)
    interval = wald_interval(kappa, sqrt(variance), level, "Fleiss, Cohen and Everitt 1969")
    return Estimate(kappa, interval, method, n)


def cross_table(
    first: Sequence[Hashable], second: Sequence[Hashable], categories: Sequence[Hashable]
) -> "NDArray[np.int64]":
    """Count the pairs of answers, ``[of the first, of the second]``; a pair with a None is not counted.

    Raises:
        UsageError: lengths differ, or an answer is not among the categories.
    """
    if len(first) != len(second):
        raise UsageError(f"{len(first)} answers of the first reader, {len(second)} of the second")
    index = {category: number for number, category in enumerate(categories)}
    counts = np.zeros((len(index), len(index)), dtype=np.int64)
    for pair in zip(first, second, strict=True):
        if None in pair:
            continue
        for answer in pair:
            if answer not in index:
                raise UsageError(f"{answer!r} is not one of {', '.join(map(str, categories))}")
        counts[index[pair[0]], index[pair[1]]] += 1
    return counts


def fleiss_kappa(counts: "ArrayLike", level: float = LEVEL) -> Estimate:
    """Kappa of several readers (Fleiss, Psychol Bull 1971;76:378), the same number for each subject.

    The interval takes subjects for a sample of a larger population (Gwet, Educ Psychol Meas 2021;81:781).

    Args:
        counts: how many readers gave each answer, ``[subject, category]``.
        level: coverage.

    Raises:
        UsageError: what is not a count, or subjects with different numbers of readers.
    """
    table = np.asarray(counts, dtype=np.float64)
    method = "Fleiss' kappa"
    if table.size == 0:
        return Estimate.unavailable(method, 0, "there are no subjects")
    if table.ndim != 2 or (table < 0).any() or (table != np.round(table)).any():
        raise UsageError("counts must be whole numbers, [subject, category]")
    n, readers = len(table), float(table[0].sum())
    if (table.sum(axis=1) != readers).any():
        raise UsageError("every subject must have the same number of readers")
    if readers < 2:
        return Estimate.unavailable(method, n, "agreement needs two readers")
    agreed = (table * (table - 1)).sum(axis=1) / (readers * (readers - 1))
    margins = table.mean(axis=0) / readers
    expected = float((margins**2).sum())
    if 1 - expected < 1e-12:
        return Estimate.unavailable(method, n, _ALIKE.replace("both", "all"))
    kappa = float((agreed.mean() - expected) / (1 - expected))
    if n < 2:
        return Estimate(kappa, None, method, n, reason="an interval needs two subjects")
    by_chance = table @ margins / readers
    each = (agreed - expected) / (1 - expected) - 2 * (1 - kappa) * (by_chance - expected) / (1 - expected)
    variance = float(((each - kappa) ** 2).sum() / (n * (n - 1)))
    if variance < _NOTHING:
        reason = f"the variance is 0 in these {n}, so that there is no interval"
        return Estimate(kappa, None, method, n, reason=reason)
    return Estimate(kappa, wald_interval(kappa, sqrt(variance), level, "Gwet 2021"), method, n)


def _counts(table: "ArrayLike") -> "NDArray[np.float64]":
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise UsageError(f"a table of two readers must be square, not of shape {counts.shape}")
    if not np.isfinite(counts).all() or (counts < 0).any() or (counts != np.round(counts)).any():
        raise UsageError("a table of two readers must hold whole counts")
    return counts


def _credit(categories: int, weights: Weights) -> "NDArray[np.float64]":
    if weights is Weights.NONE:
        return np.eye(categories)
    distance = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories))) / max(
        categories - 1, 1
    )
    return np.asarray(1 - distance ** (1 if weights is Weights.LINEAR else 2), dtype=np.float64)

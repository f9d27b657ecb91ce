"""Thresholds of a score, chosen on training data and kept from then on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from .roc import RocCurve, roc_curve
from .samples import column

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Rule(StrEnum):
    """How a threshold is chosen."""

    FIXED = "fixed beforehand"
    YOUDEN = "largest sensitivity + specificity - 1"
    SENSITIVITY = "highest threshold that reaches a sensitivity"


@dataclass(frozen=True)
class Threshold:
    """A threshold, and where it comes from. It cannot be changed: another choice is another threshold.

    Attributes:
        value: a patient is positive from this score on; None where none could be chosen.
        rule: how it was chosen.
        chosen_on: on which data, as the caller names them; for a fixed one its source.
        n: patients it was chosen on; None for a fixed one.
        n_with_outcome: of them.
        missing: patients left out for a missing value.
        target: sensitivity asked for.
        sensitivity: reached on those data; optimistic for any others.
        specificity: the same.
        reason: why there is none; None where there is one.
    """

    value: float | None
    rule: Rule
    chosen_on: str
    n: int | None = None
    n_with_outcome: int | None = None
    missing: int = 0
    target: float | None = None
    sensitivity: float | None = None
    specificity: float | None = None
    reason: str | None = None

    def positive(self, score: "ArrayLike") -> "NDArray[np.float64]":
        """1 where a score reaches the threshold, 0 where not, NaN where it is missing.

        Raises:
            UsageError: no threshold could be chosen, or see :func:`.samples.column`.
        """
        if self.value is None:
            raise UsageError(f"there is no threshold: {self.reason}")
        scores = column(score, "score")
        return np.where(np.isnan(scores), np.nan, scores >= self.value)


def fixed_threshold(value: float, source: str) -> Threshold:
    """A threshold that was set before any data were seen, such as 0.5 in Ning 2025.

    Args:
        value: a patient is positive from this score on.
        source: who set it.
    """
    return Threshold(value, Rule.FIXED, source)


def youden_threshold(outcome: "ArrayLike", score: "ArrayLike", chosen_on: str) -> Threshold:
    """The score with the largest sensitivity + specificity - 1 (Cancer 1950;3:32).

    Of equals the most sensitive.

    Args:
        outcome: 0 or 1 of the training data, None or NaN where unknown.
        score: higher means more likely.
        chosen_on: what those data are.

    Raises:
        UsageError: see :func:`.samples.complete`.
    """
    curve = roc_curve(outcome, score)
    if curve.reason:
        return _none(curve, Rule.YOUDEN, chosen_on)
    # Rounded, so that what is equal by hand is so here.
    index = np.round(np.subtract(curve.sensitivity, curve.false_positive_rate), 12)
    return _at(curve, int(np.flatnonzero(index == index[1:].max())[-1]), Rule.YOUDEN, chosen_on)


def sensitivity_threshold(
    outcome: "ArrayLike", score: "ArrayLike", target: float, chosen_on: str
) -> Threshold:
    """The highest score at which at least a target share of those with the outcome is positive.

    Args:
        outcome: 0 or 1 of the training data, None or NaN where unknown.
        score: higher means more likely.
        target: sensitivity, above 0 and up to 1.
        chosen_on: what those data are.

    Raises:
        UsageError: a target that is none, or see :func:`.samples.complete`.
    """
    if not 0 < target <= 1:
        raise UsageError(f"target sensitivity {target:g}: must be above 0 and at most 1")
    curve = roc_curve(outcome, score)
    if curve.reason:
        return _none(curve, Rule.SENSITIVITY, chosen_on, target)
    reached = np.flatnonzero(np.asarray(curve.sensitivity) >= target - 1e-12)
    return _at(curve, int(reached[0]), Rule.SENSITIVITY, chosen_on, target)


def _at(curve: RocCurve, point: int, rule: Rule, chosen_on: str, target: float | None = None) -> Threshold:
    return Threshold(
        value=curve.thresholds[point],
        rule=rule,
        chosen_on=chosen_on,
        n=curve.n,
        n_with_outcome=curve.n_with_outcome,
        missing=curve.missing,
        target=target,
        sensitivity=curve.sensitivity[point],
        specificity=1 - curve.false_positive_rate[point],
    )


def _none(curve: RocCurve, rule: Rule, chosen_on: str, target: float | None = None) -> Threshold:
    return Threshold(
        None,
        rule,
        chosen_on,
        curve.n,
        curve.n_with_outcome,
        curve.missing,
        target,
        reason=curve.reason,
    )

"""Thresholds chosen on the training patients and locked."""

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputRefused
from .predictor import State, Threshold

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ThresholdRule(StrEnum):
    """How a threshold is chosen."""

    HALF = "a probability of 0.5"
    YOUDEN = "largest sensitivity + specificity - 1 in the training patients"


def lock(rule: ThresholdRule, outcome: "NDArray[np.bool_]", probability: "NDArray[np.float64]") -> Threshold:
    """Choose the threshold of a fitted model.

    Args:
        rule: how.
        outcome: of the training patients ``[n]``.
        probability: that the model gives them ``[n]``.

    Raises:
        InputRefused: none can be chosen, because all have the same outcome.
    """
    if rule is ThresholdRule.HALF:
        return Threshold(0.5, rule.value)
    from ..statistics.threshold import youden_threshold

    chosen = youden_threshold(outcome, probability, "training patients")
    if chosen.value is None:
        raise InputRefused(f"no threshold: {chosen.reason}")
    return Threshold(chosen.value, rule.value)


def threshold_state(threshold: Threshold) -> "dict[str, NDArray[np.float64]]":
    """A threshold as an array of a state; its rule stands in the parameters as ``threshold_rule``."""
    return {"threshold": np.array([threshold.probability])}


def threshold_of(state: State) -> Threshold:
    """The threshold of a state.

    Raises:
        KeyError: there is none.
    """
    return Threshold(float(state.arrays["threshold"][0]), str(state.parameters["threshold_rule"]))

"""Thresholds that are chosen once."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.threshold import (
    Rule,
    fixed_threshold,
    sensitivity_threshold,
    youden_threshold,
)

OUTCOME = [0, 0, 0, 0, 1, 0, 1, 1, None]
SCORE = [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_youden_by_hand():
    """At 5: sensitivity 3/3, specificity 4/5; at 7: 2/3 and 5/5. The first index is .8, the second .667."""
    found = youden_threshold(OUTCOME, SCORE, "training cohort")
    assert (found.value, found.rule, found.chosen_on) == (5, Rule.YOUDEN, "training cohort")
    assert (found.n, found.n_with_outcome, found.missing) == (8, 3, 1)
    assert (found.sensitivity, found.specificity) == (1, pytest.approx(0.8))


def test_of_equal_indices_the_most_sensitive():
    """Indices: 1/2 at 4 (sensitivity 1/2), 0 at 3, 1/2 at 2 (sensitivity 1)."""
    assert youden_threshold([0, 1, 0, 1], [1, 2, 3, 4], "training").value == 2


@pytest.mark.parametrize(("target", "value"), [(0.3, 8), (2 / 3, 7), (0.67, 5), (1, 5)])
def test_target_sensitivity_by_hand(target, value):
    found = sensitivity_threshold(OUTCOME, SCORE, target, "training")
    assert (found.value, found.target) == (value, target)
    assert found.sensitivity >= target - 1e-12


def test_against_all_thresholds_by_brute_force():
    rng = np.random.default_rng(3)
    for _ in range(200):
        outcome = np.array([0, 1, *(rng.random(30) < rng.choice([0.05, 0.5, 0.95]))])
        score = rng.integers(0, rng.choice([3, 100]), 32)
        levels = np.unique(score)
        positive = score >= levels[:, None]
        sensitivity = positive[:, outcome == 1].mean(axis=1)
        index = np.round(sensitivity - positive[:, outcome == 0].mean(axis=1), 9)
        assert youden_threshold(outcome, score, "x").value == levels[index == index.max()].min()
        assert sensitivity_threshold(outcome, score, 0.8, "x").value == levels[sensitivity >= 0.8].max()


def test_a_threshold_is_locked():
    found = fixed_threshold(0.5, "Ning 2025")
    with pytest.raises(FrozenInstanceError):
        found.value = 0.4
    assert (found.n, found.chosen_on) == (None, "Ning 2025")


def test_a_missing_score_is_neither_positive_nor_negative():
    np.testing.assert_array_equal(
        fixed_threshold(0.5, "x").positive([0.5, 0.49, None, np.nan]), [1, 0, np.nan, np.nan]
    )


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [([1, 1], "all of the 2 patients have the outcome"), ([0, 0], "none of the 2 patients has the outcome")],
)
def test_without_two_classes_there_is_no_threshold(outcome, reason):
    for found in (
        youden_threshold(outcome, [1, 2], "training"),
        sensitivity_threshold(outcome, [1, 2], 0.9, "training"),
    ):
        assert (found.value, found.reason) == (None, reason)
        with pytest.raises(UsageError, match=f"there is no threshold: {reason}"):
            found.positive([1])


@pytest.mark.parametrize("target", [0, 1.1, -1])
def test_a_target_that_is_none_is_refused(target):
    with pytest.raises(UsageError, match="target sensitivity"):
        sensitivity_threshold([0, 1], [1, 2], target, "training")

"""Precision, recall and average precision."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from HematomaExpansionLib.statistics.precision_recall import average_precision, precision_recall_curve


def test_a_known_average_precision():
    found = average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    assert round(found.value, 5) == 0.83333
    assert (found.interval, found.reason, found.n) == (None, None, 4)


def test_the_curve_by_hand():
    found = precision_recall_curve([0, 0, 1, 1, None], [0.1, 0.4, 0.35, 0.8, 0.5])
    assert found.thresholds == (0.8, 0.4, 0.35, 0.1)
    assert found.recall == (0.5, 0.5, 1, 1)
    assert found.precision == (1, 0.5, pytest.approx(2 / 3), 0.5)
    assert (found.prevalence, found.n, found.missing) == (0.5, 4, 1)


def test_against_scikit_learn_with_ties_and_extreme_prevalence():
    rng = np.random.default_rng(5)
    for _ in range(200):
        n = int(rng.integers(4, 60))
        events = int(rng.choice([1, n // 2, n - 1]))
        outcome = rng.permutation([1] * events + [0] * (n - events))
        score = np.floor(rng.choice([2, 6, 1000]) * rng.random(n))
        value = average_precision(outcome, score).value
        assert value == pytest.approx(average_precision_score(outcome, score))
        found = precision_recall_curve(outcome, score)
        steps = np.diff(found.recall, prepend=0)
        assert value == pytest.approx((steps * found.precision).sum())


def test_the_bootstrap_interval_is_repeatable_and_near_its_spread():
    rng = np.random.default_rng(2)
    outcome = rng.random(200) < 0.3
    score = rng.normal(size=200) + outcome
    found = average_precision(outcome, score, np.random.default_rng(1))
    assert found == average_precision(outcome, score, np.random.default_rng(1))
    assert found.interval.low < found.value < found.interval.high
    drawn = []
    for _ in range(300):
        picked = np.concatenate(
            [rng.choice(np.flatnonzero(outcome == kind), (outcome == kind).sum()) for kind in (0, 1)]
        )
        drawn.append(average_precision_score(outcome[picked], score[picked]))
    assert found.interval.high - found.interval.low == pytest.approx(3.92 * np.std(drawn), rel=0.2)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ([1, 1], "all of the 2 patients have the outcome"),
        ([0, 0], "none of the 2 patients has the outcome"),
        ([None, None], "there are no patients (2 with a missing value)"),
    ],
)
def test_what_cannot_be_computed_says_why(outcome, reason):
    assert average_precision(outcome, [1, 2]).reason == reason
    curve = precision_recall_curve(outcome, [1, 2])
    assert (curve.recall, curve.reason) == ((), reason)

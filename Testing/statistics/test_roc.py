"""The ROC curve, and the intervals of its area."""

import numpy as np
import pytest

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.roc import AucInterval, auc, mann_whitney_auc, roc_curve


def test_the_curve_by_hand():
    found = roc_curve([1, 0, 1, 0, None], [0.9, 0.5, 0.5, 0.1, 0.7])
    assert found.thresholds == (np.inf, 0.9, 0.5, 0.1)
    assert found.sensitivity == (0, 0.5, 1, 1)
    assert found.false_positive_rate == (0, 0, 0.5, 1)
    assert (found.n, found.n_with_outcome, found.missing, found.reason) == (4, 2, 1, None)


def test_one_class_has_no_curve():
    found = roc_curve([1, 1], [0.9, 0.5])
    assert found.sensitivity == ()
    assert found.reason == "all of the 2 patients have the outcome"


def test_the_curve_by_brute_force():
    rng = np.random.default_rng(1)
    for _ in range(200):
        outcome = np.array([1, 0, *(rng.random(20) < rng.choice([0.05, 0.5, 0.95]))], bool)
        score = rng.integers(0, rng.choice([2, 6, 100]), 22)
        found = roc_curve(outcome, score)
        levels = [np.inf, *sorted(set(score), reverse=True)]
        assert found.thresholds == tuple(levels)
        assert found.sensitivity == pytest.approx([(score[outcome] >= level).mean() for level in levels])
        assert found.false_positive_rate == pytest.approx(
            [(score[~outcome] >= level).mean() for level in levels]
        )
        area = np.trapezoid(found.sensitivity, found.false_positive_rate)
        assert auc(outcome, score).value == pytest.approx(area)


def test_many_aucs_at_once():
    rng = np.random.default_rng(2)
    with_outcome, without = rng.integers(0, 4, (3, 5)), rng.integers(0, 4, (3, 7))
    pairs = (with_outcome[:, :, None] > without[:, None]) + 0.5 * (
        with_outcome[:, :, None] == without[:, None]
    )
    assert mann_whitney_auc(with_outcome, without) == pytest.approx(pairs.mean(axis=(1, 2)))


def scores(n=120, seed=5):
    rng = np.random.default_rng(seed)
    outcome = rng.random(n) < 0.3
    return outcome, rng.normal(size=n) + outcome


def test_the_bootstrap_interval_is_near_that_of_delong_and_is_repeatable():
    outcome, score = scores()
    found = auc(outcome, score, AucInterval.BOOTSTRAP, np.random.default_rng(0))
    again = auc(outcome, score, AucInterval.BOOTSTRAP, np.random.default_rng(0))
    delong = auc(outcome, score)
    assert found == again
    assert found.value == delong.value
    assert found.interval.method == "bootstrap, BCa, 2000 resamples"
    assert (found.interval.low, found.interval.high) == pytest.approx(
        (delong.interval.low, delong.interval.high), abs=0.025
    )


def test_the_binomial_interval_is_that_of_ning_2025():
    """163.25 of 219 would be .745; the paper's .777 of 219 is in test_proportion."""
    outcome, score = scores()
    found = auc(outcome, score, AucInterval.BINOMIAL)
    assert found.interval.method == "exact binomial on AUC x n"
    assert found.interval.low < found.value < found.interval.high


def test_a_perfect_score_has_a_binomial_interval_and_no_other():
    outcome, score = [0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6]
    exact = auc(outcome, score, AucInterval.BINOMIAL)
    assert (exact.value, exact.interval.high) == (1, 1)
    assert exact.interval.low == pytest.approx(0.025 ** (1 / 6))
    drawn = auc(outcome, score, AucInterval.BOOTSTRAP, np.random.default_rng(0))
    assert (drawn.value, drawn.interval) == (1, None)
    assert "no spread" in drawn.reason


@pytest.mark.parametrize(("outcome", "score"), [([1], [2]), ([1, 1], [2, 3]), ([None], [2])])
def test_what_cannot_be_computed_says_why(outcome, score):
    for interval in AucInterval:
        found = auc(outcome, score, interval, np.random.default_rng(0))
        assert found.value is None
        assert found.reason


def test_one_patient_of_a_class_cannot_be_resampled():
    found = auc([1, 0, 0], [3, 1, 2], AucInterval.BOOTSTRAP, np.random.default_rng(0))
    assert (found.value, found.interval) == (1, None)
    assert found.reason == "a bootstrap needs two patients of each kind"


def test_a_bootstrap_needs_a_generator():
    with pytest.raises(UsageError, match="random generator"):
        auc([1, 0], [1, 0], AucInterval.BOOTSTRAP)

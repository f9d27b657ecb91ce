"""NRI and IDI."""

import numpy as np
import pytest
from scipy.stats import norm

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.reclassification import (
    Moved,
    integrated_discrimination,
    net_reclassification,
    reclassification_of_counts,
)
from Testing.statistics.gcs import OUTCOME, PROBABILITY


def test_framingham():
    """Pencina 2008, Table 2: HDL cholesterol added to a model of coronary disease."""
    found = reclassification_of_counts(Moved(29, 7, 183), Moved(173, 174, 3081))
    assert round(found.total.value, 6) == 0.120543
    assert round(found.test.statistic, 4) == 3.6156
    assert found.test.p_value == pytest.approx(2 * norm.sf(3.6156), rel=1e-3)
    assert found.with_outcome.value == pytest.approx(22 / 183)
    assert found.without.value == pytest.approx(1 / 3081)
    assert (found.total.n, found.with_outcome.n) == (3264, 183)


def test_idi_of_the_gcs_model_against_none():
    found = integrated_discrimination(OUTCOME, np.full(525, 110 / 525), PROBABILITY)
    assert round(found.estimate.value, 6) == 0.061059


def test_categories_by_hand():
    outcome = [1, 1, 1, 0, 0, 0, None]
    old = [0.1, 0.3, 0.6, 0.1, 0.3, 0.6, 0.1]
    new = [0.3, 0.2, 0.2, 0.1, 0.19, 0.7, 0.9]
    found = net_reclassification(outcome, old, new, cuts=(0.2, 0.5))
    # With: up, same (0.2 is in the middle category), down; without: same, down, same.
    assert (found.with_outcome.value, found.without.value) == (0, pytest.approx(1 / 3))
    assert found.total.value == pytest.approx(1 / 3)
    assert found.total.missing == 1
    free = net_reclassification(outcome, old, new)
    # With: up, down, down; without: same, down, up.
    assert free.total.value == pytest.approx(-1 / 3)
    assert free.total.method == "category-free NRI"


def test_against_the_sample_variance():
    """The moves as +1, 0 and -1: their mean and the variance of the mean, divided by n."""
    rng = np.random.default_rng(2)
    for _ in range(200):
        outcome = np.array([0, 0, 1, 1, *(rng.random(40) < rng.choice([0.05, 0.5]))]).astype(bool)
        old, new = np.round(rng.random((2, 44)), 1)
        found = net_reclassification(outcome, old, new)
        moves = np.sign(new - old)
        with_outcome, without = moves[outcome], moves[~outcome]
        assert found.total.value == pytest.approx(with_outcome.mean() - without.mean())
        variance = with_outcome.var() / len(with_outcome) + without.var() / len(without)
        if found.total.interval is not None:
            reach = (found.total.interval.high - found.total.interval.low) / 2
            assert reach == pytest.approx(1.959964 * np.sqrt(variance), abs=1e-6)
        gain = new - old
        idi = integrated_discrimination(outcome, old, new)
        slopes = [p[outcome].mean() - p[~outcome].mean() for p in (new, old)]
        assert idi.estimate.value == pytest.approx(slopes[0] - slopes[1], abs=1e-12)
        error = np.sqrt(sum(part.var(ddof=1) / len(part) for part in (gain[outcome], gain[~outcome])))
        assert idi.test.statistic == pytest.approx(idi.estimate.value / error)


@pytest.mark.parametrize(
    ("outcome", "nri", "idi"),
    [
        ([1, 1], "there is no patient without the outcome", "all of the 2 patients have the outcome"),
        ([0, 0], "there is no patient with the outcome", "none of the 2 patients has the outcome"),
        ([None, None], "there are no patients", "there are no patients (2 with a missing value)"),
    ],
)
def test_what_cannot_be_computed_says_why(outcome, nri, idi):
    found = net_reclassification(outcome, [0.1, 0.2], [0.2, 0.1])
    assert (found.total.value, found.total.reason, found.test.reason) == (None, nri, nri)
    improved = integrated_discrimination(outcome, [0.1, 0.2], [0.2, 0.1])
    assert (improved.estimate.value, improved.estimate.reason) == (None, idi)


def test_a_model_that_moves_nobody_has_no_test():
    found = net_reclassification([1, 0], [0.1, 0.2], [0.1, 0.2])
    assert (found.total.value, found.total.interval, found.test.p_value) == (0, None, None)
    assert found.test.reason == "the new model moves no patient"
    same = integrated_discrimination([1, 1, 0, 0], [0.1] * 4, [0.1] * 4)
    assert (same.estimate.value, same.test.reason) == (0, "the new model changes every probability alike")
    few = integrated_discrimination([1, 0, 0], [0.1] * 3, [0.2, 0.1, 0.05])
    assert few.test.reason == "a variance needs two patients with the outcome and two without"


@pytest.mark.parametrize("counts", [(3, 2, 4), (-1, 0, 4)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(UsageError, match="are not counts of patients"):
        Moved(*counts)

"""DeLong, against the published example and a U-statistic by brute force."""

from math import erfc, sqrt

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from HematomaExpansionLib.statistics.delong import compare_aucs, delong_auc, placement_covariance
from HematomaExpansionLib.statistics.samples import complete

OUTCOME = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
FIRST = [0.9, 0.8, 0.7, 0.4, 0.6, 0.5, 0.3, 0.3, 0.2, 0.1]
SECOND = [0.6, 0.7, 0.9, 0.3, 0.8, 0.4, 0.3, 0.5, 0.2, 0.1]


def test_the_example():
    found = compare_aucs(OUTCOME, FIRST, SECOND)
    assert found.first.value == pytest.approx(11 / 12)
    assert found.second.value == pytest.approx(37 / 48)
    _, covariance = placement_covariance(complete(OUTCOME, FIRST, SECOND))
    assert round(covariance[0, 0], 8) == 0.00972222
    assert round(covariance[1, 1], 8) == 0.02841435
    assert round(found.covariance, 8) == 0.01435185
    assert round(found.test.statistic, 6) == 1.501533
    assert round(found.test.p_value, 6) == 0.133218
    assert found.difference.value == pytest.approx(7 / 48)
    reach = 1.959964 * sqrt(0.00972222 + 0.02841435 - 2 * 0.01435185)
    assert found.difference.interval.high == pytest.approx(7 / 48 + reach, abs=1e-6)
    assert found.first.interval.high == 1, "an interval is cut at 1"
    assert found.first.interval.low == pytest.approx(11 / 12 - 1.959964 * sqrt(0.00972222), abs=1e-6)
    assert found.test.n == found.first.n == 10


@pytest.mark.parametrize(
    ("marker", "tp", "fp", "auc", "low", "high"),
    [
        ("black hole", 8, 4, 0.6455, 0.5369, 0.7540),
        ("swirl", 19, 25, 0.7045, 0.6056, 0.8035),
        ("blend", 4, 9, 0.5091, 0.4130, 0.6052),
    ],
)
def test_the_auc_of_a_marker_is_zhong_2021_table_2(marker, tp, fp, auc, low, high):
    outcome = [1] * 22 + [0] * 55
    present = [1] * tp + [0] * (22 - tp) + [1] * fp + [0] * (55 - fp)
    found = delong_auc(outcome, present)
    assert found.value == pytest.approx((tp / 22 + 1 - fp / 55) / 2)
    ends = (found.value, found.interval.low, found.interval.high)
    assert tuple(round(end, 4) for end in ends) == (auc, low, high)


def brute_force(outcome, scores):
    """AUCs, and their covariance from the kernel of every pair (DeLong 1988, equations 2 to 6)."""
    outcome = np.asarray(outcome, bool)
    kernels = [
        (s[outcome][:, None] > s[~outcome][None]) + 0.5 * (s[outcome][:, None] == s[~outcome][None])
        for s in map(np.asarray, scores)
    ]
    aucs = [kernel.mean() for kernel in kernels]
    m, n = kernels[0].shape
    covariance = np.empty((len(scores), len(scores)))
    for i, one in enumerate(kernels):
        for j, other in enumerate(kernels):
            rows = sum((one[k].mean() - aucs[i]) * (other[k].mean() - aucs[j]) for k in range(m)) / (m - 1)
            columns = sum((one[:, k].mean() - aucs[i]) * (other[:, k].mean() - aucs[j]) for k in range(n)) / (
                n - 1
            )
            covariance[i, j] = rows / m + columns / n
    return aucs, covariance


def test_against_brute_force_with_ties_and_extreme_prevalence():
    rng = np.random.default_rng(11)
    for draw in range(200):
        n = int(rng.integers(8, 60))
        events = int(rng.choice([2, n // 2, n - 2]))
        outcome = rng.permutation([1] * events + [0] * (n - events))
        steps = rng.choice([2, 5, 1000])
        scores = [np.floor(steps * rng.random(n)) + outcome * (draw % 3) for _ in range(2)]
        aucs, covariance = brute_force(outcome, scores)
        found = compare_aucs(outcome, *scores)
        assert (found.first.value, found.second.value) == pytest.approx(aucs)
        assert found.first.value == pytest.approx(roc_auc_score(outcome, scores[0]))
        assert found.covariance == pytest.approx(covariance[0, 1], abs=1e-12)
        variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
        if variance > 1e-12:
            z = (aucs[0] - aucs[1]) / sqrt(variance)
            assert found.test.statistic == pytest.approx(z)
            assert found.test.p_value == pytest.approx(erfc(abs(z) / sqrt(2)))
        else:
            assert found.test.p_value is None
        if covariance[0, 0] > 1e-12:
            reach = found.first.interval
            assert reach.low == pytest.approx(max(0, aucs[0] - 1.9599640 * sqrt(covariance[0, 0])))
            assert reach.high == pytest.approx(min(1, aucs[0] + 1.9599640 * sqrt(covariance[0, 0])))
        else:
            assert found.first.interval is None


@pytest.mark.parametrize(
    ("outcome", "score", "value", "reason"),
    [
        ([1, 1], [0.1, 0.2], None, "all of the 2 patients have the outcome"),
        ([0, 0], [0.1, 0.2], None, "none of the 2 patients has the outcome"),
        ([1], [0.1], None, "all of the 1 patients have the outcome"),
        ([], [], None, "there are no patients"),
        ([None, np.nan], [0.1, 0.2], None, "there are no patients (2 with a missing value)"),
        ([1, 0], [np.nan, np.nan], None, "there are no patients (2 with a missing value)"),
        ([1, 0, 0], [3, 1, 2], 1.0, "a variance needs two patients with the outcome and two without"),
    ],
)
def test_what_cannot_be_computed_says_why(outcome, score, value, reason):
    found = delong_auc(outcome, score)
    assert (found.value, found.interval, found.reason) == (value, None, reason)
    compared = compare_aucs(outcome, score, score)
    assert compared.test.p_value is None
    assert compared.test.reason == reason
    assert compared.difference.interval is None


@pytest.mark.parametrize("score", [[1, 2, 3, 4], [7, 7, 7, 7]])
def test_a_variance_of_nothing_is_no_interval(score):
    found = delong_auc([0, 0, 1, 1], score)
    assert found.interval is None
    assert "its variance is 0" in found.reason


def test_scores_that_order_alike_are_not_compared():
    found = compare_aucs(OUTCOME, FIRST, np.multiply(FIRST, 10))
    assert found.difference.value == 0
    assert found.test.p_value is None
    assert "order the patients alike" in found.test.reason


def test_patients_who_lack_a_score_are_counted():
    found = compare_aucs([*OUTCOME, 1, 0], [*FIRST, None, 0.2], [*SECOND, 0.4, None])
    assert (found.first.n, found.first.missing) == (10, 2)
    assert round(found.test.statistic, 6) == 1.501533

"""Net benefit, against the published cohort and by counting."""

import numpy as np
import pytest

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.confusion import confusion_matrix
from HematomaExpansionLib.statistics.decision_curve import decision_curve
from Testing.statistics.gcs import OUTCOME, PROBABILITY


@pytest.mark.parametrize(
    ("threshold", "model", "everybody"),
    [
        (0.10, 0.121693, 0.121693),
        (0.20, 0.058571, 0.011905),
        (0.30, 0.022857, -0.129252),
        (0.35, 0.014212, -0.216117),
    ],
)
def test_the_gcs_model(threshold, model, everybody):
    found = decision_curve(OUTCOME, PROBABILITY, (threshold,))
    assert (round(found.net_benefit[0], 6), round(found.treat_all[0], 6)) == (model, everybody)
    assert found.n == 525


def test_by_counting():
    rng = np.random.default_rng(1)
    for _ in range(200):
        outcome = rng.random(40) < rng.choice([0, 0.1, 0.5, 1])
        probability = np.round(rng.random(40), rng.choice([1, 3]))
        threshold = float(rng.choice([0.05, 0.1, 0.3, 0.5, 0.9]))
        counts = confusion_matrix(outcome, probability >= threshold)
        odds = threshold / (1 - threshold)
        expected = (counts.true_positives - counts.false_positives * odds) / 40
        found = decision_curve(outcome, probability, (threshold,))
        assert found.net_benefit[0] == pytest.approx(expected)
        assert found.treat_all[0] == pytest.approx((outcome.sum() - (~outcome).sum() * odds) / 40)


def test_no_patients_is_said():
    found = decision_curve([None], [0.3])
    assert (found.net_benefit, found.reason) == ((), "there are no patients (1 with a missing value)")


@pytest.mark.parametrize("threshold", [0, 1, -0.1, 1.5])
def test_a_threshold_that_is_none_is_refused(threshold):
    with pytest.raises(UsageError, match="must lie between 0 and 1"):
        decision_curve([1, 0], [0.2, 0.3], (threshold,))

"""Calibration, Brier score and the test of Hosmer and Lemeshow."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import chi2
from sklearn.metrics import brier_score_loss

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.brier import brier_score
from HematomaExpansionLib.statistics.calibration import calibration, calibration_curve
from HematomaExpansionLib.statistics.hosmer_lemeshow import hosmer_lemeshow
from HematomaExpansionLib.statistics.roc import auc
from Testing.statistics.gcs import OUTCOME, PROBABILITY

ODDS = PROBABILITY / (1 - PROBABILITY)


def risk(odds):
    return odds / (1 + odds)


def test_the_gcs_model():
    found = brier_score(OUTCOME, PROBABILITY)
    assert round(found.score.value, 6) == 0.155511
    assert round(found.null, 6) == 0.165624
    assert found.scaled.value == pytest.approx(1 - 0.155511 / 0.165624, abs=1e-5)
    assert round(auc(OUTCOME, PROBABILITY).value, 6) == 0.640964
    right = calibration(OUTCOME, PROBABILITY)
    assert (right.slope.value, right.intercept.value, right.in_the_large.value) == pytest.approx(
        (1, 0, 0), abs=1e-6
    )


def test_all_odds_doubled():
    found = calibration(OUTCOME, risk(2 * ODDS))
    assert found.slope.value == pytest.approx(1, abs=1e-6)
    assert round(found.in_the_large.value, 6) == -0.693147
    assert round(brier_score(OUTCOME, risk(2 * ODDS)).score.value, 5) == 0.17220
    assert brier_score(OUTCOME, risk(2 * ODDS)).score.value == pytest.approx(0.172197, abs=5e-7)


def test_log_odds_doubled():
    found = calibration(OUTCOME, risk(ODDS**2))
    assert found.slope.value == pytest.approx(0.5, abs=1e-6)
    assert found.intercept.value == pytest.approx(0, abs=1e-6)


def test_against_statsmodels():
    rng = np.random.default_rng(2)
    for _ in range(200):
        log_odds = rng.normal(rng.choice([-2, 0, 1]), 1, 150)
        outcome = (rng.random(150) < 1 / (1 + np.exp(-0.7 * log_odds - 0.3))).astype(float)
        probability = 1 / (1 + np.exp(-log_odds))
        found = calibration(outcome, probability)
        slope = sm.GLM(outcome, sm.add_constant(log_odds), sm.families.Binomial()).fit()
        large = sm.GLM(outcome, np.ones(150), sm.families.Binomial(), offset=log_odds).fit()
        for own, theirs, number in (
            (found.intercept, slope, 0),
            (found.slope, slope, 1),
            (found.in_the_large, large, 0),
        ):
            assert own.value == pytest.approx(theirs.params[number], abs=1e-5)
            assert (own.interval.low, own.interval.high) == pytest.approx(
                tuple(theirs.conf_int()[number]), abs=1e-4
            )
        assert brier_score(outcome, probability).score.value == pytest.approx(
            brier_score_loss(outcome, probability)
        )


@pytest.mark.parametrize(
    ("outcome", "probability", "reason"),
    [
        ([1, 1], [0.5, 0.6], "all of the 2 patients have the outcome"),
        ([], [], "there are no patients"),
        ([None], [0.4], "there are no patients (1 with a missing value)"),
        ([1, 0, 0], [1, 0.2, 0], "2 predicted probabilities are exactly 0 or 1, whose log odds are infinite"),
    ],
)
def test_what_cannot_be_computed_says_why(outcome, probability, reason):
    found = calibration(outcome, probability)
    for each in (found.slope, found.intercept, found.in_the_large):
        assert (each.value, each.interval, each.reason) == (None, None, reason)


def test_one_risk_for_all_has_no_slope_but_a_level():
    found = calibration([1, 0, 0, 0], [0.5] * 4)
    assert found.slope.reason == "the predicted risk is 0 in all 4 patients"
    assert found.in_the_large.value == pytest.approx(np.log(1 / 3))


def test_a_prediction_without_error_has_no_slope():
    found = calibration([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.9])
    assert found.slope.value is None
    assert "separates patients with and without the outcome" in found.slope.reason
    assert found.in_the_large.value is not None


def test_what_is_no_probability_is_refused():
    for function in (calibration, calibration_curve, brier_score):
        with pytest.raises(UsageError, match=r"probability: 1\.2 lies outside 0-1"):
            function([1, 0], [1.2, 0.3])


def test_brier_of_few():
    one = brier_score([1], [0.7])
    assert one.score.value == pytest.approx(0.09)
    assert one.score.reason == "an interval needs two patients"
    assert one.scaled.reason == "all of the 1 patients have the outcome"
    assert brier_score([None], [0.7]).score.reason == "there are no patients (1 with a missing value)"


def test_the_brier_interval_by_hand():
    """Squared errors .01, .04, .09, .16: mean .075, standard deviation .06557, half width .06426."""
    found = brier_score([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.6]).score
    assert (found.interval.low, found.interval.high) == pytest.approx((0.01074, 0.13926), abs=1e-4)


def test_the_curve_keeps_ties_together():
    found = calibration_curve(OUTCOME, PROBABILITY)
    assert [group.observed.n for group in found.groups] == [363, 93, 69]
    assert [group.observed.value for group in found.groups] == pytest.approx([53 / 363, 28 / 93, 29 / 69])
    assert [group.predicted for group in found.groups] == pytest.approx([53 / 363, 28 / 93, 29 / 69])
    assert found.n == 525


def test_ten_groups_of_ten():
    rng = np.random.default_rng(0)
    probability = rng.permutation(np.arange(100) / 100)
    found = calibration_curve(rng.random(100) < probability, probability)
    assert [group.observed.n for group in found.groups] == [10] * 10
    assert found.groups[0].predicted == pytest.approx(0.045)


def test_an_empty_curve_says_why():
    found = calibration_curve([None], [0.2])
    assert (found.groups, found.reason) == ((), "there are no patients (1 with a missing value)")
    with pytest.raises(UsageError, match="1 groups"):
        calibration_curve([1, 0], [0.2, 0.3], groups=1)


def test_hosmer_and_lemeshow_by_hand():
    """Groups of 4: expected 1 and 3, observed 2 and 3: 1 / (4 x .25 x .75) = 1.3333."""
    outcome, probability = [1, 1, 0, 0, 1, 1, 1, 0], [0.25] * 4 + [0.75] * 4
    found = hosmer_lemeshow(outcome, probability, fitted_on_these=False)
    assert found.statistic == pytest.approx(4 / 3)
    assert found.degrees_of_freedom == 2
    assert found.p_value == pytest.approx(np.exp(-2 / 3))
    fitted = hosmer_lemeshow(outcome, probability, fitted_on_these=True)
    assert fitted.reason == "the predictions make 2 groups, which leaves no degree of freedom"


def test_hosmer_and_lemeshow_by_the_full_sum():
    """Over the cells of both outcomes, as the authors write it."""
    rng = np.random.default_rng(4)
    for _ in range(200):
        probability = rng.permutation(np.clip(rng.beta(1, rng.choice([1, 8]), 80), 1e-6, 1 - 1e-6))
        outcome = rng.random(80) < probability
        found = hosmer_lemeshow(outcome, probability, fitted_on_these=True, groups=8)
        if found.p_value is None:
            assert outcome.all() or not outcome.any()
            continue
        total = 0
        for part in np.array_split(np.argsort(probability, kind="stable"), 8):
            for seen, risks in ((outcome, probability), (~outcome, 1 - probability)):
                total += (seen[part].sum() - risks[part].sum()) ** 2 / risks[part].sum()
        assert found.statistic == pytest.approx(total)
        assert found.p_value == pytest.approx(chi2.sf(total, 6))


def test_a_certain_prediction_that_fails_has_no_test():
    found = hosmer_lemeshow([1, 0, 1, 0], [0, 0, 0.5, 0.5], fitted_on_these=False)
    assert found.reason == "a group predicted with certainty turned out otherwise"
    right = hosmer_lemeshow([0, 0, 1, 0], [0, 0, 0.5, 0.5], fitted_on_these=False)
    assert right.statistic == 0
    assert (
        hosmer_lemeshow([1], [0.5], fitted_on_these=False).reason == "all of the 1 patients have the outcome"
    )

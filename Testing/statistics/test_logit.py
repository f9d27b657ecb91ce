"""Logistic regression, against the published tables and statsmodels' formula interface."""

import warnings

import numpy as np
import pytest
import statsmodels.api as sm

from HematomaExpansionLib.errors import MissingInput, UsageError
from HematomaExpansionLib.statistics.likelihood_ratio import likelihood_ratio_of_aics, likelihood_ratio_test
from HematomaExpansionLib.statistics.logit import fit_logit, indicators
from HematomaExpansionLib.statistics.odds_ratio import odds_ratio
from Testing.statistics.gcs import CATEGORY, OUTCOME, PROBABILITY


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_the_gcs_model_of_lee_2024():
    found = fit_logit(indicators("GCS", CATEGORY, "mild"), OUTCOME)
    assert (found.n, found.events, found.missing, found.reason) == (525, 110, 0, None)
    assert round(found.log_likelihood, 5) == -254.74679
    assert round(found.null_log_likelihood, 5) == -269.49566
    assert round(found.likelihood_ratio.statistic, 5) == 29.49774
    assert found.likelihood_ratio.degrees_of_freedom == 2
    assert found.likelihood_ratio.p_value == pytest.approx(3.93e-7, rel=2e-3)
    assert round(found.aic, 5) == 515.49358
    assert round(found.bic, 5) == 528.28378
    assert found.predictors == ("GCS: moderate", "GCS: severe")
    assert found.probability(indicators("GCS", CATEGORY, "mild")) == pytest.approx(PROBABILITY)


@pytest.mark.parametrize(
    ("term", "ratio", "low", "high", "p"),
    [
        ("GCS: moderate", 2.5196, 1.4827, 4.2817, 6.36e-4),
        ("GCS: severe", 4.2406, 2.4227, 7.4223, 4.23e-7),
    ],
)
def test_its_odds_ratios_are_lee_2024_table_1(term, ratio, low, high, p):
    (found,) = (
        each for each in fit_logit(indicators("GCS", CATEGORY, "mild"), OUTCOME).terms if each.name == term
    )
    interval = found.odds_ratio.interval
    ends = (found.odds_ratio.value, interval.low, interval.high)
    assert tuple(round(end, 4) for end in ends) == (ratio, low, high)
    assert found.p_value == pytest.approx(p, rel=2e-3)


def test_the_likelihood_ratio_of_lees_aics():
    found = likelihood_ratio_of_aics(400.72, 369.93, 1, 525)
    assert found.statistic == pytest.approx(32.79)
    assert found.degrees_of_freedom == 1
    assert found.p_value == pytest.approx(1.03e-8, rel=5e-3)


def test_a_test_of_no_parameter_is_refused():
    with pytest.raises(UsageError, match="0 more parameters"):
        likelihood_ratio_test(-10, -9, 0, 50)


def test_against_statsmodels_whatever_the_units():
    rng = np.random.default_rng(9)
    fitted = 0
    for _ in range(200):
        n, k = int(rng.integers(60, 150)), int(rng.integers(1, 4))
        x = rng.normal(size=(n, k)) * rng.choice([1e-3, 1, 1e4], k) + rng.choice([0, 50], k)
        x[:, 0] = np.round(x[:, 0] / np.std(x[:, 0]))
        y = rng.random(n) < 1 / (1 + np.exp(-(x[:, 0] - x[:, 0].mean()) - rng.choice([-1.5, 0, 2])))
        names = [f"x{number}" for number in range(k)]
        found = fit_logit(dict(zip(names, x.T, strict=True)), y)
        if found.reason:
            assert "separate" in found.reason
            continue
        fitted += 1
        scaled = (x - x.mean(axis=0)) / x.std(axis=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = sm.GLM(y.astype(float), sm.add_constant(scaled), family=sm.families.Binomial()).fit(
                tol=1e-12
            )
        own = np.array([term.coefficient for term in found.terms]) * x.std(axis=0)
        errors = np.array([term.standard_error for term in found.terms]) * x.std(axis=0)
        assert own == pytest.approx(theirs.params[1:], abs=1e-6)
        assert errors == pytest.approx(theirs.bse[1:], abs=1e-5)
        assert found.log_likelihood == pytest.approx(theirs.llf)
        assert found.aic == pytest.approx(theirs.aic)
        assert found.null_log_likelihood == pytest.approx(theirs.llnull)
        assert found.probability(dict(zip(names, x.T, strict=True))) == pytest.approx(
            theirs.fittedvalues, abs=1e-6
        )
    assert fitted > 180


def test_one_binary_predictor_is_its_2_x_2_table():
    x, y = np.repeat([1, 1, 0, 0], [27, 16, 91, 255]), np.repeat([1, 0, 1, 0], [27, 16, 91, 255])
    (term,) = fit_logit({"island": x}, y).terms
    table = odds_ratio((27, 16), (91, 255))
    assert term.odds_ratio.value == pytest.approx(table.estimate.value)
    assert term.odds_ratio.interval.high == pytest.approx(table.estimate.interval.high)
    assert term.p_value == pytest.approx(table.test.p_value)


RNG = np.random.default_rng(1)
Y = RNG.permutation([1] * 20 + [0] * 40)
A, B, C = RNG.normal(size=(3, 60))


@pytest.mark.parametrize(
    ("columns", "outcome", "reason"),
    [
        (
            {"volume": Y * 2.0, "age": A},
            Y,
            "volume separates patients with and without the outcome: the odds ratio has no finite estimate",
        ),
        (
            {"a": A, "b": B, "sign": np.where(Y == 1, A > 0, 0)},
            Y,
            "sign separates patients with and without the outcome: the odds ratio has no finite estimate",
        ),
        (
            {"a": A, "b": Y - A},
            Y,
            "a, b together separate patients with and without the outcome: "
            "the odds ratio has no finite estimate",
        ),
        ({"age": A, "site": np.full(60, 3)}, Y, "site is 3 in all 60 patients"),
        ({"age": A}, np.ones(60), "all of the 60 patients have the outcome"),
        ({"age": A}, np.zeros(60), "none of the 60 patients has the outcome"),
        ({"age": np.full(60, np.nan)}, Y, "there are no patients (60 with a missing value)"),
        ({"age": [None] * 60}, Y, "there are no patients (60 with a missing value)"),
        ({"age": [70]}, [1], "all of the 1 patients have the outcome"),
        ({"age": []}, [], "there are no patients"),
        (
            {"ml": A, "mm3": 1000 * A, "b": B},
            Y,
            "ml and mm3 are linear combinations of one another",
        ),
        (
            {"a": A, "b": B, "both": A + B},
            Y,
            "a and b and both are linear combinations of one another",
        ),
        ({"a": [1, 2], "b": [3, 1]}, [0, 1], "2 patients are too few for 2 predictors and an intercept"),
    ],
)
def test_what_cannot_be_fitted_says_why(columns, outcome, reason):
    found = fit_logit(columns, outcome)
    assert found.reason == reason
    assert (found.terms, found.intercept, found.aic) == ((), None, None)
    assert (found.likelihood_ratio.p_value, found.likelihood_ratio.reason) == (None, reason)
    with pytest.raises(UsageError, match="the model has no fit"):
        found.probability(columns)


def test_near_collinearity_and_few_events_are_told():
    found = fit_logit({"a": A, "nearly a": A + 0.05 * C, "b": B}, Y)
    assert found.reason is None
    assert [remark.split(":")[0] for remark in found.remarks[:2]] == [
        "a nearly follows from the other predictors",
        "nearly a nearly follows from the other predictors",
    ]
    assert found.remarks[-1] == "6.7 patients of the rarer outcome for each predictor, under 10"


def test_patients_with_a_missing_value_are_left_out_and_counted():
    with_missing = A.copy()
    with_missing[:7] = np.nan
    found = fit_logit({"a": with_missing, "b": B}, Y)
    assert (found.n, found.missing) == (53, 7)
    complete = fit_logit({"a": A[7:], "b": B[7:]}, Y[7:])
    assert found.log_likelihood == complete.log_likelihood
    assert [term.coefficient for term in found.terms] == [term.coefficient for term in complete.terms]
    assert found.terms[0].odds_ratio.missing == 7
    assert np.isnan(found.probability({"a": with_missing, "b": B})[:7]).all()


def test_a_model_asks_for_its_predictors():
    found = fit_logit({"a": A, "b": B}, Y)
    with pytest.raises(MissingInput, match="the model needs b"):
        found.probability({"a": A})


def test_indicators():
    found = indicators("place", ["deep", "lobar", None, "deep", "pons"], "deep")
    assert list(found) == ["place: lobar", "place: pons"]
    np.testing.assert_array_equal(found["place: lobar"], [0, 1, np.nan, 0, 0])
    with pytest.raises(UsageError, match="the reference 'x' is not among deep, lobar"):
        indicators("place", ["deep", "lobar"], "x")


def test_an_odds_ratio_beyond_all_numbers_is_said():
    """A volume in cubic metres: the odds for one more are beyond what a float holds."""
    (term,) = fit_logit({"volume_m3": (A + Y) * 1e-6}, Y).terms
    assert term.coefficient > 1e5
    assert term.p_value < 0.05
    assert term.odds_ratio.reason == "too large to write; give the predictor in a smaller unit"

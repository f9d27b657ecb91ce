"""Univariable screening and forward selection."""

import numpy as np
import pytest

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.forward_selection import select_forward
from HematomaExpansionLib.statistics.likelihood_ratio import likelihood_ratio_test
from HematomaExpansionLib.statistics.logit import fit_logit, indicators
from HematomaExpansionLib.statistics.univariable import screen
from Testing.statistics.gcs import CATEGORY, OUTCOME

RNG = np.random.default_rng(13)
N = 400
VOLUME, HOURS, AGE, NOISE = RNG.normal(size=(4, N))
Y = RNG.random(N) < 1 / (1 + np.exp(1 - 1.2 * VOLUME + 0.8 * HOURS))
COLUMNS = {"age": AGE, "hours": HOURS, "noise": NOISE, "volume": VOLUME}


def test_screening_fits_each_alone():
    found = screen(COLUMNS, Y)
    assert [each.variable for each in found.candidates] == list(COLUMNS)
    assert found.selected == ("hours", "volume")
    volume = found.candidates[3]
    alone = fit_logit({"volume": VOLUME}, Y)
    assert volume.model == alone
    assert volume.p_value == alone.terms[0].p_value


def test_a_variable_of_several_columns_is_screened_as_one():
    columns = indicators("GCS", CATEGORY, "mild")
    found = screen({"x": np.arange(525) % 7, **columns}, OUTCOME, {"GCS": tuple(columns)})
    _, gcs = found.candidates
    assert gcs.variable == "GCS"
    assert len(gcs.model.terms) == 2
    assert gcs.p_value == pytest.approx(3.93e-7, rel=2e-3), "the likelihood ratio of both"
    assert found.selected == ("GCS",)


def test_each_is_screened_on_the_patients_who_have_it():
    age = AGE.copy()
    age[:100] = np.nan
    found = screen({"age": age, "volume": VOLUME}, Y)
    assert [(each.model.n, each.model.missing) for each in found.candidates] == [(300, 100), (400, 0)]


def test_what_cannot_be_screened_says_why():
    found = screen({"site": np.ones(N), "outcome": Y, "empty": [None] * N}, Y)
    assert found.selected == ()
    assert [each.p_value for each in found.candidates] == [None] * 3
    reasons = [each.model.reason for each in found.candidates]
    assert reasons[0] == "site is 1 in all 400 patients"
    assert "outcome separates patients" in reasons[1]
    assert reasons[2] == "there are no patients (400 with a missing value)"


def test_forward_selection_step_by_step():
    found = select_forward(COLUMNS, Y)
    assert found.selected == ("volume", "hours")
    null = fit_logit({}, Y)
    one = fit_logit({"volume": VOLUME}, Y)
    two = fit_logit({"volume": VOLUME, "hours": HOURS}, Y)
    for step, (smaller, larger) in zip(found.steps, ((null, one), (one, two)), strict=True):
        test = likelihood_ratio_test(smaller.log_likelihood, larger.log_likelihood, 1, N)
        assert step.test.statistic == pytest.approx(test.statistic)
        assert step.test.p_value == pytest.approx(test.p_value)
        assert step.aic == pytest.approx(larger.aic)
    assert [term.coefficient for term in found.model.terms] == pytest.approx(
        [term.coefficient for term in two.terms]
    )
    for name in ("age", "noise"):
        more = fit_logit({"volume": VOLUME, "hours": HOURS, name: COLUMNS[name]}, Y)
        assert likelihood_ratio_test(two.log_likelihood, more.log_likelihood, 1, N).p_value >= 0.05


def test_every_model_is_fitted_on_the_same_patients():
    noise = NOISE.copy()
    noise[:50] = np.nan
    found = select_forward({**COLUMNS, "noise": noise}, Y)
    assert "noise" not in found.selected
    assert (found.model.n, found.model.missing) == (350, 50)


def test_a_variable_of_several_columns_enters_as_one():
    columns = indicators("GCS", CATEGORY, "mild")
    found = select_forward(columns, OUTCOME, {"GCS": tuple(columns)})
    (step,) = found.steps
    assert step.test.degrees_of_freedom == 2
    assert round(step.test.statistic, 5) == 29.49774
    assert found.model.predictors == ("GCS: moderate", "GCS: severe")


def test_what_cannot_enter_is_named():
    found = select_forward({**COLUMNS, "ml": 1000 * VOLUME, "site": np.ones(N)}, Y)
    assert found.not_fitted["site"] == "site is 1 in all 400 patients"
    chosen, other = ("volume", "ml") if "volume" in found.selected else ("ml", "volume")
    assert found.selected == (chosen, "hours")
    assert "are linear combinations of one another" in found.not_fitted[other]


def test_nothing_enters():
    found = select_forward({"noise": NOISE, "age": AGE}, RNG.random(N) < 0.3, enter=1e-6)
    assert (found.steps, found.model.predictors) == ((), ())
    assert found.model.reason is None
    none = select_forward({"noise": NOISE}, np.ones(N))
    assert (none.steps, none.model.reason) == ((), "all of the 400 patients have the outcome")


def test_a_column_that_is_not_there_is_refused():
    for function in (screen, select_forward):
        with pytest.raises(UsageError, match="GCS: there is no column moderate"):
            function(COLUMNS, Y, {"GCS": ("moderate",)})

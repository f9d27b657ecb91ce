"""Inputs, ensemble and calibration of the fusion, by hand."""

from math import exp, log

import numpy as np
import pytest

from HematomaExpansionLib.prediction.column import value
from HematomaExpansionLib.prediction.fusion.calibrator import Calibrator, fit_calibrator
from HematomaExpansionLib.prediction.fusion.ensemble import Ensemble, fit_ensemble
from HematomaExpansionLib.prediction.fusion.inputs import (
    BLOOD,
    chosen_radiomics,
    informative,
    log_odds,
    numbers,
)
from HematomaExpansionLib.prediction.patient import Patient

TWO = Ensemble(
    mean=np.array([10.0, 0.0]),
    sd=np.array([2.0, 1.0]),
    stand_ins=np.array([[12.0, 1.0], [8.0, 0.0]]),
    coefficients=np.array([[0.5, 1.0, 2.0], [-0.5, 3.0, 0.0]]),
)
"""Two members, two inputs."""


def test_members_by_hand():
    """z = (14 - 10) / 2 = 2 and 1: 0.5 + 2 + 2 = 4.5 and -0.5 + 6 + 0 = 5.5."""
    np.testing.assert_allclose(TWO.log_odds(np.array([[14.0, 1.0]])), [[4.5, 5.5]])


def test_an_unknown_value_is_another_one_for_each_member():
    """12 for the first (z 1), 8 for the second (z -1): 0.5 + 1 + 2 = 3.5 and -0.5 - 3 + 0 = -3.5."""
    np.testing.assert_allclose(TWO.log_odds(np.array([[np.nan, 1.0]])), [[3.5, -3.5]])


def test_contributions_are_those_of_the_mean_member():
    np.testing.assert_allclose(TWO.contributions(np.array([14.0, 1.0])), [2 * 2.0, 1 * 1.0])
    assert np.isnan(TWO.contributions(np.array([np.nan, 1.0]))[0])


def test_the_ensemble_learns_and_doubts_more_where_it_knows_less():
    rng = np.random.default_rng(4)
    rows = rng.normal(size=(300, 3))
    outcome = rng.random(300) < 1 / (1 + np.exp(-(1.5 * rows[:, 0] - 1)))
    rows[rng.random(300) < 0.1, 1] = np.nan
    fitted = fit_ensemble(rows, outcome, np.random.default_rng(1), members=30)
    middle = fitted.coefficients.mean(axis=0)
    assert middle[1] > 1.0
    assert np.abs(middle[2:]).max() < 0.4
    assert np.isfinite(fitted.stand_ins).all()
    known, unknown = fitted.log_odds(np.array([[1.0, 0.0, 0.0], [np.nan, 0.0, 0.0]]))
    assert unknown.std() > 3 * known.std()
    again = fit_ensemble(rows, outcome, np.random.default_rng(1), members=30)
    assert again.coefficients.tobytes() == fitted.coefficients.tobytes()
    assert again.stand_ins.tobytes() == fitted.stand_ins.tobytes()


def test_platt_by_hand():
    """Slope 2 and offset -1: log odds 1 becomes 1 / (1 + exp(-1))."""
    platt = Calibrator("platt", np.array([2.0, -1.0]), np.empty(0))
    assert platt.probability(np.array(1.0)) == pytest.approx(1 / (1 + exp(-1)))


def test_calibrators_find_the_truth():
    """Log odds that are twice too large need a slope of one half."""
    rng = np.random.default_rng(2)
    true = rng.normal(-1, 1, 20000)
    outcome = rng.random(20000) < 1 / (1 + np.exp(-true))
    platt = fit_calibrator(2 * true, outcome)
    np.testing.assert_allclose(platt.x, [0.5, 0.0], atol=0.06)
    steps = fit_calibrator(2 * true, outcome, "isotonic")
    asked = np.array([-4.0, -2.0, 0.0])
    np.testing.assert_allclose(steps.probability(asked), 1 / (1 + np.exp(-asked / 2)), atol=0.06)
    assert (np.diff(steps.probability(np.linspace(-9, 9, 50))) >= 0).all()


def test_scores_that_mislead_say_nothing():
    outcome = np.arange(40) < 10
    found = fit_calibrator(np.arange(40.0), outcome)
    np.testing.assert_allclose(found.probability(np.array([0.0, 50.0])), 0.25)


@pytest.mark.parametrize(
    ("calibrator", "flat"),
    [
        (Calibrator("platt", np.array([2.0, -1.0]), np.empty(0)), False),
        (Calibrator("platt", np.array([0.0, -1.0]), np.empty(0)), True),
        (Calibrator("isotonic", np.array([-1.0, 1.0]), np.array([0.2, 0.3])), False),
        (Calibrator("isotonic", np.array([-1.0, 1.0]), np.array([0.2, 0.2])), True),
    ],
)
def test_a_flat_calibrator_is_known(calibrator: Calibrator, flat: bool):
    assert calibrator.is_flat is flat
    assert (np.ptp(calibrator.probability(np.linspace(-3, 3, 7))) == 0) == flat


def test_inputs():
    patient = Patient(values={"ich_ml": 20.0, "ivh": True, "ivh_ml": 0.0, "location": "deep"})
    row = numbers(BLOOD, [patient])[0]
    np.testing.assert_allclose(row, [20, log(21), 1, 0, 1, 0])
    assert np.isnan(numbers(BLOOD, [Patient()])).all()
    assert log_odds(0.5) == 0
    assert log_odds(1.0) == pytest.approx(log(0.9999 / 0.0001))


def test_what_tells_nothing_is_left_out():
    columns = (value("age_years", ""), value("gcs", ""), value("inr", ""))
    ages = [{"age_years": 50.0 + n, "gcs": 15, "inr": 1.0 + n if n < 3 else None} for n in range(8)]
    kept = informative(columns, [Patient(values=values) for values in ages])
    assert [column.name for column in kept] == ["age_years"]


def test_radiomics_that_say_the_same_are_chosen_once():
    """a and its cube have the same ranks; c is noise, d is constant."""
    rng = np.random.default_rng(3)
    patients = []
    for number in range(60):
        a = number + rng.normal()
        features = {"s:a": a, "s:b": a**3, "s:c": rng.normal(), "s:d": 1.0}
        patients.append(Patient(expansion=number >= 30, radiomics=features))
    assert [column.name for column in chosen_radiomics(patients)] == ["radiomics:s:a", "radiomics:s:c"]
    assert chosen_radiomics([Patient(expansion=True), Patient(expansion=False)]) == []

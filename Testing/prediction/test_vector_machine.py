"""Vector machines as plain numbers: equal to scikit-learn's."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import SVC

from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.prediction.column import RADIOMICS
from HematomaExpansionLib.prediction.lu2024.radiomics import LuRadiomics
from HematomaExpansionLib.prediction.ning2025.combined_logistic import NingCombinedLogistic
from HematomaExpansionLib.prediction.ning2025.combined_svm import NingCombinedSvm
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.vector_machine import VectorMachine, fit_vector_machine
from Testing.prediction.synthetic import patients


@pytest.mark.parametrize(("count", "columns", "cost"), [(60, 1, 1.0), (90, 4, 0.1), (120, 13, 10.0)])
def test_equal_to_scikit_learn(count: int, columns: int, cost: float):
    rng = np.random.default_rng(count)
    rows = rng.normal(size=(count, columns))
    outcome = rows[:, 0] + rng.normal(size=count) > 0.5
    machine = fit_vector_machine(rows, outcome, 3, cost)
    again = VectorMachine.from_arrays(machine.arrays(), columns)
    new = rng.normal(size=(50, columns))
    plain = SVC(C=cost, class_weight="balanced").fit(rows, outcome)
    np.testing.assert_allclose(again.decision(new), plain.decision_function(new), rtol=0, atol=1e-9)
    folds = StratifiedKFold(5, shuffle=True, random_state=3)
    both = CalibratedClassifierCV(
        SVC(C=cost, class_weight="balanced"), method="sigmoid", cv=folds, ensemble=False
    ).fit(rows, outcome)
    np.testing.assert_allclose(again.probability(new), both.predict_proba(new)[:, 1], rtol=0, atol=1e-9)


@pytest.mark.parametrize("slope", [-1.7, 0.4])
def test_slopes_are_those_of_the_log_odds(slope: float):
    """Against differences of the probability, at rows near the border and far from it."""
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(80, 6))
    fitted = fit_vector_machine(rows, rows[:, 0] - rows[:, 1] ** 2 + rng.normal(size=80) / 2 > 0, 3)
    machine = replace(fitted, platt=np.array([slope, 0.3]))
    for row in rng.normal(size=(5, 6)) * [[0.1], [0.5], [1], [2], [3]]:
        steps = 1e-5 * np.eye(6)
        above, below = (logit(machine.probability(row + way * steps)) for way in (1, -1))
        np.testing.assert_allclose(machine.slopes(row), (above - below) / 2e-5, rtol=1e-5, atol=1e-8)


def test_slopes_of_a_model_are_per_unit_of_each_input():
    """Not of its z-score: the columns have their own spread, here of 1000 and of 0.01."""
    cohort = [
        replace(one, radiomics={name: value * scale for name, value in one.radiomics.items()})
        for one, scale in zip(patients(100, seed=1, features=True), np.full(100, 1000.0), strict=True)
    ]
    fitted = NingCombinedSvm.fit(cohort, 1)
    one = cohort[3]
    slopes = fitted.slopes(one)
    assert list(slopes) == [column.name for column in fitted.design.columns]
    for name, slope in slopes.items():
        if not name.startswith(RADIOMICS):
            continue
        key = name.removeprefix(RADIOMICS)
        above, below = (
            logit(
                fitted.predict(
                    replace(one, radiomics={**one.radiomics, key: one.radiomics[key] + way})
                ).probability
            )
            for way in (0.1, -0.1)
        )
        assert slope == pytest.approx((above - below) / 0.2, rel=1e-3, abs=1e-9)
    assert fitted.slopes(Patient()) == {}


def test_noise_is_refused():
    """Nothing to learn: for some seeds the held-out decisions point backwards, and that is said."""
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(60, 1))
    said = set()
    for seed in range(12):
        try:
            machine = fit_vector_machine(rows, rng.random(60) < 0.25, seed)
        except InputRefused as error:
            said.add(str(error))
        else:
            # Where there is an answer it never falls as the decision rises.
            assert machine.platt[0] < 0
    assert said == {"the vector machine ranks held-out training patients no better than chance (60 of them)"}


def test_arrays_that_do_not_fit():
    machine = fit_vector_machine(np.arange(40.0)[:, None], np.arange(40) >= 25, 0)
    with pytest.raises(ValueError, match="support vectors of shape"):
        VectorMachine.from_arrays(machine.arrays(), 2)


@pytest.mark.parametrize("kind", [NingCombinedLogistic, NingCombinedSvm, LuRadiomics])
def test_radiomics_models(kind):
    cohort = patients(100, seed=1, features=True)
    fitted = kind.fit(cohort, 1)
    asked = [name for name in fitted.inputs if name.startswith("radiomics:")]
    # The features that the outcome hangs on are found; no more than the paper's nine, or ten, are kept.
    assert {name.rpartition("_")[2] for name in asked} & {"f0", "f1"}
    assert len(asked) <= 10
    assert 0 < fitted.predict(cohort[0]).probability < 1
    bare = Patient(values=cohort[0].values)
    assert set(fitted.predict(bare).missing) == set(asked)
    assert fitted.predict(bare).probability is None
    assert fitted.threshold.probability == 0.5


@pytest.mark.parametrize("kind", [NingCombinedLogistic, NingCombinedSvm, LuRadiomics])
def test_without_radiomics(kind):
    with pytest.raises(InputRefused, match="no training patient has radiomics features"):
        kind.fit(patients(30), 1)
    few = patients(12, seed=3, features=True)
    one_sided = [one for one in few if not one.expansion] + [one for one in few if one.expansion][:1]
    with pytest.raises(InputRefused, match=r"folds|outcome"):
        kind.fit(one_sided, 1)

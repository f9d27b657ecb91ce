"""The regressions: against statsmodels and the published counts, missing inputs, refusals."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
import statsmodels.api as sm

from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.prediction.column import value
from HematomaExpansionLib.prediction.lee2024.clinical import LeeClinical, gcs_group
from HematomaExpansionLib.prediction.locking import ThresholdRule
from HematomaExpansionLib.prediction.logistic import Logistic
from HematomaExpansionLib.prediction.ning2025.brain import NingBrain
from HematomaExpansionLib.prediction.ning2025.clinical_radiologic import NingClinicalRadiologic
from HematomaExpansionLib.prediction.outcome import LEE2024
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.zhong2021.bat import ZhongBat
from HematomaExpansionLib.prediction.zhong2021.volume import ZhongVolume
from Testing.prediction.synthetic import patients

LINEAR = [LeeClinical, NingBrain, NingClinicalRadiologic, ZhongBat, ZhongVolume]


class GcsOnly(Logistic):
    name = "gcs-only"
    outcome = LEE2024
    columns = LeeClinical.columns[1:3]
    threshold_rule = ThresholdRule.YOUDEN


def test_published_counts():
    """Lee 2024, Table 1: 310/53 mild, 65/28 moderate, 40/29 severe."""
    counts = {
        (14, False): 310,
        (14, True): 53,
        (10, False): 65,
        (10, True): 28,
        (5, False): 40,
        (5, True): 29,
    }
    cohort = [
        Patient(values={"gcs": gcs}, expansion=grew) for (gcs, grew), n in counts.items() for _ in range(n)
    ]
    fitted = GcsOnly.fit(cohort, 0)
    found = [fitted.predict(Patient(values={"gcs": gcs})) for gcs in (15, 9, 8)]
    assert [one.probability for one in found] == pytest.approx([53 / 363, 28 / 93, 29 / 69], abs=1e-9)
    slopes = fitted.coefficients[1:] / fitted.design.sd
    assert slopes == pytest.approx([0.92410, 1.44470], abs=1e-5)
    assert fitted.coefficients[0] - slopes @ fitted.design.mean == pytest.approx(-1.76628, abs=1e-5)
    # A proportion's own Wald interval on the log odds: sqrt(1/53 + 1/310).
    low, high = found[0].interval
    assert log(high / (1 - high)) - log(low / (1 - low)) == pytest.approx(
        2 * 1.959964 * (1 / 53 + 1 / 310) ** 0.5
    )


@pytest.mark.parametrize("kind", LINEAR)
def test_against_statsmodels(kind: type[Logistic]):
    cohort = patients(120, seed=2)
    fitted = kind.fit(cohort, 0)
    design = sm.add_constant(np.array([[column.of(one) for column in kind.columns] for one in cohort]))
    model = sm.Logit([one.expansion for one in cohort], design).fit(disp=0)
    frame = model.get_prediction(design).summary_frame()
    for one, expected in zip(cohort[:10], frame.to_numpy()[:10], strict=True):
        found = fitted.predict(one)
        assert found.probability == pytest.approx(expected[0], abs=1e-8)
        summed = fitted.coefficients[0] + sum(part.log_odds for part in found.contributions)
        assert summed == pytest.approx(log(found.probability / (1 - found.probability)), abs=1e-9)
        assert found.interval[0] < found.probability < found.interval[1]
    # The interval is that of the log odds, carried over.
    row = design[0]
    error = float(np.sqrt(row @ model.cov_params() @ row))
    low = fitted.predict(cohort[0]).interval[0]
    assert log(low / (1 - low)) == pytest.approx(float(row @ model.params) - 1.959964 * error, abs=1e-5)


def test_youden_threshold_is_of_the_training_patients():
    cohort = patients(80, seed=4)
    fitted = ZhongVolume.fit(cohort, 0)
    probability = np.array([fitted.predict(one).probability for one in cohort])
    grew = np.array([one.expansion for one in cohort])
    best = max((probability[grew] >= cut).mean() + (probability[~grew] < cut).mean() for cut in probability)
    cut = fitted.threshold.probability
    assert (probability[grew] >= cut).mean() + (probability[~grew] < cut).mean() == pytest.approx(best)
    assert NingBrain.fit(cohort, 0).threshold.probability == 0.5


@pytest.mark.parametrize(
    ("gcs", "group"),
    [(15, "mild"), (13, "mild"), (12, "moderate"), (9, "moderate"), (8, "severe"), (None, None)],
)
def test_gcs_groups(gcs: int | None, group: str | None):
    assert gcs_group(Patient(values={"gcs": gcs})) == group


def test_a_missing_input_is_named():
    fitted = LeeClinical.fit(patients(60), 0)
    found = fitted.predict(Patient(values={"age_years": 60.0}))
    assert found.probability is None
    assert found.missing == ("gcs", "fibrinogen_mg_dl")
    assert found.reason == "gcs, fibrinogen_mg_dl: not known; the model uses complete cases only"
    # A score is known when what is missing cannot change it: 5.5 h is in the lowest class of BAT either way.
    bat = ZhongBat.fit(patients(60), 0).predict(Patient(values={"blend": True, "hypodensity": None}))
    assert bat.missing == ("hypodensity", "onset_to_ct_h")


def test_median_policy_says_what_it_filled_in():
    cohort = patients(90, seed=5)
    lacking = [replace(one, values={**one.values, "fibrinogen_mg_dl": None}) for one in cohort[:20]]
    fitted = LeeClinical.fit([*lacking, *cohort[20:]], 0, "median")
    assert fitted.design.names[-1] == "missing:fibrinogen_mg_dl"
    assert fitted.design.left_out == 0
    found = fitted.predict(lacking[0])
    assert found.missing == ("fibrinogen_mg_dl",)
    assert found.warnings == ("fibrinogen_mg_dl: not known; the median of the training patients stands in.",)
    parts = {part.name: part for part in found.contributions}
    assert parts["fibrinogen_mg_dl"].value is None
    assert parts["missing:fibrinogen_mg_dl"].value == 1.0
    known = np.median([one.values["fibrinogen_mg_dl"] for one in cohort[20:]])
    position = fitted.design.names.index("fibrinogen_mg_dl")
    assert fitted.design.median[position] == pytest.approx(known)
    assert LeeClinical.fit([*lacking, *cohort[20:]], 0).design.left_out == 20


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda one: replace(one, expansion=True),
            "60 of 60 training patients .* expanded; some with and some",
        ),
        (
            lambda one: replace(one, expansion=None),
            "no training patient has a known outcome and all of ich_ml",
        ),
        (lambda one: replace(one, values={**one.values, "ich_ml": 10.0}), "ich_ml: the same in all 60"),
        (lambda one: replace(one, values={}), "no training patient has a known outcome and all of ich_ml"),
        (
            lambda one: replace(
                one, values={"ich_ml": 50.0 + one.values["ich_ml"] * 0.1 if one.expansion else 1.0}
            ),
            "separat",
        ),
    ],
)
def test_refused(change, message: str):
    with pytest.raises(InputRefused, match=message):
        ZhongVolume.fit([change(one) for one in patients(60)], 0)


def test_other_columns_are_refused():
    fitted = ZhongVolume.fit(patients(60), 0)
    state = fitted.state()
    for broken in (
        replace(state, parameters={**state.parameters, "missing": "zero"}),
        replace(state, arrays={**state.arrays, "coefficients": np.zeros(3)}),
        replace(state, arrays={**state.arrays, "mean": np.zeros(2)}),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            ZhongVolume.from_state(broken)
    with pytest.raises(KeyError):
        ZhongVolume.from_state(replace(state, parameters={**state.parameters, "columns": ["age_years"]}))
    assert value("ich_ml", "x").of(Patient(values={"ich_ml": "large"})) is None

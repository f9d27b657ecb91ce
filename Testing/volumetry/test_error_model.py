"""The error model against the published tables and numbers worked out by hand."""

import math

import pytest

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.volumetry.error_model import (
    ErrorModel,
    constant_cv,
    false_expansion_probability,
    reader_error,
    sphere_boundary_change,
)
from HematomaExpansionLib.volumetry.expansion import Definition, Volumes, judge_by

# V0 (mL), threshold (mL), CV, P(false expansion) to three decimals.
DECISION_SENSITIVITY = [
    (10, 3.3, 0.03, 0.000),
    (10, 3.3, 0.05, 0.000),
    (10, 3.3, 0.10, 0.010),
    (30, 6.0, 0.03, 0.000),
    (30, 6.0, 0.05, 0.002),
    (30, 6.0, 0.10, 0.079),
    (60, 6.0, 0.03, 0.009),
    (60, 6.0, 0.05, 0.079),
    (60, 6.0, 0.10, 0.240),
    (100, 6.0, 0.03, 0.079),
    (100, 6.0, 0.05, 0.198),
    (100, 6.0, 0.10, 0.336),
]


@pytest.mark.parametrize(("v0", "threshold", "cv", "expected"), DECISION_SENSITIVITY)
def test_the_table_of_decision_sensitivity(v0: float, threshold: float, cv: float, expected: float) -> None:
    assert round(false_expansion_probability(v0, threshold, cv), 3) == expected


@pytest.mark.parametrize(
    ("v0", "cv", "expected"), [(v0, cv, p) for v0, threshold, cv, p in DECISION_SENSITIVITY if threshold == 6]
)
def test_the_judge_gives_the_same_table_where_the_threshold_is_absolute(
    v0: float, cv: float, expected: float
) -> None:
    answer = judge_by(Definition.CHE, Volumes(v0, v0), error_model=constant_cv(cv))
    assert answer.expanded is False
    assert answer.probability == pytest.approx(expected, abs=1.1e-3)


def test_the_judge_lets_the_relative_threshold_err_with_the_baseline() -> None:
    # V1 - 1.33 V0 has the standard error 1 x sqrt(1 + 1.33^2) = 1.664 mL: 1 - Phi(3.3 / 1.664) = 0.0237.
    answer = judge_by(Definition.CHE, Volumes(10, 10), error_model=constant_cv(0.10))
    assert answer.probability == pytest.approx(0.0237, abs=2e-4)


def test_standard_errors_of_readers() -> None:
    intra, inter = reader_error("intra"), reader_error("inter")
    assert intra.ich_sem_ml == pytest.approx(3.82 / 2.77)
    assert inter.ich_sem_ml == pytest.approx(5.83 / 2.77)
    # Total volume with IVH: ICH and IVH errors together give the published 10.4 mL.
    assert 2.77 * math.hypot(inter.ich_sem_ml, inter.ivh_sem_ml) == pytest.approx(10.4)
    assert intra.ivh_sem_ml == inter.ivh_sem_ml


def test_a_volume_of_zero_has_no_error() -> None:
    assert reader_error().ivh_sd_ml(0.0) == 0.0
    assert constant_cv(0.1).ich_sd_ml(20.0) == pytest.approx(2.0)
    assert ErrorModel("both", ich_sem_ml=3.0, cv=0.1).ich_sd_ml(40.0) == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("probability", "certainty"),
    [(1.0, "definite"), (0.95, "definite"), (0.949, "indeterminate"), (0.051, "indeterminate"), (0.05, "no")],
)
def test_the_limits_of_a_certain_answer(probability: float, certainty: str) -> None:
    assert reader_error().certainty(probability) == certainty


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"ich_sem_ml": -1.0}, "negative"),
        ({"cv": -0.1}, "negative"),
        ({"no_at": 0.9, "definite_at": 0.5}, "0.9 and 0.5"),
        ({"definite_at": 1.5}, "1.5"),
    ],
)
def test_what_is_no_error_model_is_refused(values: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ErrorModel("made up", **values)


@pytest.mark.parametrize(("volume_ml", "percent"), [(5, 14.8), (20, 9.2), (30, 8.0)])
def test_half_a_millimetre_of_boundary(volume_ml: float, percent: float) -> None:
    assert round(100 * sphere_boundary_change(volume_ml, 0.5), 1) == percent
    radius = (volume_ml * 3000 / 4 / math.pi) ** (1 / 3)
    inwards = 4 / 3 * math.pi * (radius - 0.5) ** 3 / 1000
    assert sphere_boundary_change(volume_ml, -0.5) == pytest.approx(inwards / volume_ml - 1)

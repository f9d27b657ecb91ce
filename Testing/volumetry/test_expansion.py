"""The four definitions on a table worked out by hand."""

import math

import pytest
from scipy.stats import norm

from HematomaExpansionLib.errors import InputRefused, UsageError
from HematomaExpansionLib.volumetry.error_model import ErrorModel, constant_cv, reader_error
from HematomaExpansionLib.volumetry.expansion import Definition, Limits, Volumes, judge, judge_by

T, F = True, False

# ICH before, after, IVH before, after (mL); che, rhe1, rhe2, rhe-ning.
TABLE = {
    "no change": (20, 20, 0, 0, (F, F, F, F)),
    "nothing in either scan": (0, 0, 0, 0, (F, F, F, F)),
    "V0 = 0, new bleed under 6 mL": (0, 5.9, 0, 0, (F, F, F, F)),
    "V0 = 0, new bleed of 6 mL": (0, 6, 0, 0, (T, T, T, T)),
    "exactly 6 mL": (30, 36, 0, 0, (T, T, T, T)),
    "just under 6 mL": (30, 35.99, 0, 0, (F, F, F, F)),
    "exactly 33 %": (10, 13.3, 0, 0, (T, T, T, T)),
    "exactly 33 %, whose floating-point growth is less": (3, 3.99, 0, 0, (T, T, T, T)),
    "just under 33 %": (10, 13.29, 0, 0, (F, F, F, F)),
    "V0 = 18.18, both branches": (6 / 0.33, 6 / 0.33 + 6, 0, 0, (T, T, T, T)),
    "V0 = 18.18, neither": (6 / 0.33, 6 / 0.33 + 5.99, 0, 0, (F, F, F, F)),
    "over 18.18 the absolute branch is first": (60, 66, 0, 0, (T, T, T, T)),
    "under 18.18 the relative branch is first": (5, 6.65, 0, 0, (T, T, T, T)),
    "shrunken": (30, 20, 2, 1, (F, F, F, F)),
    "de novo IVH of 0.2 mL": (20, 20, 0, 0.2, (F, T, F, T)),
    "de novo IVH of exactly 1 mL": (20, 20, 0, 1, (F, T, T, T)),
    "IVH growth of 0.5 mL": (20, 20, 2, 2.5, (F, T, F, F)),
    "IVH growth of exactly 1 mL": (20, 20, 2, 3, (F, T, T, T)),
    "IVH growth of 1 mL that is 0.9999... in floating point": (20, 20, 0.1, 1.1, (F, T, T, T)),
    "ICH and IVH both grow": (20, 27, 0, 4, (T, T, T, T)),
    "no IVH volume, no growth": (20, 20, None, None, (F, None, None, None)),
    "no IVH volume at follow-up, growth": (20, 27, 1, None, (T, T, T, T)),
    "no ICH volume, no IVH growth": (None, 20, 0, 0, (None, None, None, None)),
    "no ICH volume, IVH growth": (20, None, 0, 2, (None, T, T, T)),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_four_definitions(case: str) -> None:
    ich0, ich1, ivh0, ivh1, expected = TABLE[case]
    answers = judge(Volumes(ich0, ich1, ivh0, ivh1))
    assert [answer.definition for answer in answers] == ["che", "rhe1", "rhe2", "rhe-ning"]
    assert tuple(answer.expanded for answer in answers) == expected


@pytest.mark.parametrize(
    ("ich0", "ich1", "ivh0", "ivh1", "expected"),
    [
        (30, 36, 0, 0, (F, F, F, F)),
        (30, 36.01, 0, 0, (T, T, T, T)),
        (10, 13.3, 0, 0, (F, F, F, F)),
        (10, 13.31, 0, 0, (T, T, T, T)),
        (20, 20, 2, 3, (F, T, F, F)),
    ],
)
def test_the_strict_comparison(
    ich0: float, ich1: float, ivh0: float, ivh1: float, expected: tuple[bool, ...]
) -> None:
    answers = judge(Volumes(ich0, ich1, ivh0, ivh1), Limits(inclusive=False))
    assert tuple(answer.expanded for answer in answers) == expected
    assert "more than 6 mL" in answers[0].rule
    assert answers[0].parameters["inclusive"] is False


def test_other_limits_are_used_and_recorded() -> None:
    limits = Limits(absolute_ml=12.5, relative=0.5, ivh_growth_ml=2.0)
    assert limits.crossing_ml == 25.0
    answer = judge_by(Definition.RHE2, Volumes(30, 40, 0, 1.5), limits)
    assert answer.expanded is False
    assert answer.rule == (
        "parenchymal growth at least 12.5 mL or at least 50 %, or IVH growth at least 2 mL"
    )
    assert answer.parameters == {
        "absolute_ml": 12.5,
        "relative": 0.5,
        "ivh_growth_ml": 2.0,
        "inclusive": True,
        "tolerance_ml": 1e-6,
    }


def test_the_reasons_carry_the_numbers() -> None:
    answer = judge_by(Definition.RHE_NING, Volumes(20, 25, 0, 0.4))
    assert answer.reasons == [
        "Parenchymal growth +5.000 mL (20.00 to 25.00 mL); the rule asks for at least 6 mL: not met.",
        "Relative parenchymal growth +25.00 %; the rule asks for at least 33 %: not met.",
        "IVH growth +0.400 mL (0.00 to 0.40 mL); the rule asks for at least 1 mL: not met.",
        "New IVH of any size (no IVH at baseline, 0.400 mL at follow-up): met.",
    ]
    none_before = judge_by(Definition.CHE, Volumes(0, 3))
    assert "relative growth is not defined" in none_before.reasons[1]


@pytest.mark.parametrize(
    ("growth_ml", "certainty"),
    [(0.5, "no"), (4.0, "indeterminate"), (10.0, "indeterminate"), (11.0, "definite")],
)
def test_probability_and_certainty_of_the_absolute_rule(growth_ml: float, certainty: str) -> None:
    answer = judge_by(Definition.CHE, Volumes(40.0, 40.0 + growth_ml), error_model=reader_error("inter"))
    expected = norm.sf((6 - growth_ml) / (math.sqrt(2) * 5.83 / 2.77))
    assert answer.probability == pytest.approx(expected, abs=1e-6)
    assert answer.certainty == certainty


def test_the_ich_and_the_ivh_branch_are_joined_as_independent() -> None:
    model = ErrorModel("by hand", ich_sem_ml=2.0, ivh_sem_ml=1.0)
    answers = {a.definition: a for a in judge(Volumes(40, 44, 10, 10.5), error_model=model)}
    ich = norm.sf((6 - 4) / (2 * math.sqrt(2)))
    any_growth = norm.sf(-0.5 / math.sqrt(2))
    one_ml = norm.sf(0.5 / math.sqrt(2))
    assert answers["che"].probability == pytest.approx(ich, abs=1e-6)
    assert answers["rhe1"].probability == pytest.approx(1 - (1 - ich) * (1 - any_growth), abs=1e-6)
    assert answers["rhe2"].probability == pytest.approx(1 - (1 - ich) * (1 - one_ml), abs=1e-6)
    assert answers["rhe-ning"].probability == pytest.approx(1 - (1 - ich) * (1 - one_ml), abs=1e-6)


def test_a_little_new_ivh_fires_but_is_not_certain() -> None:
    answer = judge_by(Definition.RHE_NING, Volumes(20, 20, 0, 0.5))
    assert answer.expanded is True
    assert answer.certainty == "indeterminate"
    assert answer.probability == pytest.approx(norm.cdf(0.5 / reader_error().ivh_sem_ml), abs=0.01)


def test_without_blood_in_either_scan_nothing_is_probable() -> None:
    assert [(a.probability, a.certainty) for a in judge(Volumes(0, 0, 0, 0))] == [(0.0, "no")] * 4


def test_an_unknown_volume_leaves_the_probability_unknown() -> None:
    che, *revised = judge(Volumes(20, 30, None, None), error_model=constant_cv(0.05))
    assert che.probability is not None
    assert all(answer.expanded is True for answer in revised)
    assert all(answer.probability is None and answer.certainty is None for answer in revised)


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf])
def test_what_is_no_volume_is_refused(value: float) -> None:
    with pytest.raises(InputRefused, match=r"volume ivh1 is .* 0 or more is allowed"):
        Volumes(1.0, 1.0, 0.0, value)


@pytest.mark.parametrize("name", ["absolute_ml", "relative", "ivh_growth_ml"])
def test_a_limit_of_zero_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} is 0"):
        Limits(**{name: 0})

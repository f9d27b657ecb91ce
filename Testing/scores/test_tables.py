"""Every published table and limit, and every subset of missing items."""

from collections.abc import Iterator
from itertools import product
from math import exp

import pytest

from HematomaExpansionLib.scores.answer import ScoreAnswer
from HematomaExpansionLib.scores.definition import Score
from HematomaExpansionLib.scores.evaluate import evaluate
from HematomaExpansionLib.scores.read import all_scores
from HematomaExpansionLib.scores.values import Value

SCORES = {score.id: score for score in all_scores()}

# reference/scores.md, BRAIN probability (%) for scores 0-24.
BRAIN_PERCENT = (
    "3.4 4.2 5.1 6.3 7.7 9.4 11.3 13.7 16.4 19.5 23.1 27.2 31.6 36.4 "
    "41.5 46.7 52.1 57.4 62.5 67.4 71.9 76.0 79.7 83.0 85.8"
)

PRESENT_OR_ABSENT = ("present", "absent")
# Points of each score written down a second time, by hand, with a value on each side of every limit:
# name of the value to {value: points}.
ORACLE: dict[str, dict[str, dict[float | str, int]]] = {
    "bat": {
        "blend": {"present": 1, "absent": 0},
        "hypodensity": {"present": 2, "absent": 0},
        "onset_to_ct_h": {0.0: 2, 2.49: 2, 2.5: 0, 24.0: 0},
    },
    "brain": {
        "ich_ml": {0.3: 0, 10.0: 0, 10.01: 5, 20.0: 5, 20.01: 7, 120.0: 7},
        "previous_ich": {"present": 4, "absent": 0},
        "warfarin": {"present": 6, "absent": 0},
        "ivh": {"present": 2, "absent": 0},
        "onset_to_ct_h": {
            1.0: 5, 1.01: 4, 2.0: 4, 2.01: 3, 3.0: 3, 3.01: 2, 4.0: 2, 4.01: 1, 5.0: 1, 5.01: 0,
        },
    },
    "nine-point": {
        "warfarin": {"present": 2, "absent": 0},
        "onset_to_ct_h": {6.0: 2, 6.01: 0},
        "ich_ml": {29.99: 0, 30.0: 1, 60.0: 1, 60.01: 2},
        "spot_sign": {"present": 3, "absent": 0, "unavailable": 1},
    },
    "nag": {
        "nihss": {9: 0, 10: 1},
        "anticoagulant": {"present": 1, "absent": 0},
        "glucose_mg_dl": {132.99: 0, 133.0: 1},
    },
    "five-point": {
        "ich_ml": {29.99: 0, 30.0: 1},
        "ivh": {"present": 1, "absent": 0},
        "island": {"present": 1, "absent": 0},
        "black_hole": {"present": 1, "absent": 0},
        "swirl": {"present": 1, "absent": 0},
    },
    "ich": {
        "gcs": {3: 2, 4: 2, 5: 1, 12: 1, 13: 0, 15: 0},
        "ich_ml": {29.99: 0, 30.0: 1},
        "ivh": {"present": 1, "absent": 0},
        "location": {"lobar": 0, "deep": 0, "infratentorial": 1},
        "age_years": {79.9: 0, 80: 1},
    },
    "func": {
        "ich_ml": {29.99: 4, 30.0: 2, 60.0: 2, 60.01: 0},
        "age_years": {69.9: 2, 70: 1, 79.9: 1, 80: 0},
        "location": {"lobar": 2, "deep": 1, "infratentorial": 0},
        "gcs": {8: 0, 9: 2},
        "cognitive_impairment": {"present": 0, "absent": 1},
    },
}  # fmt: skip
RANGES = {
    "bat": (0, 5), "brain": (0, 24), "nine-point": (0, 9), "nag": (0, 3), "five-point": (0, 5),
    "ich": (0, 6), "func": (0, 11),
}  # fmt: skip


def answer(score: Score, values: dict[str, float | str]) -> ScoreAnswer:
    return evaluate(score, {name: Value(value, "test") for name, value in values.items()})


def test_the_scores_are_these_seven():
    assert set(SCORES) == set(ORACLE)
    assert {name: score.range for name, score in SCORES.items()} == RANGES


@pytest.mark.parametrize("name", ORACLE)
def test_points_of_every_combination_at_every_limit(name: str):
    oracle = ORACLE[name]
    reached = set()
    for chosen in product(*(points.items() for points in oracle.values())):
        expected = sum(points for _, points in chosen)
        found = answer(SCORES[name], dict(zip(oracle, (value for value, _ in chosen), strict=True)))
        assert (found.points, found.minimum, found.maximum, found.complete) == (*[expected] * 3, True)
        reached.add(expected)
    assert (min(reached), max(reached)) == RANGES[name]


def one_of_each_class(oracle: dict[str, dict[float | str, int]]) -> dict[str, list[float | str]]:
    """One value for each number of points an item can give."""
    return {
        name: list({points: value for value, points in item.items()}.values())
        for name, item in oracle.items()
    }


def completions(partial: dict[str, float | str], choices: dict[str, list[float | str]]) -> Iterator[int]:
    """The scores of everything that a partly known patient may be."""
    free = [name for name in choices if name not in partial]
    for chosen in product(*(choices[name] for name in free)):
        yield partial | dict(zip(free, chosen, strict=True))


@pytest.mark.parametrize("name", ORACLE)
def test_bounds_hold_every_completion_of_every_subset_of_missing_items(name: str):
    oracle, score = ORACLE[name], SCORES[name]
    choices = one_of_each_class(oracle)
    table = None if score.probability is None else score.probability.by_points
    for known in product(*([None, *values] for values in choices.values())):
        partial = {item: value for item, value in zip(choices, known, strict=True) if value is not None}
        found = answer(score, partial)
        totals = [
            sum(oracle[item][value] for item, value in whole.items())
            for whole in completions(partial, choices)
        ]
        assert (found.minimum, found.maximum) == (min(totals), max(totals))
        assert found.complete == (min(totals) == max(totals))
        if found.points is not None:
            assert found.minimum <= found.points <= found.maximum
        if table is not None:
            assert found.probability is not None
            for total in totals:
                assert found.probability[0] <= table[total] <= found.probability[1]


def test_brain_probabilities():
    table = SCORES["brain"].probability.by_points
    assert [f"{100 * value:.1f}" for value in table] == BRAIN_PERCENT.split()
    fitted = [round(100 / (1 + exp(3.342 - 0.2141 * score)), 1) for score in range(25)]
    assert [round(100 * value, 1) for value in table] == fitted


@pytest.mark.parametrize(
    ("ich_ml", "previous_ich", "warfarin", "ivh", "hours", "points", "percent"),
    [
        (8, "absent", "absent", "absent", 6, 0, 3.4),
        (20, "absent", "absent", "present", 2, 11, 27.2),
        (21, "present", "present", "present", 1, 24, 85.8),
    ],
)
def test_brain_of_three_patients(ich_ml, previous_ich, warfarin, ivh, hours, points, percent):
    values = {"ich_ml": ich_ml, "previous_ich": previous_ich, "warfarin": warfarin, "ivh": ivh}
    found = answer(SCORES["brain"], values | {"onset_to_ct_h": hours})
    assert found.points == points
    assert found.probability == pytest.approx((percent / 100, percent / 100))


def test_ich_score_mortality():
    assert SCORES["ich"].probability.by_points == (0, 0.13, 0.26, 0.72, 0.97, 1, 1)


def test_nag_frequencies():
    assert SCORES["nag"].probability.by_points == (0.04, 0.25, 0.60, 1.0)

"""What the evaluator says beside the points: sources, missing items, alternatives, cuts, warnings."""

import pytest

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.scores.evaluate import evaluate, evaluate_all
from HematomaExpansionLib.scores.read import all_scores
from HematomaExpansionLib.scores.values import Value

SCORES = {score.id: score for score in all_scores()}


def given(**values: float | str | None) -> dict[str, Value]:
    return {name: Value(value, "given") for name, value in values.items()}


def test_each_item_shows_its_value_source_and_note():
    values = {
        "blend": Value("present", "marker (reader)"),
        "hypodensity": Value(None, "marker (automatic)", "indeterminate"),
    }
    shown = [
        (item.name, item.value, item.unit, item.source, item.note, item.points)
        for item in evaluate(SCORES["bat"], values).items
    ]
    assert shown == [
        ("Blend sign", "present", None, "marker (reader)", "", 1),
        ("Any hypodensity", None, None, "marker (automatic)", "indeterminate", None),
        ("Time from onset to CT", None, "h", None, "", None),
    ]


@pytest.mark.parametrize(
    ("values", "bounds", "above"),
    [
        ({}, (0, 5), None),
        ({"onset_to_ct_h": 1.0, "blend": "present"}, (3, 5), True),
        ({"onset_to_ct_h": 3.0, "hypodensity": "absent"}, (0, 1), False),
        ({"onset_to_ct_h": 3.0, "blend": "present"}, (1, 3), None),
    ],
)
def test_a_cut_is_told_as_soon_as_missing_items_cannot_change_it(values, bounds, above):
    found = evaluate(SCORES["bat"], given(**values))
    assert ((found.minimum, found.maximum), found.above_cut) == (bounds, above)
    assert found.cut == "high risk from 3 points on"
    assert found.points is None


def test_a_missing_spot_sign_counts_as_the_score_says_and_the_bounds_stay_honest():
    known = {"warfarin": "absent", "onset_to_ct_h": 7.0, "ich_ml": 40.0}
    missing = evaluate(SCORES["nine-point"], given(**known))
    assert (missing.points, missing.minimum, missing.maximum, missing.complete) == (2, 1, 4, False)
    assert missing.warnings[0] == (
        "CTA spot sign is missing: the score counts 1 for it; 0 to 3 would be possible."
    )
    unavailable = evaluate(SCORES["nine-point"], given(**known, spot_sign="unavailable"))
    assert (unavailable.points, unavailable.complete) == (2, True)
    without_hours = evaluate(SCORES["nine-point"], given(warfarin="absent", ich_ml=40.0))
    assert without_hours.points is None


@pytest.mark.parametrize(
    ("warfarin", "anticoagulant", "strict", "alternative"),
    [
        ("absent", "present", (7, 7), (13, 13)),
        (None, "present", (7, 13), (13, 13)),
        ("present", "present", (13, 13), None),
        ("absent", "absent", (7, 7), None),
        ("absent", None, (7, 7), None),
        (None, None, (7, 13), None),
    ],
)
def test_a_doac_is_strictly_no_warfarin_and_the_alternative_is_shown(
    warfarin, anticoagulant, strict, alternative
):
    values = given(
        ich_ml=18, previous_ich="absent", ivh="present", onset_to_ct_h=8.0,
        warfarin=warfarin, anticoagulant=anticoagulant,
    )  # fmt: skip
    found = evaluate(SCORES["brain"], values)
    assert (found.minimum, found.maximum) == strict
    if alternative is None:
        assert found.alternative is None
    else:
        assert (found.alternative.minimum, found.alternative.maximum) == alternative
        assert found.alternative.note == "a DOAC counted as warfarin"
        assert found.alternative.probability == (0.364, 0.364)


@pytest.mark.parametrize(("hours", "warned"), [(6.0, False), (6.5, True), (7, True), (None, False)])
def test_a_scan_outside_the_window_is_flagged(hours: float | None, warned: bool):
    found = evaluate(SCORES["brain"], given(onset_to_ct_h=hours))
    assert any("the score was made for up to 6 h" in warning for warning in found.warnings) == warned


def test_outcome_scores_at_every_time_point_and_expansion_scores_at_baseline():
    clinical = {
        "gcs": 14,
        "age_years": 82,
        "location": "deep",
        "ivh": "absent",
        "surgery_before_followup": "present",
    }
    found = evaluate_all(
        {"baseline": given(ich_ml=25, **clinical), "followup-1": given(ich_ml=35, **clinical)}
    )
    at = {(one.id, one.timepoint): one for one in found.scores}
    assert {name for name, timepoint in at if timepoint == "followup-1"} == {"ich", "func"}
    assert len(at) == 7 + 2
    assert [at["ich", when].points for when in ("baseline", "followup-1")] == [1, 2]
    assert at["ich", "baseline"].warnings == []
    assert at["ich", "followup-1"].warnings == [
        "Clinical values are those on admission.",
        "Surgery or a ventricular drain lies before this scan: its volumes are not the bleed's.",
    ]


def test_every_answer_says_what_it_was_made_for():
    for one in evaluate_all({"baseline": {}}).scores:
        for said in (one.outcome, one.window, one.population, one.exclusions, one.performance, one.citation):
            assert said.strip()
        assert one.verification.startswith("verified: " if one.id != "nine-point" else "to verify: ")
        assert any("Points to verify" in warning for warning in one.warnings) == (one.id == "nine-point")


def test_scores_that_are_not_computed_say_why():
    unavailable = {one.name: one.reason for one in evaluate_all({"baseline": {}}).unavailable}
    assert set(unavailable) == {
        "HEP", "HEAVN", "PREDICT A", "PREDICT B", "Hematoma Maturity", "HE-VSD-A2TP", "Al-Shahi Salman 2018",
    }  # fmt: skip
    assert "intercept" in unavailable["Al-Shahi Salman 2018"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"location": "cerebellar"}, "location: 'cerebellar'; lobar or deep or infratentorial is allowed"),
        ({"ich_ml": "large"}, "ich_ml: 'large'; a number is allowed"),
    ],
)
def test_a_value_of_another_kind_is_refused(values, said: str):
    with pytest.raises(UsageError, match=said):
        evaluate(SCORES["func"], given(**values))


def test_the_answer_goes_through_json_and_back():
    found = evaluate_all({"baseline": given(ich_ml=25.0, gcs=14)})
    assert type(found).model_validate_json(found.model_dump_json()) == found

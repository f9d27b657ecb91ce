import pytest

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.report.headline import answers, decisive_change, headline
from HematomaExpansionLib.result import StudyResult
from Testing.report.phantom import BOTH, Bleed, study

ICH_ONLY = frozenset({Label.ICH})


# Voxels of 0.02 mL: spheres of 15, 16, 18 and 19 mm count 712, 862, 1232 and 1436.
@pytest.mark.parametrize(
    ("bleeds", "said"),
    [
        (
            [Bleed(15), Bleed(18, 10.7, hours=6.0)],
            "ICH 14.2 → 24.6 mL (+10.4 mL, +73 %), IVH 0 → 5.6 mL, right deep: "
            "expansion by all four definitions (definite).",
        ),
        ([Bleed(15)], "ICH 14.2 mL, IVH 0 mL, right deep: one scan, so whether it grew is not known."),
        (
            [Bleed(15, classes=ICH_ONLY), Bleed(16, classes=ICH_ONLY)],
            "ICH 14.2 → 17.2 mL (+3.0 mL, +21 %), IVH — (not told), right deep: "
            "no expansion by cHE (indeterminate); 3 of four definitions cannot be told.",
        ),
        (
            [Bleed(15, classes=ICH_ONLY), Bleed(16, classes=BOTH)],
            "ICH 14.2 → 17.2 mL (+3.0 mL, +21 %), IVH — → 0 mL, right deep: "
            "no expansion by cHE (indeterminate); 3 of four definitions cannot be told.",
        ),
        (
            [Bleed(), Bleed(hours=24.0)],
            "ICH 0 → 0 mL, IVH 0 → 0 mL, no blood found: no expansion by any of the four definitions "
            "(definite).",
        ),
        (
            [Bleed(), Bleed(18)],
            "ICH 0 → 24.6 mL (+24.6 mL), IVH 0 → 0 mL, right deep: "
            "expansion by all four definitions (definite).",
        ),
        (
            [Bleed(15), Bleed(15, 5)],
            "ICH 14.2 → 14.2 mL (0 mL, 0 %), IVH 0 → 0.6 mL, right deep: "
            "expansion by rHE-1 and rHE (Ning), not by cHE and rHE-2 (3 of 4 answers indeterminate).",
        ),
        (
            [Bleed(18), Bleed(15)],
            "ICH 24.6 → 14.2 mL (\N{MINUS SIGN}10.4 mL, \N{MINUS SIGN}42 %), IVH 0 → 0 mL, right deep: "
            "no expansion by any of the four definitions (definite).",
        ),
        (
            [Bleed(classes=frozenset({Label.IVH})), Bleed(0, 10.7, classes=frozenset({Label.IVH}))],
            "ICH — (not told), IVH 0 → 5.6 mL: expansion by rHE-1, rHE-2 and rHE (Ning) "
            "(certainty not known); 1 of four definitions cannot be told.",
        ),
    ],
)
def test_one_sentence_says_how_much_where_and_whether_it_grew(bleeds: list[Bleed], said: str):
    assert headline(study(*bleeds).result) == said


def test_the_three_questions():
    much, where, grew = answers(study(Bleed(15), Bleed(18, 10.7, hours=6.0)).result)
    assert (much.answer, much.detail) == (
        "24.6 mL ICH, 5.6 mL IVH",
        "Follow-up 1. ICH and IVH together: 30.2 mL.",
    )
    assert where.answer == "Right deep"
    assert where.detail == (
        "Baseline: 82 % deep, 18 % lobar. Midline shift (follow-up 1): 4.2 mm to the left."
    )
    assert (grew.answer, grew.tone) == ("Yes (definite)", "yes")
    assert grew.detail.startswith("ICH +10.4 mL in 6.0 h; 4 of 4 definitions met; P(expansion) ")


@pytest.mark.parametrize(
    ("bleeds", "answer", "tone", "detail"),
    [
        ([Bleed(15)], "Not known", "unknown", "There is one scan only."),
        (
            [Bleed(18), Bleed(15)],
            "No (definite)",
            "no",
            "ICH \N{MINUS SIGN}10.4 mL in 0 h; 0 of 4 definitions met; P(expansion) < 1 %.",
        ),
        (
            [Bleed(15, classes=frozenset({Label.OEDEMA}))] * 2,
            "Not known",
            "unknown",
            "Change not known in 0 h; no definition can be answered.",
        ),
    ],
)
def test_did_it_grow(bleeds: list[Bleed], answer: str, tone: str, detail: str):
    grew = answers(study(*bleeds).result)[2]
    assert (grew.answer, grew.tone, grew.detail) == (answer, tone, detail)


def test_the_largest_followup_decides():
    result = study(Bleed(15), Bleed(16), Bleed(19), Bleed(18)).result
    assert decided_by(result) == "followup-2"
    assert headline(result).startswith("ICH 14.2 → 28.7 mL")
    assert decided_by(result.model_copy(update={"largest_followup": None})) == "followup-3"


def decided_by(result: StudyResult) -> str:
    change = decisive_change(result)
    assert change is not None
    return change.timepoint

"""The page and the file of the scores."""

import csv
import json
from pathlib import Path

import pytest

from HematomaExpansionLib.report.content import Bullets, Table
from HematomaExpansionLib.report.scores import NOTE, scores_provenance, scores_section
from HematomaExpansionLib.study import Study


@pytest.fixture
def rows(pair: Study) -> dict[str, tuple[str, ...]]:
    (table,) = (block for block in scores_section(pair.result).blocks if isinstance(block, Table))
    return {row[0]: row[1:] for row in table.rows}


def test_each_score_at_the_time_points_it_is_for(rows: dict[str, tuple[str, ...]]):
    at_baseline = ("BAT score", "BRAIN score", "5-point score", "NAG scale", "9-point score")
    at_both = [
        f"{name}\n{when}" for name in ("FUNC score", "ICH score") for when in ("Baseline", "Follow-up 1")
    ]
    assert list(rows) == [*(f"{name}\nBaseline" for name in at_baseline), *at_both]


def test_points_probability_items_and_what_is_missing(rows: dict[str, tuple[str, ...]]):
    result, items = rows["BRAIN score\nBaseline"]
    # 14.2 mL is 5, no warfarin 0, no IVH 0, 2 h is 4: 9 of 24; a recurrent ICH would add 4.
    assert result.splitlines() == ["9 to 13 of 24 points", "19.5 to 36.4 %: growth of at least 6 mL at 24 h"]
    assert items.splitlines() == [
        "5: Baseline ICH volume, 14.2 mL [segmentation (mask)]",
        "0 to 4: Recurrent ICH, missing",
        "0: Anticoagulation with warfarin, absent [clinical record]",
        "0: Intraventricular haemorrhage, absent [segmentation (mask)]",
        "4: Hours from onset to CT, 2 h [clinical record]",
    ]


def test_markers_and_a_cut(rows: dict[str, tuple[str, ...]]):
    result, items = rows["BAT score\nBaseline"]
    assert result.splitlines()[:2] == ["4 of 5 points", "high risk from 3 points on: yes"]
    assert items.splitlines()[:2] == [
        "0: Blend sign, absent [marker (automatic)]",
        "2: Any hypodensity, present [marker (automatic)]",
    ]


def test_the_follow_up_has_its_own_volume_and_ivh(rows: dict[str, tuple[str, ...]]):
    before, after = rows["ICH score\nBaseline"], rows["ICH score\nFollow-up 1"]
    assert (before[0].splitlines()[0], after[0].splitlines()[0]) == ("0 of 6 points", "1 of 6 points")
    assert "1: Intraventricular haemorrhage, present [segmentation (mask)]" in after[1]


def test_what_is_not_available_says_why_and_the_page_what_it_is_worth(pair: Study):
    section = scores_section(pair.result)
    assert section.own_page
    assert section.blocks[0].text == NOTE
    absent = section.blocks[-1]
    assert isinstance(absent, Bullets)
    for score in pair.result.scores.unavailable:
        assert any(score.name in item and score.reason in item for item in absent.items)


def test_every_score_names_its_source(pair: Study):
    rows = scores_provenance(pair.result.scores).rows
    assert [row[0] for row in rows] == list(dict.fromkeys(s.name for s in pair.result.scores.scores))
    assert "Stroke 2015;46:376-381" in rows[1][3]


def test_csv_holds_the_numbers_of_the_result(written: Path):
    result = json.loads((written / "result.json").read_text(encoding="utf-8"))
    with (written / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    totals = {(row["timepoint"], row["score"]): row for row in rows if row["item"] == "total"}
    for score in result["scores"]["scores"]:
        row = totals[score["timepoint"], score["id"]]
        assert (row["minimum"], row["maximum"]) == (str(score["minimum"]), str(score["maximum"]))
        assert row["points"] == ("" if score["points"] is None else str(score["points"]))
        low, high = score["probability"] or ("", "")
        assert (row["probability_low"], row["probability_high"]) == (str(low), str(high))
        of_it = [r for r in rows if (r["timepoint"], r["score"]) == (score["timepoint"], score["id"])]
        assert [(r["item"], r["points"]) for r in of_it[:-1]] == [
            (item["name"], "" if item["points"] is None else str(item["points"])) for item in score["items"]
        ]
    absent = {row["score"]: row["note"] for row in rows if row["item"] == "unavailable"}
    assert absent == {each["name"]: each["reason"] for each in result["scores"]["unavailable"]}

"""The page and the file of the predictions."""

import csv
from pathlib import Path

import pytest

from HematomaExpansionLib.prediction.outcome import LEE2024, NING2025
from HematomaExpansionLib.prediction.prediction import Contribution, Prediction
from HematomaExpansionLib.report.build import build_content
from HematomaExpansionLib.report.content import Bullets, Table
from HematomaExpansionLib.report.prediction import (
    NOTE,
    prediction_answer,
    prediction_section,
    write_predictions_csv,
)
from HematomaExpansionLib.study import Study
from Testing.report.phantom import Bleed, study

SAYS = "Trained on simulated patients."


def said(**changes: object) -> Prediction:
    known = {
        "model": "lee2024-clinical",
        "version": "0123456789ab",
        "outcome": LEE2024.name,
        "outcome_rule": LEE2024.rule,
        "probability": 0.364,
        "interval": (0.21, 0.55),
        "interval_method": "delta method",
        "contributions": (
            Contribution(name="age_years", value=72.0, log_odds=0.0953101798),
            Contribution(name="warfarin", value=False, log_odds=-0.2231435513),
        ),
        "threshold": 0.3,
        "threshold_rule": "Youden",
        "expected": True,
        "warning": SAYS,
        "weights_sha256": "ab" * 32,
        "intended_use": "Research.",
    }
    return Prediction.model_validate(known | changes)


SILENT = {
    "model": "ning2025-combined-svm",
    "outcome": NING2025.name,
    "outcome_rule": NING2025.rule,
    "probability": None,
    "interval": None,
    "contributions": (),
    "threshold": None,
    "threshold_rule": "",
    "expected": None,
    "missing": ("radiomics", "sbp_mmhg"),
    "reason": "no radiomics features are known",
    "warnings": ("Outside the population of the model: infratentorial.",),
}


@pytest.fixture(scope="module")
def asked() -> Study:
    return study(Bleed(15), predictions=[said(), said(**SILENT)])


def test_each_model_with_its_probability_and_what_it_rests_on(asked: Study):
    note, table, bullets = prediction_section(asked.result).blocks
    assert note.text == NOTE
    assert isinstance(table, Table)
    one, other = table.rows
    assert one == (
        "lee2024-clinical\n0123456789ab",
        "36 %\n95 % interval 21 % to 55 %\nexpected from 30 % on: yes",
        f"{LEE2024.rule}\nage 72 years: odds x 1.10\nwarfarin no: odds x 0.80",
    )
    assert other[1:] == (
        "— not available",
        f"{NING2025.rule}\nMissing: radiomics, SBP\nNo radiomics features are known",
    )
    assert isinstance(bullets, Bullets)
    assert bullets.items == (
        f"lee2024-clinical: {SAYS}",
        f"ning2025-combined-svm: {SAYS}",
        "ning2025-combined-svm: Outside the population of the model: infratentorial.",
    )


def test_the_answer_says_what_the_models_were_trained_on(asked: Study):
    answer = prediction_answer(asked.result)
    assert answer.answer == "P(expansion) 36 %"
    assert answer.detail == f"1 of 2 models asked. {SAYS}"
    silent = prediction_answer(study(Bleed(15), predictions=[said(**SILENT)]).result)
    assert (silent.answer, silent.tone) == ("Not known", "unknown")
    assert silent.detail == f"1 model asked, none can say. {SAYS}"


def test_a_study_without_models_has_no_such_page(pair: Study, asked: Study):
    titles = [section.title for section in build_content(pair.result, ()).sections]
    assert "Prediction" not in titles
    assert len(build_content(pair.result, ()).answers) == 3
    content = build_content(asked.result, ())
    assert "Prediction" in [section.title for section in content.sections]
    assert content.answers[-1].question == "Will it grow?"


def test_file(asked: Study, tmp_path: Path):
    write_predictions_csv(asked.result, tmp_path / "predictions.csv")
    with (tmp_path / "predictions.csv").open(encoding="utf-8", newline="") as stream:
        one, other = csv.DictReader(stream)
    assert (one["probability"], one["low"], one["high"], one["expected"]) == ("0.364", "0.21", "0.55", "True")
    assert (other["probability"], other["low"], other["expected"]) == ("", "", "")
    assert other["missing"] == "radiomics, sbp_mmhg"
    assert one["warning"] == SAYS

"""Score files: a wrong one is refused with its line; a new one needs no code."""

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
import yaml

from HematomaExpansionLib.errors import ScoreFileError
from HematomaExpansionLib.resources import resource
from HematomaExpansionLib.scores.definition import Score
from HematomaExpansionLib.scores.evaluate import evaluate
from HematomaExpansionLib.scores.read import read_score
from HematomaExpansionLib.scores.values import Value

BAT = resource("scores", "bat.yaml").read_text()


def test_the_schema_file_is_the_one_of_the_code():
    stored = json.loads(resource("scores", "score.schema.json").read_text(encoding="utf-8"))
    assert stored == Score.model_json_schema()
    for path in resource("scores").glob("*.yaml"):
        if path.name != "unavailable.yaml":
            jsonschema.validate(yaml.safe_load(path.read_text()), stored)


def line_of(text: str) -> int:
    """Line of the first place where a text stands in the BAT file."""
    return BAT[: BAT.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        (
            "present: 2",
            "present: two",
            "present: 2",
            "items.1.categories.present: Input should be a valid integer",
        ),
        (
            "value: blend",
            "value: blendd",
            "- name: Blend",
            "'blendd' is no known value; allowed are ich_ml, ",
        ),
        ("present: 1, absent: 0", "present: 1", "- name: Blend", "blend needs categories: present, absent"),
        (
            "{below: 2.5, points: 2}",
            "{points: 2}",
            "- name: Time",
            "every class but the last has below or up_to",
        ),
        ("below: 2.5", "below: 2.5, up_to: 3", "- name: Time", "a class has below or up_to, not both"),
        (
            "- {points: 0}",
            "- {below: 1, points: 1}\n      - {points: 0}",
            "- name: Time",
            "limits 2.5, 1 do not ascend",
        ),
        ("range: [0, 5]", "range: [0, 6]", "range:", "range: [0, 6] is not what the items give, [0, 5]"),
        ("from_points: 3", "from_points: 6", "cut:", "cut: 6 is not allowed; a score above 0, up to 5, is"),
        (
            "predicts: expansion",
            "predicts: death",
            "predicts:",
            "Input should be 'expansion' or 'outcome' ('death')",
        ),
        ("status: verified", "status: sure", "status:", "verification.status: Input should be 'verified' or"),
        ("exclusions: Coa", "excluded: Coa", "exclusions:", "excluded: Extra inputs are not permitted"),
        ("id: bat", "id: bat\nid: bat", "name: BAT", "id is given twice"),
        ("items:", "items: [", "  - name: Blend", "not YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, at: str, said: str):
    path = tmp_path / "bat.yaml"
    path.write_text(BAT.replace(old, new, 1))
    with pytest.raises(ScoreFileError) as refused:
        read_score(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: line {line_of(at)}: ")
    assert said in message
    assert "\n" not in message


def test_a_probability_for_each_score(tmp_path: Path):
    path = tmp_path / "nag.yaml"
    text = resource("scores", "nag.yaml").read_text()
    path.write_text(text.replace("0.60, 1.00", "0.60"))
    with pytest.raises(ScoreFileError, match="line 21: probability: 3 entries for 4 possible scores"):
        read_score(path)
    path.write_text(text.replace("0.60, 1.00", "60, 100"))
    with pytest.raises(ScoreFileError, match="probabilities lie between 0 and 1"):
        read_score(path)


NEW = """\
id: new
name: New score
predicts: expansion
outcome: growth
timepoints: baseline
range: [-1, 3]
items:
  - {name: Fibrinogen, value: fibrinogen_mg_dl, classes: [{up_to: 200, points: 3}, {points: 0}]}
  - {name: Sex, value: sex, categories: {female: -1, male: 0}}
window: {text: any}
population: nobody
exclusions: none
performance: none
citation: none
verification: {status: to verify, note: made up}
"""


def test_a_new_score_is_a_file_and_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from HematomaExpansionLib.scores import read

    folder = tmp_path / "scores"
    shutil.copytree(resource("scores"), folder)
    (folder / "new.yaml").write_text(NEW)
    monkeypatch.setattr(read, "resource", lambda *parts: tmp_path.joinpath(*parts))
    read.all_scores.cache_clear()
    try:
        new = next(score for score in read.all_scores() if score.id == "new")
    finally:
        read.all_scores.cache_clear()
    values = {"fibrinogen_mg_dl": Value(200.0, "test"), "sex": Value("female", "test")}
    assert evaluate(new, values).points == 2
    assert evaluate(new, {}).minimum == -1

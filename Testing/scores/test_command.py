"""``hematoma-expansion scores`` and ``clinical`` as a user runs them."""

import json
from pathlib import Path

import jsonschema
import pytest

from HematomaExpansionLib.resources import resource
from Testing.conftest import Command

RECORD = """\
age_years: 82
gcs_total: 12
nihss: 12
doac: yes
warfarin: no
onset_to_ct_h: 2.0
glucose_mg_dl: 7.4 mmol/L
sbp_mmhg: 70
"""
GIVEN = ("--volume", 24, "--ivh", "yes", "--location", "deep", "--marker", "blend=present")


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "patient.yaml"
    path.write_text(RECORD)
    return path


def test_scores_as_json(record: Path, command: Command):
    ended = command("scores", "--clinical", record, *GIVEN, "--followup-volume", 33, "--json", "-")
    assert ended.code == 0, ended.err
    assert ended.err == "warning: sbp_mmhg: 70 mmHg is unusual; 80 to 260 is usual\n"
    answer = json.loads(ended.out)
    found = {(one["id"], one["timepoint"]): one for one in answer["scores"]}
    bounds = {key: (one["minimum"], one["maximum"]) for key, one in found.items()}
    assert bounds == {
        # 1 (blend) + 2 (2 h); hypodensity missing.
        ("bat", "baseline"): (3, 5),
        # 7 (24 mL) + 2 (IVH) + 4 (2 h); recurrence missing.
        ("brain", "baseline"): (13, 17),
        # 1 (IVH); three markers missing.
        ("five-point", "baseline"): (1, 4),
        # NIHSS 12, DOAC, 133.3 mg/dL.
        ("nag", "baseline"): (3, 3),
        # 2 (2 h); spot sign missing.
        ("nine-point", "baseline"): (2, 5),
        # 4 (24 mL) + 0 (82 years) + 1 (deep) + 2 (GCS 12); cognition missing.
        ("func", "baseline"): (7, 8),
        ("func", "followup-1"): (5, 6),
        # GCS 12, IVH, 82 years.
        ("ich", "baseline"): (3, 3),
        # GCS 12, 33 mL, 82 years; IVH missing.
        ("ich", "followup-1"): (3, 4),
    }
    assert found["nine-point", "baseline"]["points"] == 3
    assert found["brain", "baseline"]["alternative"]["minimum"] == 19
    assert len(answer["unavailable"]) == 7


def test_scores_as_a_table(record: Path, command: Command):
    shown = " ".join(command("scores", "--clinical", record, *GIVEN).out.split())
    for text in (
        "BRAIN score, baseline: 13 to 17 of 0 to 24; 36.4 to 57.4 %",
        "With a DOAC counted as warfarin: 19 to 23; 67.4 to 83.0 %",
        "Any hypodensity missing",
        "high risk from 3 points on",
        "Not available: HEP, HEAVN",
    ):
        assert text in shown


def test_a_patient_of_a_table(tmp_path: Path, command: Command):
    path = tmp_path / "cohort.csv"
    path.write_text("patient,nihss,warfarin,glucose_mg_dl,ich_ml\na,9,0,132,10\nb,10,1,133,20\n")
    ended = command("scores", "--clinical", path, "--patient", "b", "--json", "-")
    nag = next(one for one in json.loads(ended.out)["scores"] if one["id"] == "nag")
    assert (nag["points"], nag["probability"]) == (3, [1.0, 1.0])


def test_without_a_record_everything_is_missing(command: Command):
    ended = command("scores", "--json", "-")
    assert all(
        (one["minimum"], one["maximum"]) == tuple(one["range"]) for one in json.loads(ended.out)["scores"]
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--clinical", "absent.yaml"), 3, "absent.yaml: cannot be read"),
        (("--marker", "blend=maybe"), 2, "--marker blend=maybe: NAME=STATE is allowed"),
        (("--marker", "spot"), 2, "NAME one of hypodensity, black_hole,"),
        (("--location", "pons"), 2, "pons"),
        (("--volume", -1), 2, "--volume"),
    ],
)
def test_a_mistake_is_said_with_its_exit_code(
    arguments: tuple[object, ...], code: int, said: str, command: Command
):
    ended = command("scores", *arguments)
    assert ended.code == code
    assert said in " ".join(ended.err.split())
    assert "Traceback" not in ended.err


def test_an_impossible_value_and_a_wrong_score_file_are_one_line(tmp_path: Path, command: Command):
    clinical = tmp_path / "patient.json"
    clinical.write_text('{"sbp_mmhg": 20, "gcs_total": 2}')
    ended = command("scores", "--clinical", clinical)
    assert (ended.code, ended.err) == (
        3,
        f"hematoma-expansion: {clinical}: gcs_total: 2 is not possible; 3 to 15 is allowed; "
        "sbp_mmhg: 20 is not possible; 40 to 350 mmHg is allowed\n",
    )
    score = tmp_path / "bat.yaml"
    score.write_text(resource("scores", "bat.yaml").read_text().replace("present: 2", "present: two"))
    ended = command("scores", "--score-file", score)
    assert ended.code == 3
    assert ended.err.startswith(f"hematoma-expansion: {score}: line 13: items.1.categories.present: ")


def test_the_template_is_a_record_of_which_all_is_missing(tmp_path: Path, command: Command):
    ended = command("clinical", "template")
    path = tmp_path / "template.yaml"
    path.write_text(ended.out)
    assert command("scores", "--clinical", path).code == 0


def test_the_schema_is_printed(command: Command):
    schema = json.loads(command("clinical", "schema").out)
    jsonschema.validate({"age_years": 67}, schema)

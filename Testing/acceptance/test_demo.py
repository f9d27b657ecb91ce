"""The sample study through the real command: what ``make demo`` promises."""

import json
from pathlib import Path

import jsonschema
import pytest

from HematomaExpansionLib.result import DISCLAIMER, StudyResult
from Testing.conftest import Ended, run_command

FILES = {
    "baseline.seg.nrrd",
    "followup-1.seg.nrrd",
    "growth-1.seg.nrrd",
    "followup-1-to-baseline.tfm",
    "report.html",
    "report.pdf",
    "result.json",
    "volumes.csv",
    "figure-baseline.png",
    "figure-followup-1.png",
    "figure-growth-1.png",
}


@pytest.fixture(scope="module")
def result(demo: tuple[Ended, Path]) -> StudyResult:
    ended, folder = demo
    assert ended.code == 0, ended.err
    return StudyResult.model_validate_json((folder / "result.json").read_text())


def test_it_names_the_files_it_wrote(demo: tuple[Ended, Path]):
    ended, folder = demo
    assert {Path(line).name for line in ended.out.splitlines()} == FILES
    assert {path.name for path in folder.iterdir()} == FILES
    assert [path for path in folder.parent.iterdir() if path != folder] == []


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("key", ["ich", "ivh"])
def test_volumes_are_within_ten_percent_or_half_a_millilitre(
    result: StudyResult, truth: dict[str, dict[str, float]], number: int, key: str
):
    scan = result.scans[number]
    volume, true = scan.volumes[key], truth[scan.timepoint][key]
    assert volume is not None
    assert abs(volume.ml - true) <= max(0.1 * true, 0.5)


def test_every_definition_says_expansion_and_is_definite(result: StudyResult):
    answers = {
        answer.definition: (answer.expanded, answer.certainty) for answer in result.changes[0].expansion
    }
    assert answers == dict.fromkeys(("che", "rhe1", "rhe2", "rhe-ning"), (True, "definite"))


def test_it_says_where(result: StudyResult):
    for scan in result.scans:
        assert scan.location is not None
        assert (scan.location.side, scan.location.region) == ("left", "deep")
        assert sum(scan.location.fractions.values()) == pytest.approx(1.0)


def test_growth_adds_up_in_the_spaces_it_was_measured_in(result: StudyResult):
    growth = result.changes[0].growth
    assert growth is not None
    assert growth.new_ml + growth.stable_ml == pytest.approx(result.scans[1].total_ml, rel=1e-6)
    assert growth.new_ml == pytest.approx(15, rel=0.15)
    assert growth.resolved_ml < 0.5


def test_the_heads_are_aligned(result: StudyResult):
    registration = result.changes[0].registration
    assert registration is not None
    assert registration.trusted
    assert registration.rotation_degrees == pytest.approx(7.0, abs=1.0)  # true: 7.0


def test_the_result_fits_the_schema_the_command_prints(demo: tuple[Ended, Path]):
    printed = run_command("schema")
    assert printed.code == 0
    document = json.loads((demo[1] / "result.json").read_text())
    jsonschema.validate(document, json.loads(printed.out))


def test_nothing_names_the_patient_or_the_files(demo: tuple[Ended, Path], sample: Path):
    for name in ("result.json", "report.html", "volumes.csv"):
        text = (demo[1] / name).read_text()
        assert "baseline.nii" not in text
        assert str(sample) not in text
        assert DISCLAIMER in text or name == "volumes.csv"


def test_provenance_is_complete(result: StudyResult):
    assert result.door == "shell"
    assert {"numpy", "scipy", "SimpleITK", "pydicom"} <= set(result.software.packages)
    for scan in result.scans:
        assert len(scan.sha256) == 64
        assert scan.segmentation.backend == "threshold"
        assert scan.segmentation.parameters["seed_low_hu"] == 47.0
        assert scan.volumes["oedema"] is None  # cannot be told, so not 0
    assert [stage.name for stage in result.stages][:2] == ["reading", "baseline: anatomy"]

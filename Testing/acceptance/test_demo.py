"""The sample study through the real command: what ``make demo`` promises."""

import csv
import json
from pathlib import Path

import jsonschema
import pytest
from pypdf import PdfReader

from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.result import DISCLAIMER, StudyResult
from Testing.conftest import Command, Ended

FILES = {
    "baseline.seg.nrrd",
    "followup-1.seg.nrrd",
    "growth-1.seg.nrrd",
    "followup-1-to-baseline.tfm",
    "markers.csv",
    "scores.csv",
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


def test_it_names_the_files_it_wrote(demo: tuple[Ended, Path], result: StudyResult):
    ended, folder = demo
    files = FILES | {
        name.format(scan.timepoint)
        for scan in result.scans
        for name in ("{}-markers.seg.nrrd", "figure-markers-{}.png")
        if any(found.value == "present" for found in scan.markers.markers)
    }
    assert {Path(line).name for line in ended.out.splitlines()} == files
    assert {path.name for path in folder.iterdir()} == files
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


def test_hours_come_from_the_record(result: StudyResult):
    assert [scan.hours_after_baseline for scan in result.scans] == [0.0, 20.0]


def test_every_marker_has_an_answer_in_each_scan(result: StudyResult):
    for scan in result.scans:
        assert scan.markers.status == "read"
        assert [found.marker for found in scan.markers.markers] == list(Marker)
        assert {found.decided_by for found in scan.markers.markers} == {"automatic"}
        assert all(found.value == found.automatic for found in scan.markers.markers)


def test_scores_come_from_volumes_markers_and_the_record(result: StudyResult):
    scores = {(score.id, score.timepoint): score for score in result.scores.scores}
    assert {name for name, when in scores if when == "followup-1"} == {"ich", "func"}
    ivh = [int(scan.volumes["ivh"].ml > 0) for scan in result.scans]
    # GCS 14 and 72 years 0, deep 0, under 30 mL 0; blood in the ventricles 1.
    assert [scores["ich", scan.timepoint].points for scan in result.scans] == ivh
    # NIHSS 14: 1; no anticoagulant: 0; 7.9 mmol/L is 142 mg/dL: 1.
    assert scores["nag", "baseline"].points == 2
    # 14 mL: 5; no earlier bleed 0; no warfarin 0; 2.2 h: 3; blood in the ventricles 2.
    assert scores["brain", "baseline"].points == 8 + 2 * ivh[0]
    # 4 under 30 mL, 1 for 72 years, 1 deep, 2 for GCS 14; cognition is not known.
    assert (scores["func", "baseline"].minimum, scores["func", "baseline"].maximum) == (8, 9)
    markers = {found.marker: found.value for found in result.scans[0].markers.markers}
    blend, hypodensity, onset = scores["bat", "baseline"].items
    assert (blend.value, hypodensity.value) == (markers[Marker.BLEND], markers[Marker.HYPODENSITY])
    assert (onset.value, onset.source, onset.points) == (2.2, "clinical record", 2)
    assert result.clinical is not None
    assert result.clinical["gcs"] == 14


def test_the_tables_say_what_the_result_says(demo: tuple[Ended, Path], result: StudyResult):
    with (demo[1] / "markers.csv").open(newline="") as file:
        rows = [(row["timepoint"], row["marker"], row["value"]) for row in csv.DictReader(file)]
    assert rows == [
        (scan.timepoint, found.marker, found.value) for scan in result.scans for found in scan.markers.markers
    ]
    with (demo[1] / "scores.csv").open(newline="") as file:
        totals = [
            (row["timepoint"], row["score"], int(row["minimum"]), int(row["maximum"]))
            for row in csv.DictReader(file)
            if row["item"] == "total"
        ]
    assert totals == [(one.timepoint, one.id, one.minimum, one.maximum) for one in result.scores.scores]


def test_the_report_has_a_page_for_markers_and_one_for_scores(demo: tuple[Ended, Path]):
    pages = [page.extract_text() for page in PdfReader(demo[1] / "report.pdf").pages]
    ends = {"Non-contrast CT markers": "a reader must confirm each one", "Risk scores": "Al-Shahi Salman"}
    for title, last in ends.items():
        (page,) = (text for text in pages if title in text.splitlines())
        assert last in " ".join(page.split())


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


def test_the_result_fits_the_schema_the_command_prints(demo: tuple[Ended, Path], command: Command):
    printed = command("schema")
    assert printed.code == 0
    document = json.loads((demo[1] / "result.json").read_text())
    jsonschema.validate(document, json.loads(printed.out))


def test_nothing_names_the_patient_or_the_files(demo: tuple[Ended, Path], sample: Path):
    for name in ("result.json", "report.html", "volumes.csv", "markers.csv", "scores.csv"):
        text = (demo[1] / name).read_text()
        assert "baseline.nii" not in text
        assert str(sample) not in text
        assert DISCLAIMER in text or name.endswith(".csv")


def test_provenance_is_complete(result: StudyResult):
    assert result.door == "shell"
    assert {"numpy", "scipy", "SimpleITK", "pydicom"} <= set(result.software.packages)
    for scan in result.scans:
        assert len(scan.sha256) == 64
        assert scan.segmentation.backend == "bundled"
        assert [len(sha256) for sha256 in scan.segmentation.weights_sha256.values()] == [64]
        assert set(scan.segmentation.classes) == {key for key, found in scan.volumes.items() if found}
    assert [stage.name for stage in result.stages][:2] == ["reading", "baseline: anatomy"]

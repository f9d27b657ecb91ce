"""analyze(): every door's function."""

import json
from pathlib import Path

import numpy as np
import pytest

from HematomaExpansionLib.clinical import ClinicalRecord, read_clinical
from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.errors import Cancelled, ModelError, UsageError
from HematomaExpansionLib.findings import SURGERY
from HematomaExpansionLib.markers.finding import State
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.reading import MarkerEntry, MarkerReading
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.study import Options, Study, analyze
from Testing.conftest import Ended


@pytest.fixture(scope="module")
def masked(sample: Path) -> Study:
    """Three follow-ups with true masks: grown, as the baseline, and grown again."""
    base, grown = sample / "baseline.nii.gz", sample / "followup-1.nii.gz"
    base_mask, grown_mask = sample / "baseline-labels.nii.gz", sample / "followup-1-labels.nii.gz"
    options = Options(
        masks=(base_mask, base_mask, grown_mask),
        hours=(3.0, 20.0),
        mapping={1: "ich", 2: "ivh"},
        positions=("HFS", "HFS", "HFP"),
    )
    record = ClinicalRecord(gcs_total=13, age_years=72, sbp_mmhg=268, surgery_before_followup=True)
    read = MarkerReading.unread().override(Marker.FLUID_LEVEL, State.PRESENT, "A. Reader")
    return analyze(read_ct(base), [base, grown], options, clinical=record, readings={"followup-1": read})


def test_masks_are_measured_as_they_are(masked: Study, truth: dict[str, dict[str, float]]):
    for number, name in ((0, "baseline"), (1, "baseline"), (2, "followup-1")):
        volumes = masked.result.scans[number].volumes
        assert volumes["ich"].ml == pytest.approx(truth[name]["ich"], rel=0.001)
        assert volumes["ivh"].ml == pytest.approx(truth[name]["ivh"], rel=0.001)
        assert volumes["oedema"] is None


def test_each_followup_is_judged_and_the_largest_named(masked: Study):
    assert [change.timepoint for change in masked.result.changes] == ["followup-1", "followup-2"]
    assert [change.hours for change in masked.result.changes] == [3.0, 20.0]
    assert [change.expansion[0].expanded for change in masked.result.changes] == [False, True]
    assert masked.result.largest_followup == "followup-2"


def test_a_scan_given_twice_is_warned_of(masked: Study):
    assert masked.result.warnings == [
        "Two of the scans are the same image: no change can be read from them.",
        "Clinical record: sbp_mmhg: 268 mmHg is unusual; 80 to 260 is usual.",
    ]


def test_markers_are_read_in_every_scan_and_a_reader_decides(masked: Study):
    first, again, _ = (scan.markers for scan in masked.result.scans)
    assert [scan.markers.status for scan in masked.result.scans] == ["read"] * 3
    # One image, one segmentation: one answer, but for what the reader said of the second.
    assert first.automatic == again.automatic
    changed = [
        (new.marker, new.value, new.decided_by)
        for old, new in zip(first.markers, again.markers, strict=True)
        if old != new
    ]
    assert changed == [("fluid_level", "present", "A. Reader")]
    for point, scan in zip(masked.timepoints, masked.result.scans, strict=True):
        for found in scan.markers.automatic.markers:
            evidence = point.markers.findings[found.marker].evidence
            assert evidence.shape == point.scan.hu.shape
            assert evidence.any() == (found.slice_index is not None)


def test_scores_are_computed_where_they_are_defined(masked: Study):
    computed = {(score.id, score.timepoint): score for score in masked.result.scores.scores}
    assert [when for name, when in computed if name == "ich"] == ["baseline", "followup-1", "followup-2"]
    assert [when for name, when in computed if name == "bat"] == ["baseline"]
    # GCS 13 and 72 years: 0; deep: 0; 14 mL: 0, 24 mL: 0; blood in the ventricles at the last scan alone: 1.
    assert [computed["ich", scan.timepoint].points for scan in masked.result.scans] == [0, 0, 1]


def test_the_position_that_was_stated_counts(masked: Study):
    assert [point.scan.patient_position for point in masked.timepoints] == ["HFS", "HFS", "HFP"]
    assert masked.result.options["positions"] == ["HFS", "HFS", "HFP"]


def test_surgery_is_said_beside_the_change(masked: Study):
    assert all(SURGERY in change.warnings for change in masked.result.changes)


def test_unchanged_blood_is_all_stable(masked: Study):
    growth = masked.result.changes[0].growth
    assert growth.new_ml < 0.1
    assert growth.resolved_ml < 0.1
    assert growth.stable_ml == pytest.approx(masked.result.scans[1].total_ml, rel=0.01)


def test_the_transform_maps_the_followup_to_the_baseline(masked: Study, sample: Path):
    point = masked.timepoints[2].scan.image.TransformContinuousIndexToPhysicalPoint([128, 128, 16])
    moved = masked.comparisons[1].to_baseline.TransformPoint(point)
    scans = json.loads((sample / "truth.json").read_text())["scans"]
    from_baseline = np.array(scans[1]["from_baseline"])
    true = np.linalg.inv(from_baseline) @ [*point, 1.0]
    assert np.linalg.norm(np.array(moved) - true[:3]) < 1.5


def test_python_and_shell_give_the_same_result(demo: tuple[Ended, Path], sample: Path):
    shell = json.loads((demo[1] / "result.json").read_text())
    scans = [sample / "baseline.nii.gz", sample / "followup-1.nii.gz"]
    record = read_clinical(sample / "clinical.yaml")
    python = json.loads(analyze(scans[0], scans[1:], clinical=record).result.model_dump_json())
    for name in set(shell) - {"door", "stages"}:
        assert python[name] == shell[name], name
    assert (python["door"], shell["door"]) == ("python", "shell")


def test_labels_lie_on_the_grid_of_their_scan(masked: Study):
    for point in masked.timepoints:
        assert point.segmentation.labels.GetSize() == point.scan.image.GetSize()
        assert point.segmentation.labels.GetOrigin() == point.scan.image.GetOrigin()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(masks=(Path("a.nrrd"),)), "1 masks were given for 2 scans; give one per scan, in order"),
        (Options(segmenter="blast-ct", masks=(Path("a"), Path("b"))), "blast-ct and masks were both given"),
        (Options(mapping={1: "ich"}), "a mapping was given without masks"),
        (Options(hours=(1.0, 2.0)), "2 times were given for 1 follow-ups"),
        (Options(hours=(-3.0,)), "hours after the baseline: -3 is not between 0 and 8760"),
        (Options(hours=(float("nan"),)), "hours after the baseline: nan"),
        (Options(positions=("standing",)), "position 'standing': choose one of HFS, HFP"),
        (Options(segmenter="none"), "segmenter 'none' does not exist"),
    ],
)
def test_options_that_do_not_go_together_are_refused_before_any_work(options: Options, message: str):
    with pytest.raises(UsageError, match=message):
        analyze(Path("absent-1.nii.gz"), [Path("absent-2.nii.gz")], options)


@pytest.mark.parametrize(
    ("readings", "message"),
    [
        ({"followup-2": MarkerReading.unread()}, "a reading of followup-2 was given; the study has baseline"),
        (
            {"baseline": MarkerReading({Marker.BLEND: MarkerEntry(reader_value=State.PRESENT)})},
            "blend: an override needs the reader's name",
        ),
    ],
)
def test_readings_that_cannot_be_used_are_refused_before_any_work(
    readings: dict[str, MarkerReading], message: str
):
    with pytest.raises(UsageError, match=message):
        analyze(Path("absent.nii.gz"), readings=readings)


def test_missing_weights_are_said_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HEMATOMA_EXPANSION_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match="hematoma-expansion models fetch blast-ct-2"):
        analyze(Path("absent.nii.gz"), (), Options(segmenter="blast-ct"))


def test_cancelling_stops_the_analysis(sample: Path):
    stages: list[str] = []

    def report(stage: str, _fraction: float, _message: str) -> None:
        stages.append(stage)

    progress = Progress(report, lambda: "baseline: anatomy" in stages)
    with pytest.raises(Cancelled, match="cancelled during baseline: anatomy; nothing was written"):
        analyze(sample / "baseline.nii.gz", (), None, progress)

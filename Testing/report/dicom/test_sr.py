"""The measurement report read back: every number and answer of the result, and who measured it."""

import functools
from pathlib import Path

import highdicom as hd
import pydicom
import pytest

from HematomaExpansionLib import __version__
from HematomaExpansionLib.prediction.prediction import Prediction
from HematomaExpansionLib.report.dicom.codes import plain
from HematomaExpansionLib.report.dicom.write import write_dicom
from HematomaExpansionLib.result import DISCLAIMER
from HematomaExpansionLib.study import Study
from Testing.report.dicom.conftest import Written
from Testing.report.dicom.source_study import sources, write_scans
from Testing.report.phantom import Bleed, study

SCANS = [("baseline", 0), ("followup-1", 1)]


@functools.cache
def report(folder: Path, timepoint: str) -> hd.sr.EnhancedSR:
    return hd.sr.srread(folder / f"{timepoint}-sr.dcm")


def numbers(group: hd.sr.MeasurementsAndQualitativeEvaluations) -> dict[tuple[str, str], tuple[float, str]]:
    """Value and unit by name and by method or derivation."""
    found = {}
    for item in group.get_measurements():
        how = item.method or item.derivation
        found[item.name.value, "" if how is None else how.value] = (item.value, item.unit.value)
    return found


def groups(document: hd.sr.EnhancedSR) -> dict[str, hd.sr.MeasurementsAndQualitativeEvaluations]:
    return {group.tracking_identifier: group for group in document.content.get_image_measurement_groups()}


def evaluations(group: hd.sr.MeasurementsAndQualitativeEvaluations) -> dict[str, str]:
    return {item.name.value: item.value.value for item in group.get_qualitative_evaluations()}


@pytest.mark.parametrize(("timepoint", "index"), SCANS)
def test_volumes_of_each_class(dicom: Written, timepoint: str, index: int) -> None:
    scan = dicom.study.result.scans[index]
    found = {
        group.tracking_identifier: group
        for group in report(dicom.folder, timepoint).content.get_volumetric_roi_measurement_groups()
    }
    told = {key: volume for key, volume in scan.volumes.items() if volume is not None}
    assert set(told) == {"ich", "ivh", "oedema"}
    for key, volume in told.items():
        said = numbers(found[key])
        assert said["118565006", "126030"] == (volume.ml, "mL")  # sum of segmented voxels
        others = {
            "121217": volume.planimetry_ml,
            "volume_abc2": volume.abc2_ml,
            "volume_abc3": volume.abc3_ml,
            "121221": volume.ellipsoid_ml,
        }
        for name, value in others.items():
            assert said.get((name, "")) == (None if value is None else (value, "mL"))
        assert [name for name, _ in said].count("118565006") == 1, "one volume, whatever a reader passes over"
    assert "extra_axial" not in found, "a class that is not told has no volume"


@pytest.mark.parametrize(("timepoint", "index"), SCANS)
def test_each_volume_refers_to_its_segment(dicom: Written, timepoint: str, index: int) -> None:
    seg = hd.seg.segread(dicom.folder / f"{timepoint}-seg.dcm")
    for group in report(dicom.folder, timepoint).content.get_volumetric_roi_measurement_groups():
        referenced = group.referenced_segment
        if referenced.referenced_sop_instance_uid != seg.SOPInstanceUID:
            continue
        segment = seg.get_segment_description(referenced.referenced_segment_numbers[0])
        assert (segment.tracking_id, segment.tracking_uid) == (group.tracking_identifier, group.tracking_uid)
        assert referenced.source_series_for_segmentation.value == dicom.sources[index].series_uid
    document = report(dicom.folder, timepoint)
    evidence = {
        instance.ReferencedSOPInstanceUID
        for item in document.CurrentRequestedProcedureEvidenceSequence
        for series in item.ReferencedSeriesSequence
        for instance in series.ReferencedSOPSequence
    }
    assert {image.SOPInstanceUID for image in dicom.sources[index].images} | {seg.SOPInstanceUID} <= evidence
    assert document.StudyInstanceUID == dicom.sources[index].study_uid


def test_change_and_growth(dicom: Written) -> None:
    change = dicom.study.result.changes[0]
    document = report(dicom.folder, "followup-1")
    found = groups(document)["followup-1: change since baseline"]
    assert numbers(found) == {
        ("ich_change", ""): (change.ich_ml, "mL"),
        ("ich_change_%", ""): (change.ich_percent, "%"),
        ("ivh_change", ""): (change.ivh_ml, "mL"),
        ("total_change", ""): (change.total_ml, "mL"),
        ("skull_dice", ""): (change.registration.quality, "1"),
    }
    regions = document.content.get_volumetric_roi_measurement_groups()
    growth = {group.tracking_identifier: numbers(group)["118565006", "126030"][0] for group in regions}
    expected = {key: getattr(change.growth, f"{key}_ml") for key in ("new", "stable", "resolved")}
    assert {key: growth[key] for key in expected} == expected
    # The baseline's images are of another study of the patient.
    assert [item.StudyInstanceUID for item in document.PertinentOtherEvidenceSequence] == [
        dicom.sources[0].study_uid
    ]
    assert not any("change" in name for name in groups(report(dicom.folder, "baseline")))


def test_definitions_of_expansion(dicom: Written) -> None:
    found = groups(report(dicom.folder, "followup-1"))
    for answer in dicom.study.result.changes[0].expansion:
        group = found[f"followup-1: definition {answer.definition}"]
        said = evaluations(group)
        assert said["expansion"] == ("373066001" if answer.expanded else "373067005")  # yes, no
        assert said["certainty"] == answer.certainty
        assert numbers(group) == {("122157", ""): (answer.probability, "1")}


@pytest.mark.parametrize(("timepoint", "index"), SCANS)
def test_markers_place_and_midline(dicom: Written, timepoint: str, index: int) -> None:
    scan = dicom.study.result.scans[index]
    found = groups(report(dicom.folder, timepoint))
    states = {"present": "52101004", "absent": "272519000", "indeterminate": "82334004"}
    assert evaluations(found[f"{timepoint}: markers, automatic"]) == {
        marker.marker.value: states[marker.value] for marker in scan.markers.markers
    }
    said = found[f"{timepoint}: scan"]
    assert evaluations(said) == {"ich_region": "deep", "ich_side": "24028007"}  # right
    assert numbers(said)["midline_shift", ""] == (4.2, "mm")
    assert numbers(said)["hours", ""] == (scan.hours_after_baseline, "h")


@pytest.mark.parametrize(("timepoint", "count"), [("baseline", 7), ("followup-1", 2)])
def test_scores(dicom: Written, timepoint: str, count: int) -> None:
    found = groups(report(dicom.folder, timepoint))
    scores = [each for each in dicom.study.result.scores.scores if each.timepoint == timepoint]
    assert len(scores) == count
    for score in scores:
        said = numbers(found[f"{timepoint}: score {score.id}"])
        assert said.get(("246262008", "")) == (None if score.points is None else (score.points, "1"))
        assert said["246262008", "255605001"] == (score.minimum, "1")
        assert said["246262008", "56851009"] == (score.maximum, "1")
        if score.probability is not None:
            assert (said["122157", "255605001"][0], said["122157", "56851009"][0]) == score.probability


def test_the_software_is_the_observer_and_nobody_verified_it(dicom: Written) -> None:
    document = report(dicom.folder, "followup-1")
    (observer,) = document.content.get_observer_contexts(observer_type=pydicom.sr.codes.DCM.Device)
    attributes = observer.observer_identifying_attributes
    assert (attributes.name, attributes.serial_number) == ("HematomaExpansion", __version__)
    assert (document.VerificationFlag, document.PreliminaryFlag) == ("UNVERIFIED", "PRELIMINARY")


def test_sentences_go_with_the_numbers(dicom: Written) -> None:
    items = report(dicom.folder, "followup-1").ContentSequence
    comments = [n for n, item in enumerate(items) if item.name == pydicom.sr.codes.DCM.Comment]
    numbers = [n for n, item in enumerate(items) if item.name == pydicom.sr.codes.DCM.ImagingMeasurements]
    assert max(comments) < min(numbers), "they stand before the numbers"
    said = [items[n].TextValue for n in comments]
    result = dicom.study.result
    assert said[0] == DISCLAIMER
    assert all(f"Warning: {plain(text)}" in said for text in result.scans[1].warnings)
    assert any("extra_axial" in text for text in said)
    assert [text for text in said if "Yogendrakumar" in text]


def test_what_is_not_known_is_not_there(tmp_path: Path) -> None:
    """No hours, no blood: no volume but 0 mL, no region, no markers, and an answer to no definition needs."""
    found = study(Bleed(0, 0, hours=None))
    write_dicom(found, sources(write_scans(found, tmp_path / "in")), tmp_path / "out")
    document = report(tmp_path / "out", "baseline")
    (ich, _) = document.content.get_volumetric_roi_measurement_groups()
    assert set(numbers(ich).values()) == {(0.0, "mL")}
    said = groups(document)
    assert ("hours", "") not in numbers(said["baseline: scan"])
    assert evaluations(said["baseline: scan"]) == {}
    assert "baseline: markers, automatic" not in said
    assert any("no clot" in item.TextValue for item in document.ContentSequence if "TextValue" in item)


def test_a_model_says_its_sentence_with_its_probability(dicom: Written, tmp_path: Path) -> None:
    said = Prediction(
        model="lu2024", version="1", outcome="che", outcome_rule="6 mL or 33 %", probability=0.31,
        interval=(0.2, 0.45), threshold=0.4, threshold_rule="", expected=False, weights_sha256="ab",
        warning="Trained on simulated data.", intended_use="none",
    )  # fmt: skip
    silent = said.model_copy(
        update={
            "model": "ning2025",
            "probability": None,
            "interval": None,
            "expected": None,
            "reason": "no GCS",
        }
    )
    result = dicom.study.result.model_copy(update={"predictions": [said, silent]})
    asked = Study(result, dicom.study.timepoints, dicom.study.comparisons)
    write_dicom(asked, dicom.sources, tmp_path)
    document = report(tmp_path, "baseline")
    group = groups(document)["baseline: model lu2024"]
    assert {name: value for (name, _), (value, _) in numbers(group).items()} == {
        "122157": 0.31,
        "probability_low": 0.2,
        "probability_high": 0.45,
    }
    assert evaluations(group) == {"expected": "373067005"}
    assert "baseline: model ning2025" not in groups(document)
    sentences = [item.TextValue for item in document.ContentSequence if "TextValue" in item]
    assert "Model lu2024: Trained on simulated data." in sentences
    assert "Model ning2025: no GCS" in sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [("IVH → 5 mL, ≥ 33 %", "IVH -> 5 mL, >= 33 %"), ("tilt of 15°", "tilt of 15 degrees"), ("ü", "?")],
)
def test_text_in_every_character_set(text: str, expected: str) -> None:
    assert plain(text) == expected

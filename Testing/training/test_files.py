"""A simulated patient's files: NIfTI, truth, and DICOM series that the library's reader reads back."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.markers.marker import Marker
from training.simulate.bleed import BleedSettings
from training.simulate.case import Case
from training.simulate.files import write, write_dicom
from training.simulate.followup import TimePoint
from training.simulate.head import Head
from training.simulate.host import HostSettings
from training.simulate.pose import Pose
from training.simulate.protocol import Protocol
from training.simulate.simulated_scan import SimulatedScan

POINT = TimePoint(
    0.0,
    8.0,
    0.0,
    pose=Pose((0.0, 0.0, 0.0), (0.0, 14.0, 10.0)),
    protocol=Protocol(pixel_mm=1.0, slice_mm=5.0, size=(160, 160, 30), noise_hu=3.0, tilt_rows=1),
)
BLEED = BleedSettings(
    (0.0, 0.0, -28.0), 8.0, yielding=0.1, markers=frozenset({Marker.BLACK_HOLE, Marker.SATELLITE})
)
LATER = replace(
    POINT,
    hours=18.0,
    ich_ml=10.0,
    pose=Pose((3.0, 0.0, 5.0), (1.0, 13.0, 10.0)),
    protocol=replace(POINT.protocol, tilt_rows=0),
)
CASE = Case(5, HostSettings(), BLEED, (POINT, LATER))


@pytest.fixture(scope="module")
def head(ball_head: Head) -> Head:
    """The ball a fifth larger: the reader takes 110 mm and more for a head."""
    return replace(ball_head, spacing_mm=(1.2, 1.2, 1.2), origin_mm=(-76.8, -76.8, -76.8))


@pytest.fixture(scope="module")
def written(head: Head, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[SimulatedScan]]:
    folder = tmp_path_factory.mktemp("case")
    return folder, write(CASE, folder, dicom=True, head=head)


@pytest.mark.parametrize("number", [0, 1])
def test_dicom_is_read_back_as_the_nifti_is(written: tuple[Path, list[SimulatedScan]], number: int):
    folder, scans = written
    name = ("baseline", "followup-1")[number]
    dicom, nifti = read_ct(folder / f"{name}-dicom"), read_ct(folder / f"{name}.nii.gz")
    tilt = scans[number].protocol.tilt_degrees
    assert dicom.geometry.tilt_degrees == pytest.approx(tilt, abs=0.01)
    assert tilt == pytest.approx((np.degrees(np.arctan(0.2)), 0.0)[number])
    assert dicom.image.GetSize() == nifti.image.GetSize()
    for what in ("GetSpacing", "GetOrigin", "GetDirection"):
        assert getattr(dicom.image, what)() == pytest.approx(getattr(nifti.image, what)(), abs=1e-4), what
    assert np.array_equal(dicom.hu, nifti.hu)
    assert np.array_equal(nifti.hu, scans[number].hu)
    assert dicom.acquired is not None


def test_a_folder_of_one_study_tells_when_it_was_made(written: tuple[Path, list[SimulatedScan]]):
    first, later = (read_ct(written[0] / f"{name}-dicom").acquired for name in ("baseline", "followup-1"))
    assert first is not None
    assert later is not None
    assert (later - first).total_seconds() == 18 * 3600


def test_truth_agrees_with_the_files(written: tuple[Path, list[SimulatedScan]]):
    folder, _ = written
    truth = json.loads((folder / "truth.json").read_text())
    assert truth["version"] == 2
    for entry in truth["scans"]:
        image = sitk.ReadImage(str(folder / entry["labels"]))
        labels = sitk.GetArrayFromImage(image)
        voxel_ml = np.prod(image.GetSpacing()) / 1000
        for name, value in truth["label_values"].items():
            count = np.count_nonzero(labels == value)
            assert entry["label_voxels"][name] == count
            assert entry["volume_ml"][name] == pytest.approx(count * voxel_ml, rel=1e-6)
            assert entry["fine_volume_ml"][name] == pytest.approx(count * voxel_ml, abs=0.004, rel=1e-3)
        bits = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / entry["marker_masks"])))
        for name, marker in entry["markers"].items():
            shown = (bits >> truth["marker_bits"][name]) & 1
            assert marker == {"present": bool(shown.any()), "voxels": int(shown.sum())}
        present = {name for name, marker in entry["markers"].items() if marker["present"]}
        assert present == {"black_hole", "hypodensity", "satellite"}
        ventricles = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / entry["ventricles"])))
        assert set(np.unique(ventricles)) == {0, 1}


def test_the_true_transform_takes_baseline_to_follow_up(written: tuple[Path, list[SimulatedScan]]):
    entry = json.loads((written[0] / "truth.json").read_text())["scans"][1]
    matrix = np.array(entry["from_baseline"])
    expected = LATER.pose.matrix() @ np.linalg.inv(POINT.pose.matrix())
    assert matrix == pytest.approx(expected, abs=1e-8)
    assert entry["hours_after_baseline"] == 18.0


def test_the_same_case_has_the_same_bytes(
    written: tuple[Path, list[SimulatedScan]], head: Head, tmp_path: Path
):
    # The baseline does not depend on what comes later.
    write(replace(CASE, time_points=(POINT,)), tmp_path, dicom=True, head=head)
    files = sorted(file for file in tmp_path.rglob("baseline*") if file.is_file())
    files += sorted((tmp_path / "baseline-dicom").iterdir())
    assert len(files) == 4 + 30
    for file in files:
        kept = written[0] / file.relative_to(tmp_path)
        assert file.read_bytes() == kept.read_bytes(), file.name


def test_studies_of_one_patient_have_one_name(written: tuple[Path, list[SimulatedScan]], tmp_path: Path):
    import pydicom

    _, scans = written
    first = pydicom.dcmread(write_dicom(scans[0], POINT, tmp_path / "a", patient=5, study=0)[0])
    later = pydicom.dcmread(write_dicom(scans[1], LATER, tmp_path / "b", patient=5, study=1)[0])
    assert first.PatientID == later.PatientID == "SIM5"
    assert first.StudyInstanceUID != later.StudyInstanceUID

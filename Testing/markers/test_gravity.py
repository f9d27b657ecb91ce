"""Which way is down."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pydicom
import pytest

from HematomaExpansionLib.ct.reader import head_ct_from_image, read_ct
from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.markers.gravity import POSITIONS, down_of_position, gravity, positions_of_scans
from Testing.ct.phantom import REGULAR, Head
from training.simulate.dicom_series import Slices, Tags, write_series


@pytest.mark.parametrize(
    ("position", "down"),
    [
        ("HFS", (0, 1, 0)),
        ("FFS", (0, 1, 0)),
        ("HFP", (0, -1, 0)),
        ("FFP", (0, -1, 0)),
        ("HFDL", (0, 0, 1)),
        ("FFDR", (0, 0, -1)),
        ("", None),
        ("SITTING", None),
        ("HFX", None),
    ],
)
def test_down_is_along_the_patients_axes(position: str, down: tuple[float, ...] | None) -> None:
    """To the back (+y) of a supine patient, to the left (+x) of one who lies on the left side."""
    assert down_of_position(position) == down


def test_every_position_has_a_direction() -> None:
    assert len(POSITIONS) == 8
    assert all(down_of_position(position) is not None for position in POSITIONS)


@pytest.mark.parametrize(
    ("positions", "of_scans"),
    [((), [None, None]), (("HFP",), ["HFP", "HFP"]), (("HFS", "HFP"), ["HFS", "HFP"])],
)
def test_a_user_states_one_position_or_one_per_scan(
    positions: tuple[str, ...], of_scans: list[str | None]
) -> None:
    assert positions_of_scans(positions, 2) == of_scans


@pytest.mark.parametrize(
    ("positions", "message"),
    [
        (("prone",), "position 'prone': choose one of HFS, HFP"),
        (("HFS", "HFS", "HFS"), "3 positions were given for 2 scans; give one, or one per scan"),
    ],
)
def test_other_positions_are_refused(positions: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        positions_of_scans(positions, 2)


def test_the_position_is_read_from_dicom(tmp_path: Path) -> None:
    slices = Slices(REGULAR, rows=64, columns=64, pixel_mm=3.5)
    write_series(tmp_path, Head(), slices, Tags(acquired=datetime(2024, 5, 6, 7, 8, 9)))
    assert read_ct(tmp_path).patient_position == "HFS"
    for file in tmp_path.iterdir():
        dataset = pydicom.dcmread(file)
        dataset.PatientPosition = "HFP"
        dataset.save_as(file)
    scan = read_ct(tmp_path)
    assert scan.patient_position == "HFP"
    down, warnings = gravity(scan)
    assert np.array_equal(down, (0, -1, 0))
    assert warnings == ()


def test_without_a_position_supine_is_taken_and_said(sample: Path) -> None:
    scan = read_ct(sample / "baseline.nii.gz")
    down, (warning,) = gravity(scan)
    assert np.array_equal(down, (0, 1, 0))
    assert "position is not known: taken as supine" in warning
    assert head_ct_from_image(scan.image, "again", "MRML").patient_position == ""

"""What is handed to the process comes out as it went in."""

from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from HematomaExpansionLib.clinical import read_clinical
from HematomaExpansionLib.ct.geometry import SliceStack
from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.ct.scan import SeriesChoice
from HematomaExpansionLib.errors import UnreadableFile
from HematomaExpansionLib.markers.finding import State
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.reading import MarkerReading
from HematomaExpansionLib.scene.origin import Origin
from HematomaExpansionLib.scene.request import Request, read_request, write_request
from HematomaExpansionLib.scene.scan_files import read_scans, write_scans
from HematomaExpansionLib.scene.unchecked_scan import UncheckedScan
from HematomaExpansionLib.study import Options


def test_there_and_back(sample: Path, tmp_path: Path) -> None:
    """A scan that its file still is, and one that only the scene has, slices at uneven places."""
    time = datetime(2026, 3, 29, 4, 10)
    choice = SeriesChoice("Head 5.0 Hr40", "the only one", (("Bone", "sharp"),))
    hu = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    places = np.array([[0.1, 0.2, 0.3], [0.1, 0.2, 1 / 3 + 5]])
    stack = SliceStack(hu, places, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.45, 0.46), (5.0, 5.1))
    known = Origin("DICOM", time, choice, ("a",), "HFP")
    scans = (
        UncheckedScan("a CT", (sample / "baseline.nii.gz",), acquired=time),
        UncheckedScan("another", stack=stack, known=known),
    )
    reading = MarkerReading.unread().override(Marker.BLEND, State.PRESENT, "AB")
    options = Options(segmenter="threshold", device="cpu", hours=(20.5,))
    clinical = read_clinical(sample / "clinical.yaml")
    write_request(Request(scans, options, clinical, {"followup-1": reading}), tmp_path)
    found = read_request(tmp_path)
    assert found.options == options
    assert found.clinical == clinical
    assert found.readings == {"followup-1": reading}
    assert found.scans[0] == scans[0]
    assert replace(found.scans[1], stack=None) == replace(scans[1], stack=None)
    for each in fields(stack):
        there, here = getattr(found.scans[1].stack, each.name), getattr(stack, each.name)
        np.testing.assert_array_equal(there, here)
    assert found.scans[1].stack.hu.dtype == hu.dtype
    assert found.scans[0].checked().sha256 == read_ct(sample / "baseline.nii.gz").sha256


def test_scans_there_and_back(sample: Path, tmp_path: Path) -> None:
    """What the process read: the sample's second scan is rotated, so its grid has no round numbers."""
    scans = [read_ct(sample / name) for name in ("baseline.nii.gz", "followup-1.nii.gz")]
    scans[1] = replace(scans[1], acquired=datetime(2026, 3, 29, 4, 10), warnings=("a",))
    write_scans(scans, tmp_path)
    for there, here in zip(read_scans(tmp_path), scans, strict=True):
        for each in fields(here):
            if each.name != "image":
                assert getattr(there, each.name) == getattr(here, each.name), each.name
        np.testing.assert_array_equal(there.hu, here.hu)
        assert there.image.GetPixelID() == here.image.GetPixelID()
        assert there.image.GetOrigin() == here.image.GetOrigin()
        assert there.image.GetSpacing() == here.image.GetSpacing()
        assert there.image.GetDirection() == here.image.GetDirection()


def test_damaged(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"request\.json: is no request"):
        read_request(tmp_path)
    with pytest.raises(UnreadableFile, match=r"scans\.json: no scans"):
        read_scans(tmp_path)
    (tmp_path / "request.json").write_text("{}")
    with pytest.raises(UnreadableFile, match=r"request\.json: is no request"):
        read_request(tmp_path)

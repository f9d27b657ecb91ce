"""What is handed to the process comes out as it went in."""

from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from HematomaExpansionLib.clinical import read_clinical
from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.ct.scan import SeriesChoice
from HematomaExpansionLib.errors import UnreadableFile
from HematomaExpansionLib.markers.finding import State
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.reading import MarkerReading
from HematomaExpansionLib.scene.request import Request, read_request, write_request
from HematomaExpansionLib.study import Options


def test_there_and_back(sample: Path, tmp_path: Path) -> None:
    """The sample's second scan is rotated, so its grid has no round numbers."""
    scans = tuple(read_ct(sample / name) for name in ("baseline.nii.gz", "followup-1.nii.gz"))
    choice = SeriesChoice("Head 5.0 Hr40", "the only one", (("Bone", "sharp"),))
    said = replace(
        scans[1],
        acquired=datetime(2026, 3, 29, 4, 10),
        series=choice,
        patient_position="HFP",
        warnings=("a",),
    )
    reading = MarkerReading.unread().override(Marker.BLEND, State.PRESENT, "AB")
    options = Options(segmenter="threshold", device="cpu", hours=(20.5,))
    clinical = read_clinical(sample / "clinical.yaml")
    write_request(Request((scans[0], said), options, clinical, {"followup-1": reading}), tmp_path)
    found = read_request(tmp_path)
    assert found.options == options
    assert found.clinical == clinical
    assert found.readings == {"followup-1": reading}
    for there, here in zip(found.scans, (scans[0], said), strict=True):
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
    (tmp_path / "request.json").write_text("{}")
    with pytest.raises(UnreadableFile, match=r"request\.json: is no request"):
        read_request(tmp_path)

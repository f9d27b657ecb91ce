"""A real series under a tilted gantry with uneven slice distances: the stored slices are what is marked."""

import subprocess
from pathlib import Path

import highdicom as hd
import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.report.dicom.seg import Algorithm, segmentation_object
from HematomaExpansionLib.report.dicom.segments import class_segments
from HematomaExpansionLib.report.dicom.slices import labels_on_slices, volumes_on_slices
from HematomaExpansionLib.report.dicom.source import read_source


@pytest.mark.shared_data
@pytest.mark.filterwarnings("ignore:The string .REMOVED.")
def test_a_ball_in_a_tilted_scan(shared_data: Path, dciodvfy: str, tmp_path: Path) -> None:
    """24.4 mL, drawn on the corrected grid, on stored slices 1, 4 and 7 mm apart."""
    folder = shared_data / "head_ct" / "dicom_ge_hispeed"
    source, reason = read_source(folder)
    assert source is not None, reason
    scan = read_ct(folder)
    assert scan.geometry.tilt_degrees == pytest.approx(18.5)
    size = scan.image.GetSize()[::-1]
    middle = (size[0] / 2, size[1] / 2, size[2] / 2 + 60)
    offsets = [
        (axis - centre) * step
        for axis, centre, step in zip(np.ogrid[tuple(map(slice, size))], middle, scan.spacing_mm, strict=True)
    ]
    ball = sum(offset**2 for offset in offsets) < 18**2
    labels = sitk.GetImageFromArray(ball.astype(np.uint8))
    labels.CopyInformation(scan.image)
    stored = labels_on_slices(labels, source.slices)
    measured = np.count_nonzero(ball) * scan.voxel_ml
    assert volumes_on_slices(stored, source.slices, [1])[1] == pytest.approx(measured, rel=0.03)

    segments = class_segments([Label.ICH], source.study_uid, {})
    seg = segmentation_object(stored, source, segments, Algorithm("threshold"), "HematomaExpansion", 9100)
    seg.save_as(tmp_path / "seg.dcm")
    done = subprocess.run([dciodvfy, "-new", tmp_path / "seg.dcm"], capture_output=True, text=True)
    assert "Segmentation" in done.stderr
    assert "Error" not in done.stderr
    back = hd.seg.segread(tmp_path / "seg.dcm").get_pixels_by_source_instance(
        [image.SOPInstanceUID for image in source.images],
        segment_numbers=[1],
        assert_missing_frames_are_empty=True,
    )
    assert np.array_equal(back[..., 0], stored)

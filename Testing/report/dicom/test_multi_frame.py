"""A scan that is one multi-frame Enhanced CT: its frames are what is marked."""

from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.report.dicom.source import read_source
from HematomaExpansionLib.report.dicom.write import write_dicom
from HematomaExpansionLib.study import Study
from Testing.ct.test_dicom import enhanced
from Testing.report.dicom.source_study import write_scans


def test_every_voxel_is_on_its_frame(pair: Study, tmp_path: Path) -> None:
    (folder, _) = write_scans(pair, tmp_path / "in")
    (tmp_path / "multi").mkdir()
    file = enhanced(folder, tmp_path / "multi" / "scan.dcm")
    source, reason = read_source(tmp_path / "multi")
    assert source is not None, reason
    assert len(source.images) == 1
    for anonymize in (False, True):
        out = tmp_path / f"out-{anonymize}"
        write_dicom(pair, [source, None], out, (), anonymize)
        seg = hd.seg.segread(out / "baseline-seg.dcm")
        frames = range(1, int(pydicom.dcmread(file).NumberOfFrames) + 1)
        (uid,) = {uid for _, _, uid in seg.get_source_image_uids()}
        found = seg.get_pixels_by_source_frame(
            uid, list(frames), segment_numbers=[1], assert_missing_frames_are_empty=True
        )
        expected = sitk.GetArrayFromImage(pair.timepoints[0].segmentation.labels) == Label.ICH
        # The writer of the test stored the frames from the head down.
        assert np.array_equal(found[::-1, ..., 0] == 1, expected)
        assert (uid == source.images[0].SOPInstanceUID) is not anonymize
        report = hd.sr.srread(out / "baseline-sr.dcm")
        assert len(report.content.get_volumetric_roi_measurement_groups()) == 3


def test_frames_in_several_files_are_declined(pair: Study, tmp_path: Path) -> None:
    (folder, _) = write_scans(pair, tmp_path / "in")
    lost = sorted(folder.glob("*.dcm"))[:5]
    rest = [file.rename(tmp_path / file.name) for file in lost]
    (tmp_path / "multi").mkdir()
    enhanced(folder, tmp_path / "multi" / "scan.dcm")
    for file in rest:
        file.rename(tmp_path / "multi" / file.name)
    source, reason = read_source(tmp_path / "multi")
    assert source is None
    assert reason == "is multi-frame with its slices in several files or not all of them used"

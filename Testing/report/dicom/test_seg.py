"""The segmentation objects: voxels, codes, references, and what other software reads in them."""

import json
import subprocess
import sys
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.report.dicom.segments import tracking_uid
from HematomaExpansionLib.report.dicom.write import write_dicom
from HematomaExpansionLib.volumetry.growth import GrowthLabel
from Testing.report.dicom.conftest import Written
from Testing.report.dicom.source_study import sources, write_scans
from Testing.report.phantom import Bleed, study


def voxels(path: Path, size: int, number: int) -> np.ndarray:
    """A segment on all ``size`` slices of the series, ``[z, y, x]``, by source instance."""
    seg = hd.seg.segread(path)
    source = [uid for _, _, uid in seg.get_source_image_uids()]
    found = seg.get_pixels_by_source_instance(
        source, segment_numbers=[number], assert_missing_frames_are_empty=True
    )
    assert len(source) == size
    return found[..., 0]


@pytest.mark.parametrize(
    ("file", "index", "value", "number", "label"),
    [
        ("baseline-seg.dcm", 0, Label.ICH, 1, "Intraparenchymal haemorrhage (ICH)"),
        ("followup-1-seg.dcm", 1, Label.ICH, 1, "Intraparenchymal haemorrhage (ICH)"),
        ("followup-1-seg.dcm", 1, Label.IVH, 2, "Intraventricular haemorrhage (IVH)"),
        ("followup-1-seg.dcm", 1, Label.OEDEMA, 3, "Perihaematomal oedema"),
        ("growth-1-seg.dcm", None, GrowthLabel.NEW, 1, "New blood"),
        ("growth-1-seg.dcm", None, GrowthLabel.STABLE, 2, "Stable blood"),
    ],
)
def test_every_voxel_is_read_back(
    dicom: Written, file: str, index: int | None, value: int, number: int, label: str
) -> None:
    study = dicom.study
    image = study.comparisons[0].growth if index is None else study.timepoints[index].segmentation.labels
    expected = sitk.GetArrayFromImage(image) == value
    assert expected.any()
    found = voxels(dicom.folder / file, len(expected), number)
    assert np.array_equal(found == 1, expected)
    assert hd.seg.segread(dicom.folder / file).get_segment_description(number).segment_label == label


@pytest.mark.parametrize(
    ("number", "type_", "region", "tracking_id"),
    [
        (1, "50960005", "12738006", "ich"),
        (2, "50960005", "35764002", "ivh"),
        (3, "79654002", "12738006", "oedema"),
    ],
)
def test_codes_and_tracking(dicom: Written, number: int, type_: str, region: str, tracking_id: str) -> None:
    before, after = (
        hd.seg.segread(dicom.folder / f"{name}-seg.dcm").get_segment_description(number)
        for name in ("baseline", "followup-1")
    )
    for found in (before, after):
        category, kind = found.segmented_property_category, found.segmented_property_type
        assert (category.scheme_designator, category.value) == ("SCT", "49755003")
        assert (kind.scheme_designator, kind.value) == ("SCT", type_)
        assert [code.value for code in found.anatomic_regions] == [region]
        assert found.tracking_id == tracking_id
    assert before.tracking_uid == after.tracking_uid


def test_the_lesions_of_another_patient_are_others() -> None:
    assert tracking_uid("1.2.3", "ich") == tracking_uid("1.2.3", "ich")
    assert len({tracking_uid(study, key) for study in ("1.2.3", "1.2.4") for key in ("ich", "ivh")}) == 4


@pytest.mark.parametrize(
    ("file", "index"), [("baseline-seg.dcm", 0), ("followup-1-seg.dcm", 1), ("growth-1-seg.dcm", 1)]
)
def test_it_belongs_to_the_study_of_its_scan(dicom: Written, file: str, index: int) -> None:
    seg, source = hd.seg.segread(dicom.folder / file), dicom.sources[index]
    image = source.images[0]
    assert seg.SegmentationType == "BINARY"
    for keyword in ("StudyInstanceUID", "FrameOfReferenceUID", "PatientID", "PatientName", "StudyDate"):
        assert seg[keyword].value == image[keyword].value
    referenced = {(study, series) for study, series, _ in seg.get_source_image_uids()}
    assert referenced == {(source.study_uid, source.series_uid)}
    assert seg.SeriesInstanceUID != source.series_uid


def test_no_uid_is_used_twice(dicom: Written) -> None:
    files = [pydicom.dcmread(file, stop_before_pixels=True) for file in dicom.folder.iterdir()]
    assert len({file.SOPInstanceUID for file in files}) == len(files)
    assert len({file.SeriesInstanceUID for file in files}) == len(files)


def test_a_class_without_a_voxel_is_a_segment(tmp_path: Path) -> None:
    """Looked for and not found: the segment is there and empty; extra-axial was not looked for."""
    found = study(Bleed(0, 0))
    write_dicom(found, sources(write_scans(found, tmp_path / "in")), tmp_path / "out")
    seg = hd.seg.segread(tmp_path / "out" / "baseline-seg.dcm")
    assert [seg.get_segment_description(n).tracking_id for n in seg.segment_numbers] == ["ich", "ivh"]
    assert not seg.pixel_array.any()


def test_dcmqi_reads_the_segments(dicom: Written, tmp_path: Path) -> None:
    """The converter behind 3D Slicer's DICOM segmentation plug-in; it writes a file per segment group."""
    segments = converted(dicom.folder / "followup-1-seg.dcm", tmp_path)
    labels = dicom.study.timepoints[1].segmentation.labels
    assert list(segments) == ["ich", "ivh", "oedema"]
    for key, value in (("ich", Label.ICH), ("ivh", Label.IVH), ("oedema", Label.OEDEMA)):
        there = sitk.Resample(segments[key], labels, sitk.Transform(), sitk.sitkNearestNeighbor)
        assert np.array_equal(sitk.GetArrayFromImage(there) > 0, sitk.GetArrayFromImage(labels) == value)


def test_3d_slicer_shows_it_as_a_segmentation(dicom: Written, tmp_path: Path) -> None:
    """As Slicer's plug-in imports it: dcmqi's files become segments on the volume of the source series."""
    pytest.importorskip("slicer", reason="slicer-core is not installed (extra: scene)")
    from HematomaExpansionLib.scene.bootstrap import ensure_scene
    from HematomaExpansionLib.scene.segmentations import labels_from_segmentation, segmentation_from_masks
    from HematomaExpansionLib.scene.volumes import volume_from_image
    from HematomaExpansionLib.segmentation.segment_style import class_styles

    scene = ensure_scene()
    scene.Clear(True)
    point = dicom.study.timepoints[1]
    styles = {style.key: style for style in class_styles(point.segmentation.classes).values()}
    segments = converted(dicom.folder / "followup-1-seg.dcm", tmp_path)
    volume = volume_from_image(point.scan.image, "CT")
    node = segmentation_from_masks([(styles[key], mask) for key, mask in segments.items()], volume, "SEG")
    assert node.GetSegmentation().GetNumberOfSegments() == 3
    back = labels_from_segmentation(node, point.scan.image)
    expected = sitk.GetArrayFromImage(point.segmentation.labels)
    assert np.array_equal(sitk.GetArrayFromImage(back), expected)
    scene.Clear(True)


def converted(seg: Path, folder: Path) -> dict[str, sitk.Image]:
    """What dcmqi's ``segimage2itkimage`` makes of a segmentation: a mask by tracking identifier."""
    program = Path(sys.executable).with_name("segimage2itkimage")
    arguments = ["--inputDICOM", seg, "--outputDirectory", folder, "--outputType", "nrrd"]
    subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, timeout=60)
    groups = json.loads((folder / "meta.json").read_text())["segmentAttributes"]
    return {
        segment["TrackingIdentifier"]: sitk.ReadImage(str(folder / f"{number}.nrrd")) == segment["labelID"]
        for number, group in enumerate(groups, 1)
        for segment in group
    }

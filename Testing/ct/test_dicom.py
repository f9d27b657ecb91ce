"""Headers and voxels of DICOM files."""

import shutil
from datetime import datetime
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedCTImageStorage, JPEG2000Lossless, RLELossless

from HematomaExpansionLib.ct.dicom import read_headers, stack_of_slices
from HematomaExpansionLib.errors import GeometryError, UnreadableFile
from training.simulate.dicom_series import Slices, Tags, write_series

SMALL = Slices(tuple(np.arange(0.0, 20, 5)), rows=8, columns=6, pixel_mm=2.0)


def ramp(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """HU that tell where a voxel is."""
    return x + 10 * y + 100 * z


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_series(tmp_path / "scan", ramp, SMALL, Tags(acquired=datetime(2024, 5, 6, 7, 8, 9)))
    return tmp_path / "scan"


def test_voxels_are_in_hu_at_their_positions(folder: Path) -> None:
    stack = stack_of_slices(read_headers(folder)[0], "scan")
    x, y = np.meshgrid(np.arange(6) * 2 - 5, np.arange(8) * 2 - 7)
    assert np.array_equal(stack.hu, [x + 10 * y + 100 * z for z in (0, 5, 10, 15)])
    assert stack.positions_mm.tolist() == [[-5, -7, z] for z in (0, 5, 10, 15)]
    assert stack.pixel_mm == (2, 2)
    assert stack.thickness_mm == (5, 5, 5, 5)


def test_slope_and_intercept_of_each_slice_are_applied(folder: Path) -> None:
    before = stack_of_slices(read_headers(folder)[0], "scan").hu
    file = min(folder.iterdir())
    dataset = pydicom.dcmread(file)
    dataset.RescaleSlope, dataset.RescaleIntercept = "0.5", "-1000"
    dataset.save_as(file)
    after = stack_of_slices(read_headers(folder)[0], "scan").hu
    assert np.array_equal(after[0], (before[0] + 1024) * 0.5 - 1000)
    assert np.array_equal(after[1:], before[1:])


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless])
def test_compressed_voxels_are_decoded(folder: Path, syntax: pydicom.uid.UID) -> None:
    before = stack_of_slices(read_headers(folder)[0], "scan").hu
    for file in folder.iterdir():
        compress(file, syntax)
        assert pydicom.dcmread(file).file_meta.TransferSyntaxUID == syntax
    assert np.array_equal(stack_of_slices(read_headers(folder)[0], "scan").hu, before)


def compress(file: Path, syntax: pydicom.uid.UID) -> None:
    """RLE with pydicom; JPEG 2000 with GDCM, which knows how to write it."""
    if syntax == RLELossless:
        dataset = pydicom.dcmread(file)
        dataset.compress(RLELossless)
        dataset.save_as(file)
        return
    import SimpleITK as sitk

    original = pydicom.dcmread(file)
    coded = file.with_suffix(".j2k.dcm")
    stored = sitk.GetImageFromArray(original.pixel_array[None].astype(np.uint16))
    writer = sitk.ImageFileWriter()
    writer.SetFileName(str(coded))
    writer.SetUseCompression(True)
    writer.SetCompressor("JPEG2000")
    writer.Execute(stored)
    original.PixelData = pydicom.dcmread(coded).PixelData
    original["PixelData"].is_undefined_length = True
    original.file_meta.TransferSyntaxUID = JPEG2000Lossless
    original.save_as(file)
    coded.unlink()


def test_what_is_no_image_is_passed_over(folder: Path) -> None:
    (folder / "DICOMDIR").write_bytes(next(folder.iterdir()).read_bytes())
    (folder / "notes.txt").write_text("not DICOM")
    (folder / ".hidden.dcm").write_bytes(next(folder.glob("*.dcm")).read_bytes())
    report = pydicom.dcmread(next(folder.glob("*.dcm")))
    for keyword in ("PixelData", "ImagePositionPatient", "ImageOrientationPatient"):
        del report[keyword]
    report.Modality = "SR"
    report.SOPClassUID = pydicom.uid.ComprehensiveSRStorage
    report.save_as(folder / "report.dcm")
    slices, others = read_headers(folder)
    assert len(slices) == 4
    assert others == ["SR Comprehensive SR Storage"]


def test_a_copy_of_a_slice_counts_once(folder: Path) -> None:
    (folder / "copies").mkdir()
    for file in list(folder.glob("*.dcm"))[:2]:
        shutil.copy(file, folder / "copies" / f"again-{file.name}")
    assert len(stack_of_slices(read_headers(folder)[0], "scan").hu) == 4


def test_two_different_slices_at_one_position_are_refused(folder: Path) -> None:
    dataset = pydicom.dcmread(min(folder.iterdir()))
    dataset.SOPInstanceUID = "1.2.3"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.PixelData = bytes(len(dataset.PixelData))
    dataset.save_as(folder / "second.dcm")
    with pytest.raises(
        GeometryError, match=r"^scan: two different slices lie at the same position \(-5\.0, -7\.0, 0\.0"
    ):
        stack_of_slices(read_headers(folder)[0], "scan")


def test_a_truncated_file_is_named(folder: Path) -> None:
    file = min(folder.iterdir())
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(UnreadableFile, match=f"^{file.name}: the voxels cannot be decoded"):
        stack_of_slices(read_headers(folder)[0], "scan")


STAMPS = {
    "AcquisitionDateTime": "20240101010000.5+0100",
    "AcquisitionDate": "20240102",
    "AcquisitionTime": "020000.25",
    "ContentDate": "20240103",
    "ContentTime": "030000",
    "SeriesDate": "20240104",
    "SeriesTime": "040000",
    "StudyDate": "20240105",
    "StudyTime": "0500",
}


@pytest.mark.parametrize(
    ("absent", "expected"),
    [
        ((), datetime(2024, 1, 1, 1)),
        (("AcquisitionDateTime",), datetime(2024, 1, 2, 2)),
        (("AcquisitionDateTime", "AcquisitionTime"), datetime(2024, 1, 3, 3)),
        (("AcquisitionDateTime", "AcquisitionDate", "ContentDate"), datetime(2024, 1, 4, 4)),
        (("AcquisitionDateTime", "AcquisitionDate", "ContentDate", "SeriesTime"), datetime(2024, 1, 5, 5)),
        (tuple(STAMPS), None),
    ],
)
def test_acquisition_time(folder: Path, absent: tuple[str, ...], expected: datetime | None) -> None:
    file = min(folder.iterdir())
    dataset = pydicom.dcmread(file)
    for keyword, value in STAMPS.items():
        setattr(dataset, keyword, "" if keyword in absent else value)
    dataset.save_as(file)
    assert read_headers(file)[0][0].acquired == expected


def enhanced(folder: Path, file: Path) -> Path:
    """The same slices as one multi-frame Enhanced CT file, in reverse order."""
    files = sorted(folder.glob("*.dcm"), reverse=True)
    dataset = pydicom.dcmread(files[0])
    frames = [pydicom.dcmread(f) for f in files]
    shared = pydicom.Dataset()
    shared.PixelMeasuresSequence = Sequence([pick(dataset, "PixelSpacing", "SliceThickness")])
    shared.PlaneOrientationSequence = Sequence([pick(dataset, "ImageOrientationPatient")])
    rescale = pick(dataset, "RescaleIntercept", "RescaleSlope", "RescaleType")
    shared.PixelValueTransformationSequence = Sequence([rescale])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    dataset.PerFrameFunctionalGroupsSequence = Sequence()
    for frame in frames:
        own = pydicom.Dataset()
        own.PlanePositionSequence = Sequence([pick(frame, "ImagePositionPatient")])
        dataset.PerFrameFunctionalGroupsSequence.append(own)
    for keyword in (
        "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness",
        "RescaleIntercept", "RescaleSlope", "RescaleType", "GantryDetectorTilt",
    ):  # fmt: skip
        del dataset[keyword]
    dataset.NumberOfFrames = len(frames)
    dataset.PixelData = b"".join(frame.PixelData for frame in frames)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    dataset.save_as(file)
    return file


def pick(dataset: pydicom.Dataset, *keywords: str) -> pydicom.Dataset:
    picked = pydicom.Dataset()
    for keyword in keywords:
        picked[keyword] = dataset[keyword]
    return picked


def test_multi_frame_file_is_the_same_stack(folder: Path, tmp_path: Path) -> None:
    single = stack_of_slices(read_headers(folder)[0], "scan")
    multi = stack_of_slices(read_headers(enhanced(folder, tmp_path / "enhanced.dcm"))[0], "scan")
    assert np.array_equal(multi.hu, single.hu)
    assert np.array_equal(multi.positions_mm, single.positions_mm)
    assert multi.pixel_mm == single.pixel_mm
    assert multi.thickness_mm == single.thickness_mm

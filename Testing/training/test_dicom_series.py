"""The DICOM writer of the simulator: headers, geometry and voxels."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from training.simulate.dicom_series import Slices, Tags, slice_hu, write_series

SMALL = Slices((0.0, 3.0, 6.0, 12.0), rows=4, columns=6, pixel_mm=2.0, tilt_degrees=30.0)


def planes(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return x + 10 * y + 100 * z


def headers(files: list[Path]) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(file) for file in files]


def test_geometry_of_a_tilted_gantry(tmp_path: Path) -> None:
    """The table moves along z; the column direction is (0, cos 30, -sin 30)."""
    written = headers(write_series(tmp_path, planes, SMALL))
    for dataset, table in zip(written, SMALL.table_mm, strict=True):
        assert dataset.ImageOrientationPatient == pytest.approx([1, 0, 0, 0, np.sqrt(0.75), -0.5])
        # 2.5 pixels of 2 mm to the left of the middle, 1.5 above it along the columns.
        assert dataset.ImagePositionPatient == pytest.approx([-5, -3 * np.sqrt(0.75), table + 1.5])
    # Half way to the neighbours along the normal, x cos 30: 3, 3, 4.5 and 6 mm of table.
    thickness = [float(dataset.SliceThickness) for dataset in written]
    assert thickness == pytest.approx([2.598, 2.598, 3.897, 5.196], abs=1e-3)


def test_voxels_are_the_phantom_at_their_places(tmp_path: Path) -> None:
    dataset = headers(write_series(tmp_path, planes, SMALL))[2]
    position = np.array(dataset.ImagePositionPatient, float)
    row, column = np.reshape(dataset.ImageOrientationPatient, (2, 3)).astype(float)
    for y, x in ((0, 0), (3, 5), (1, 2)):
        expected = planes(*(position + 2 * x * row + 2 * y * column))
        assert dataset.pixel_array[y, x] - 1024 == pytest.approx(expected, abs=0.51)


def test_averaging_through_the_slice() -> None:
    """z^2 over 6 mm about 0 has the mean 3; two midpoints at 1.5 mm give 2.25."""
    slices = Slices((0.0,), rows=2, columns=2, thickness_mm=6.0, depth_samples=2)
    assert slice_hu(lambda x, y, z: z**2, slices, 0) == pytest.approx(np.full((2, 2), 2.25))


def test_averaging_over_a_pixel() -> None:
    """x^2 over a pixel of 2 mm at 1 mm: midpoints 0.5 and 1.5 give 1.25."""
    slices = Slices((0.0,), rows=2, columns=2, pixel_mm=2.0, thickness_mm=1.0, pixel_samples=2)
    assert slice_hu(lambda x, y, z: x**2, slices, 0) == pytest.approx(np.full((2, 2), 1.25))


def test_an_image_is_cut_like_a_phantom() -> None:
    z, y, x = np.meshgrid(np.arange(-20, 21.0), np.arange(-20, 21.0), np.arange(-20, 21.0), indexing="ij")
    image = sitk.GetImageFromArray(planes(x, y, z))
    image.SetOrigin((-20, -20, -20))
    assert slice_hu(image, SMALL, 1) == pytest.approx(slice_hu(planes, SMALL, 1), abs=1e-6)


def test_same_seed_same_files_and_one_study(tmp_path: Path) -> None:
    first = write_series(tmp_path / "a", planes, SMALL, seed=4)
    again = write_series(tmp_path / "b", planes, SMALL, seed=4)
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in again]
    bone = headers(write_series(tmp_path / "c", planes, SMALL, Tags(number=3), seed=4))[0]
    other = headers(write_series(tmp_path / "d", planes, SMALL, seed=5))[0]
    soft = headers(first)[0]
    assert soft.StudyInstanceUID == bone.StudyInstanceUID != other.StudyInstanceUID
    assert len({d.SeriesInstanceUID for d in (soft, bone, other)}) == 3
    assert len({d.SOPInstanceUID for d in (*headers(first), bone, other)}) == 6


def test_omitted_slices_and_file_names(tmp_path: Path) -> None:
    files = write_series(tmp_path, planes, SMALL, omit=(1,), file_names=["d", "c", "b", "a"])
    assert [file.name for file in files] == ["d", "b", "a"]
    assert [dataset.InstanceNumber for dataset in headers(files)] == [1, 3, 4]

"""Formats by content, and the geometry NIfTI and NRRD carry."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.volume_files import file_format, non_finite_voxels, read_image
from HematomaExpansionLib.errors import UnreadableFile


@pytest.fixture
def image() -> sitk.Image:
    hu = np.arange(3 * 4 * 5, dtype=np.int16).reshape(3, 4, 5)
    image = sitk.GetImageFromArray(hu)
    image.SetSpacing((0.5, 0.6, 5.0))
    image.SetOrigin((-10.0, 20.0, 30.0))
    return image


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.nii", "NIfTI"),
        ("a.nii.gz", "NIfTI"),
        ("A.NII.GZ", "NIfTI"),
        ("a.nrrd", "NRRD"),
        ("a.nhdr", "NRRD"),
    ],
)
def test_geometry_and_voxels(image: sitk.Image, tmp_path: Path, name: str, expected: str) -> None:
    written = tmp_path / name.lower()
    sitk.WriteImage(image, str(written))
    path = written.rename(tmp_path / name)
    assert file_format(path) == expected
    found, warnings = read_image(path)
    assert warnings == ()
    assert np.array_equal(sitk.GetArrayFromImage(found), sitk.GetArrayFromImage(image))
    assert found.GetSpacing() == pytest.approx(image.GetSpacing())
    assert found.GetOrigin() == pytest.approx(image.GetOrigin())


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.nii.gz", b"a text file", "is not the NIfTI file its name says"),
        ("zipped.nii.gz", gzip.compress(b"a text file", mtime=0), "is not the NIfTI file its name says"),
        ("cut.nii.gz", gzip.compress(bytes(range(256)) * 9, mtime=0)[:40], r"cannot be read \(EOFError\)"),
        ("notes.nrrd", b"a text file", "is not the NRRD file its name says"),
        ("notes.txt", b"a text file", "is not a DICOM, NIfTI or NRRD file"),
        ("empty.nii", b"", "is not the NIfTI file its name says"),
        ("a.nii", b"NRRD0004\n", r"holds NRRD; its name must end in \.nrrd or \.nhdr"),
        ("a.nii", b"\0" * 128 + b"DICM" + b"\0" * 300, r"holds DICOM; its name must end in \.dcm"),
        (
            "a.img",
            b"\0" * 344 + b"n+1\0" + b"\0" * 4,
            r"holds NIfTI; its name must end in \.nii or \.nii\.gz",
        ),
        ("a.nrrd", b"NRRD0004\ntype: short\n", "cannot be read; is it truncated or corrupt"),
    ],
)
def test_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    def read() -> None:
        file_format(path)
        read_image(path)

    with pytest.raises(UnreadableFile, match=f"^{name}: {message}") as error:
        read()
    assert "\n" not in str(error.value)


def test_absent(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"^a\.nii: no such file or folder"):
        file_format(tmp_path / "a.nii")


def test_truncated_voxels(image: sitk.Image, tmp_path: Path) -> None:
    path = tmp_path / "a.nrrd"
    sitk.WriteImage(image, str(path))
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(UnreadableFile, match="truncated"):
        read_image(path)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nan_is_counted_in_the_file(tmp_path: Path, name: str, dtype: type) -> None:
    """ITK's NIfTI reader gives 0 for NaN, and so would hide it."""
    hu = np.zeros((3, 4, 5), dtype)
    hu[0, 0, :2] = np.nan
    hu[2, 3, 4] = np.inf
    sitk.WriteImage(sitk.GetImageFromArray(hu), str(tmp_path / name))
    assert non_finite_voxels(tmp_path / name) == 3


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
@pytest.mark.parametrize("kind", [sitk.sitkInt16, sitk.sitkFloat32])
def test_truncated_nifti_is_refused(image: sitk.Image, tmp_path: Path, name: str, kind: int) -> None:
    """ITK's NIfTI reader gives 0 for every voxel that is not there."""
    path = tmp_path / name
    sitk.WriteImage(sitk.Cast(image, kind), str(path))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UnreadableFile, match=r"^a\.nii.*truncated"):
        non_finite_voxels(path)


def test_integers_hold_no_nan(image: sitk.Image, tmp_path: Path) -> None:
    sitk.WriteImage(image - 1, str(tmp_path / "a.nii"))
    assert non_finite_voxels(tmp_path / "a.nii") == 0


def sheared_nifti(image: sitk.Image, path: Path, qform_code: int) -> Path:
    """Write the image with a sheared sform: z columns of (0, 1.3, 5) in RAS."""
    sitk.WriteImage(image, str(path))
    content = bytearray(path.read_bytes())
    struct.pack_into("<hh", content, 252, qform_code, 1)
    struct.pack_into("<12f", content, 280, -0.5, 0, 0, 10, 0, -0.6, 1.3, -20, 0, 0, 5, 30)
    path.write_bytes(content)
    return path


def test_sheared_sform_is_taken_where_it_is_the_only_geometry(
    image: sitk.Image, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found, warnings = read_image(sheared_nifti(image, tmp_path / "a.nii", 0))
    assert warnings == ()
    assert found.GetSpacing() == pytest.approx((0.5, 0.6, np.hypot(1.3, 5)))
    # In LPS the y of that column turns its sign.
    axis = np.reshape(found.GetDirection(), (3, 3))[:, 2] * found.GetSpacing()[2]
    assert axis == pytest.approx((0, -1.3, 5), abs=1e-6)
    assert found.GetOrigin() == pytest.approx((-10, 20, 30))
    assert capfd.readouterr() == ("", "")


def test_sheared_sform_beside_a_straight_qform_is_warned_of(image: sitk.Image, tmp_path: Path) -> None:
    found, warnings = read_image(sheared_nifti(image, tmp_path / "a.nii", 1))
    assert found.GetSpacing() == pytest.approx((0.5, 0.6, 5.0))
    assert "sform is sheared and its qform is not" in warnings[0]

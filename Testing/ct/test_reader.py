"""From files to a head CT: the truth through every format, and one line for every bad input."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import head_ct_from_image, read_ct
from HematomaExpansionLib.ct.scan import HeadCT, SliceGeometry
from HematomaExpansionLib.errors import GeometryError, InputRefused, NotAHeadCT, UnreadableFile
from Testing.ct.phantom import MIXED, REGULAR, Head, thorax
from training.simulate.dicom_series import Slices, Tags, slice_hu, write_series

HEAD = Head()
TILTED = Slices(REGULAR, tilt_degrees=15.0, depth_samples=4)


def image_of(slices: Slices) -> sitk.Image:
    """Slices of even distance as one image; under a tilt its direction matrix is sheared."""
    count = len(slices.table_mm)
    image = sitk.GetImageFromArray(
        np.stack([slice_hu(HEAD, slices, i) for i in range(count)]).round().astype(np.int16)
    )
    step = slices.position_mm(1) - slices.position_mm(0)
    spacing = float(np.linalg.norm(step))
    image.SetSpacing((slices.pixel_mm, slices.pixel_mm, spacing))
    image.SetOrigin(slices.position_mm(0).tolist())
    direction = np.stack([slices.row_direction, slices.column_direction, step / spacing], axis=1)
    image.SetDirection(direction.ravel().tolist())
    return image


def tilted_as(form: str, folder: Path) -> HeadCT:
    """The tilted phantom written in a format and read again."""
    if form == "DICOM":
        write_series(folder / "scan", HEAD, TILTED)
        return read_ct(folder / "scan")
    image = image_of(TILTED)
    if form == "NRRD":
        sitk.WriteImage(image, str(folder / "scan.nrrd"))
        return read_ct(folder / "scan.nrrd")
    if form == "NIfTI":
        return read_ct(nifti_with_sform(image, folder / "scan.nii"))
    return head_ct_from_image(image, "scan", "MRML", acquired=datetime(2024, 1, 2))


def nifti_with_sform(image: sitk.Image, path: Path) -> Path:
    """Write a sheared sform, which ITK cannot: an identity image with its header patched."""
    plain = sitk.GetImageFromArray(sitk.GetArrayFromImage(image))
    sitk.WriteImage(plain, str(path))
    matrix = np.reshape(image.GetDirection(), (3, 3)) * np.array(image.GetSpacing())
    affine = np.diag([-1, -1, 1]) @ np.column_stack([matrix, image.GetOrigin()])
    content = bytearray(path.read_bytes())
    content[80:92] = np.array(image.GetSpacing(), "<f4").tobytes()
    content[252:256] = np.array([0, 1], "<i2").tobytes()
    content[280:328] = affine.astype("<f4").tobytes()
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("form", ["DICOM", "NRRD", "NIfTI", "MRML"])
def test_a_tilt_of_15_degrees_gives_the_true_volume(form: str, tmp_path: Path) -> None:
    scan = tilted_as(form, tmp_path)
    assert scan.modality_source == form
    assert scan.geometry.kind is SliceGeometry.TILTED
    assert scan.geometry.tilt_degrees == pytest.approx(15, abs=0.01)
    assert scan.geometry.slice_distances_mm == pytest.approx((3 * np.cos(np.radians(15)),), abs=1e-3)
    assert HEAD.measured_ml(scan.image) == pytest.approx(HEAD.bleed_ml, rel=0.003)
    # The product of spacings would give 1/cos 15 = 1.0353 of it.
    assert scan.voxel_ml == pytest.approx(2 * 2 * 3 * np.cos(np.radians(15)) / 1000, rel=1e-5)
    assert scan.warnings == ()


@pytest.mark.parametrize("degrees", [0.0, 15.0])
def test_mixed_spacing_gives_the_true_volume(degrees: float, tmp_path: Path) -> None:
    write_series(tmp_path, HEAD, Slices(MIXED, tilt_degrees=degrees, depth_samples=4))
    scan = read_ct(tmp_path)
    cosine = np.cos(np.radians(degrees))
    assert scan.geometry.slice_distances_mm == pytest.approx((3 * cosine, 6 * cosine), abs=0.006)
    assert scan.geometry.slice_count == 34
    assert HEAD.measured_ml(scan.image) == pytest.approx(HEAD.bleed_ml, rel=0.005)
    assert scan.warnings == ()


def test_a_regular_scan_is_untouched_and_knows_its_time(tmp_path: Path) -> None:
    write_series(tmp_path, HEAD, Slices(REGULAR), Tags(acquired=datetime(2024, 5, 6, 7, 8, 9)))
    scan = read_ct(tmp_path)
    assert scan.geometry.kind is SliceGeometry.REGULAR
    assert scan.geometry.corrections == ()
    assert scan.acquired == datetime(2024, 5, 6, 7, 8, 9)
    assert np.array_equal(
        sitk.GetArrayFromImage(scan.image), sitk.GetArrayFromImage(image_of(Slices(REGULAR)))
    )
    assert scan.image.GetPixelID() == sitk.sitkInt16


def test_file_names_do_not_matter(tmp_path: Path) -> None:
    names = [f"{i:x}" for i in np.random.default_rng(7).permutation(len(MIXED))]
    write_series(tmp_path / "a", HEAD, Slices(MIXED, tilt_degrees=15.0))
    write_series(tmp_path / "b", HEAD, Slices(MIXED, tilt_degrees=15.0), file_names=names)
    a, b = read_ct(tmp_path / "a"), read_ct(tmp_path / "b")
    assert a.sha256 == b.sha256
    assert np.array_equal(a.hu, b.hu)
    assert a.image.GetOrigin() == b.image.GetOrigin()


def test_the_hash_tells_scans_apart(tmp_path: Path) -> None:
    image = image_of(Slices(REGULAR))
    same = head_ct_from_image(image, "scan", "MRML").sha256
    assert head_ct_from_image(image, "other name", "NRRD").sha256 == same
    moved = sitk.Image(image)
    moved.SetOrigin((0.0, 0.0, 1.0))
    one_voxel = sitk.Image(image)
    one_voxel[3, 4, 5] += 1
    assert len({same, *(head_ct_from_image(i, "scan", "MRML").sha256 for i in (moved, one_voxel))}) == 3


def test_several_series_in_one_folder(tmp_path: Path) -> None:
    scout = Tags(1, "Scout", image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"))
    write_series(tmp_path / "1", HEAD, Slices((0.0, 1.0)), scout)
    write_series(tmp_path / "2", HEAD, Slices(REGULAR), Tags(2, "Head bone", "BONEPLUS"))
    write_series(tmp_path / "3", HEAD, Slices(REGULAR), Tags(3, "Head soft", "STANDARD"))
    write_series(tmp_path / "4", HEAD, Slices(REGULAR), Tags(4, "Head", contrast_agent="Iohexol"))
    write_series(tmp_path / "5", HEAD, Slices(REGULAR), Tags(5, "T2 FLAIR", modality="MR"))
    (tmp_path / "readme.txt").write_text("not DICOM")
    series = read_ct(tmp_path).series
    assert series is not None
    assert series.description == "Head soft"
    assert series.reason == (
        "axial CT, 45 slices over 135 mm, soft-tissue kernel STANDARD, no contrast stated"
    )
    assert dict(series.rejected) == {
        "Scout": "localiser",
        "Head bone": "bone kernel",
        "Head": "contrast",
        "T2 FLAIR": "modality MR, must be CT",
    }


@pytest.mark.parametrize(
    ("omit", "degrees", "place"),
    [
        ((20,), 0.0, "-9.0 mm to z = -3.0"),
        ((30, 31), 0.0, "21.0 mm to z = 30.0"),
        # ImagePositionPatient is of the first voxel: under the tilt 127 mm x sin 15 = 32.9 mm higher.
        ((20,), 15.0, "23.9 mm to z = 29.9"),
    ],
)
def test_a_removed_slice_is_refused_with_its_place(
    omit: tuple[int, ...], degrees: float, place: str, tmp_path: Path
) -> None:
    write_series(tmp_path / "scan", HEAD, Slices(REGULAR, tilt_degrees=degrees, thickness_mm=3.0), omit=omit)
    refused(tmp_path / "scan", GeometryError, f"scan: slices are missing between z = {place} mm")


def test_slices_with_tissue_between_them_are_warned_of(tmp_path: Path) -> None:
    write_series(tmp_path, HEAD, Slices(tuple(np.arange(-66.0, 67.0, 6.0)), thickness_mm=3.0))
    assert read_ct(tmp_path).warnings[0].startswith("Slices 3.0 mm thick lie up to 6.0 mm apart")


def refused(path: Path, error: type[InputRefused], message: str) -> None:
    with pytest.raises(error) as caught:
        read_ct(path)
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(message)


def write(image: sitk.Image, path: Path) -> Path:
    sitk.WriteImage(image, str(path))
    return path


def edited(folder: Path, **changes: str | None) -> Path:
    for file in folder.iterdir():
        dataset = pydicom.dcmread(file)
        for keyword, value in changes.items():
            if value is None:
                del dataset[keyword]
            else:
                setattr(dataset, keyword, value)
        dataset.save_as(file)
    return folder


def test_one_file_of_a_series(tmp_path: Path) -> None:
    file = write_series(tmp_path, HEAD, Slices(REGULAR))[0]
    refused(
        file,
        GeometryError,
        f"{file.name}: no axial head CT series in it (Head 3.0 soft: 1 slices, at least 10 are needed, "
        "give the whole folder)",
    )


def test_dicom_that_is_no_ct(tmp_path: Path) -> None:
    write_series(tmp_path / "mr", HEAD, Slices(REGULAR), Tags(modality="MR"))
    message = "mr: no axial head CT series in it (Head 3.0 soft: modality MR, must be CT)"
    refused(tmp_path / "mr", NotAHeadCT, message)


def test_dicom_without_its_rescale(tmp_path: Path) -> None:
    write_series(tmp_path / "raw", HEAD, Slices(REGULAR))
    folder = edited(tmp_path / "raw", RescaleIntercept=None, RescaleSlope=None)
    refused(folder, NotAHeadCT, "raw: values 24 to 1924 are not Hounsfield units (not CT, or not rescaled)")


def test_dicom_of_a_chest(tmp_path: Path) -> None:
    slices = Slices(REGULAR, rows=100, columns=100, pixel_mm=4.0)
    write_series(tmp_path / "chest", thorax, slices, Tags(body_part="CHEST"))
    refused(tmp_path / "chest", NotAHeadCT, "chest: ")


def test_empty_folder_and_folder_of_other_files(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", UnreadableFile, "empty: no DICOM file in it; a DICOM CT series is needed")
    (tmp_path / "empty" / "a.txt").write_text("text")
    refused(tmp_path / "empty", UnreadableFile, "empty: no DICOM file in it")


def test_absent(tmp_path: Path) -> None:
    refused(tmp_path / "gone.nii.gz", UnreadableFile, "gone.nii.gz: no such file or folder")
    refused(tmp_path / "gone", UnreadableFile, "gone: no such file or folder")


def test_text_file_named_nifti(tmp_path: Path) -> None:
    (tmp_path / "scan.nii.gz").write_text("this is no image")
    refused(tmp_path / "scan.nii.gz", UnreadableFile, "scan.nii.gz: is not the NIfTI file its name says")


@pytest.mark.parametrize("suffix", [".nii.gz", ".nrrd"])
def test_volumes_that_are_no_head_ct(suffix: str, tmp_path: Path) -> None:
    head = image_of(Slices(REGULAR, pixel_mm=2.0))
    path = tmp_path / f"scan{suffix}"

    refused(
        write(sitk.JoinSeries([head, head, head]), path), GeometryError, f"{path.name}: 4D (128x128x45x3)"
    )
    refused(write(head + 1024, path), NotAHeadCT, f"{path.name}: values 24 to 1924 are not Hounsfield units")
    mask = write(sitk.Cast(head > 40, sitk.sitkUInt8), path)
    refused(mask, NotAHeadCT, f"{path.name}: values 0 to 1 are not Hounsfield units")

    chest = image_like(head, thorax)
    for pixel_mm in (3.2, 2.0):  # an adult's, and one no wider than a head
        chest.SetSpacing((pixel_mm, pixel_mm, 3.0))
        with pytest.raises(NotAHeadCT, match="of the body is lung-like"):
            read_ct(write(chest, path))

    holed = sitk.Cast(head, sitk.sitkFloat32)
    holed[60, 60, 20] = float("nan")
    refused(write(holed, path), NotAHeadCT, f"{path.name}: 1 voxels are NaN or infinite")

    refused(write(head[:, :, :9], path), GeometryError, f"{path.name}: 9 slices; at least 10 are needed")
    refused(write(head[:, :, :20], path), GeometryError, f"{path.name}: 60 mm of coverage; at least 80 mm")


def image_like(image: sitk.Image, phantom: object) -> sitk.Image:
    """A phantom on the grid of an image, 1.6 times as wide."""
    z, y, x = np.meshgrid(*(np.arange(n, dtype=float) for n in image.GetSize()[::-1]), indexing="ij")
    hu = phantom((x - 63.5) * 3.2, (y - 63.5) * 3.2, z * 3 - 66)  # type: ignore[operator]
    return sitk.GetImageFromArray(hu.astype(np.int16))

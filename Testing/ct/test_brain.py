"""The brain mask, on real heads and on what breaks simpler masks."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.brain import brain_mask
from HematomaExpansionLib.ct.reader import head_ct_from_image, read_ct
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.errors import NotAHeadCT

SAMPLE = Path(__file__).resolve().parents[2] / "Resources" / "sample"


@pytest.fixture(scope="module")
def sample() -> HeadCT:
    return read_ct(SAMPLE / "baseline.nii.gz")


def _ml(scan: HeadCT) -> float:
    return float(np.count_nonzero(sitk.GetArrayFromImage(brain_mask(scan)))) * scan.voxel_ml


def _with(scan: HeadCT, hu: np.ndarray) -> HeadCT:
    image = sitk.GetImageFromArray(hu)
    image.CopyInformation(scan.image)
    return head_ct_from_image(image, "changed", "NIfTI")


@pytest.mark.parametrize("name", ["invesalius_cranium", "ge_hispeed_tiltcorr"])
def test_real_heads_have_a_plausible_intracranial_volume(shared_data: Path, name: str):
    scan = read_ct(shared_data / "head_ct" / f"{name}.nii.gz")
    # Adult intracranial volume: about 1100-1700 mL. A mask that fills holes gives 309 mL on invesalius.
    assert 1350 < _ml(scan) < 1600


def test_dicom_folder_agrees_with_its_corrected_nifti_within_two_percent(shared_data: Path, tmp_path: Path):
    folder = shared_data / "head_ct" / "dicom_ge_hispeed"
    corrected = _ml(read_ct(shared_data / "head_ct" / "ge_hispeed_tiltcorr.nii.gz"))
    from_dicom = _ml(read_ct(folder))
    assert from_dicom == pytest.approx(corrected, rel=0.02)
    order = np.random.default_rng(5).permutation(len(list(folder.iterdir())))
    for number, file in zip(order, sorted(folder.iterdir()), strict=True):
        (tmp_path / f"x{number}").write_bytes(file.read_bytes())
    assert _ml(read_ct(tmp_path)) == from_dicom


def test_blood_and_ventricles_are_inside_and_skull_is_not(sample: HeadCT):
    inside = sitk.GetArrayFromImage(brain_mask(sample)) > 0
    blood = sitk.GetArrayFromImage(
        sitk.DICOMOrient(sitk.ReadImage(str(SAMPLE / "baseline-labels.nii.gz")), "LPS")
    )
    assert inside[blood > 0].all()
    assert np.mean(sample.hu[inside] > 300) < 0.002


def test_a_wide_hole_in_the_skull_does_not_empty_the_mask(sample: HeadCT):
    whole = _ml(sample)
    hu = sample.hu
    bone = np.argwhere(hu > 300)
    top_right = bone[(bone[:, 0] > 20) & (bone[:, 2] < hu.shape[2] * 0.35)].mean(axis=0)
    z, y, x = np.ogrid[: hu.shape[0], : hu.shape[1], : hu.shape[2]]
    near = ((z - top_right[0]) * 5.0) ** 2 + ((y - top_right[1]) * 0.94) ** 2 + (
        (x - top_right[2]) * 0.94
    ) ** 2 < 30**2
    hu[near & (hu > 150)] = 40
    assert _ml(_with(sample, hu)) == pytest.approx(whole, rel=0.04)


def test_a_head_turned_round_all_axes_gives_the_same_volume(sample: HeadCT):
    turn = sitk.Euler3DTransform(
        sample.image.TransformContinuousIndexToPhysicalPoint([128, 128, 16]), 0.2, 0.15, 0.3
    )
    turned = sitk.Resample(sample.image, sample.image, turn, sitk.sitkLinear, -1024.0)
    assert _ml(head_ct_from_image(turned, "turned", "NIfTI")) == pytest.approx(_ml(sample), rel=0.03)


def test_a_body_without_a_skull_is_refused(sample: HeadCT):
    hu = sample.hu
    hu[hu > 100] = 40
    hu[:, :2, :2] = 1000
    image = sitk.GetImageFromArray(hu)
    image.CopyInformation(sample.image)
    scan = HeadCT(image, "soft.nii.gz", "NIfTI", sample.geometry)
    with pytest.raises(
        NotAHeadCT, match=r"soft.nii.gz: the space inside the skull measures \d+ mL; a head CT shows"
    ):
        brain_mask(scan)

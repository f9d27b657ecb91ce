"""The real scans beside the project (named as skipped where they are absent)."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.ct.scan import HeadCT, SliceGeometry
from HematomaExpansionLib.errors import NotAHeadCT

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def tilted(shared_data: Path) -> HeadCT:
    return read_ct(shared_data / "head_ct" / "dicom_ge_hispeed")


def test_tilt_and_variable_gaps_are_recognised_and_corrected(tilted: HeadCT) -> None:
    """28 slices: 14 at 4.0 mm, one step of 1.1 mm, 14 at 7.0 mm; the header says a tilt of 18.5 degrees."""
    assert tilted.geometry.kind is SliceGeometry.TILTED_MIXED_SPACING
    assert tilted.geometry.slice_count == 28
    assert tilted.geometry.tilt_degrees == pytest.approx(18.5, abs=0.01)
    assert tilted.geometry.slice_distances_mm == (1.08, 4.0, 7.0)
    assert tilted.geometry.corrections == (
        "gantry tilt of 18.5 degrees corrected by shear",
        "slice distances of 1.08, 4.00, 7.00 mm interpolated linearly to 1.99 mm",
    )
    assert tilted.warnings == ()
    assert tilted.acquired is None
    assert tilted.series is not None
    assert "soft-tissue kernel STD+" in tilted.series.reason
    direction = np.reshape(tilted.image.GetDirection(), (3, 3))
    assert direction @ direction.T == pytest.approx(np.eye(3), abs=1e-9)
    assert np.linalg.det(direction) == pytest.approx(1)


def test_random_file_names_give_the_same_scan(tilted: HeadCT, shared_data: Path, tmp_path: Path) -> None:
    files = sorted((shared_data / "head_ct" / "dicom_ge_hispeed").iterdir())
    names = np.random.default_rng(3).permutation(10**6)[: len(files)]
    for file, name in zip(files, names, strict=True):
        shutil.copyfile(file, tmp_path / f"{name:x}")
    renamed = read_ct(tmp_path)
    assert renamed.sha256 == tilted.sha256
    assert np.array_equal(renamed.hu, tilted.hu)
    assert renamed.geometry == tilted.geometry


def test_soft_tissue_agrees_with_dcm2niix(tilted: HeadCT, shared_data: Path) -> None:
    """Volumes against the correction by dcm2niix, within 2 %; and place: the two lie over each other."""
    other = read_ct(shared_data / "head_ct" / "ge_hispeed_tiltcorr.nii.gz")
    for low, high in ((-200, 3000), (0, 100), (300, 3000)):
        ours, theirs = (((s.hu > low) & (s.hu < high)).sum() * s.voxel_ml for s in (tilted, other))
        assert ours == pytest.approx(theirs, rel=0.02)
    moved = sitk.Resample(tilted.image, other.image, sitk.Transform(), sitk.sitkLinear, -1024.0)
    ours, theirs = sitk.GetArrayFromImage(moved) > -200, other.hu > -200
    assert 2 * (ours & theirs).sum() / (ours.sum() + theirs.sum()) > 0.98


@pytest.mark.parametrize(
    ("name", "spacing_mm"),
    [
        ("ge_hispeed_tiltcorr.nii.gz", (2.6198, 0.4883, 0.4883)),
        ("invesalius_cranium.nii.gz", (1.5, 0.957, 0.957)),
        ("synth_inv_iph20.nii.gz", (1.5, 0.957, 0.957)),
    ],
)
def test_good_scans_read_without_a_warning(
    shared_data: Path, name: str, spacing_mm: tuple[float, float, float]
) -> None:
    scan = read_ct(shared_data / "head_ct" / name)
    assert scan.warnings == ()
    assert scan.geometry.kind is SliceGeometry.REGULAR
    assert scan.geometry.corrections == ()
    assert scan.spacing_mm == pytest.approx(spacing_mm, abs=1e-3)
    assert scan.image.GetPixelID() == sitk.sitkInt16


def test_uncorrected_tilt_is_read_with_a_warning(shared_data: Path) -> None:
    scan = read_ct(shared_data / "head_ct" / "ge_hispeed_untiltcorrected.nii.gz")
    assert "a gantry tilt was probably left uncorrected" in scan.warnings[0]


@pytest.mark.parametrize(
    "name", ["synth_inv_iph20_mask", "blast_scan0_expert_mask", "blast_scan0_brain_mask"]
)
def test_a_mask_is_no_ct(shared_data: Path, name: str) -> None:
    with pytest.raises(NotAHeadCT, match=f"^{name}.nii.gz: values 0 to . are not Hounsfield units"):
        read_ct(shared_data / "head_ct" / f"{name}.nii.gz")

"""What is refused, and what is warned of, on volumes of known content."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct import checks
from HematomaExpansionLib.errors import GeometryError, NotAHeadCT
from Testing.ct.phantom import Head, abdomen, thigh, thorax


def volume(phantom: object, half_mm: float = 100.0, step_mm: float = 4.0) -> sitk.Image:
    """A phantom on a cube about the origin, 136 mm high."""
    across = np.arange(-half_mm, half_mm + 1, step_mm)
    z, y, x = np.meshgrid(np.arange(-68, 69, step_mm), across, across, indexing="ij")
    image = sitk.GetImageFromArray(phantom(x, y, z).astype(np.float32))  # type: ignore[operator]
    image.SetSpacing((step_mm,) * 3)
    image.SetOrigin((-half_mm, -half_mm, -68))
    return image


def test_a_head_passes() -> None:
    image = volume(Head())
    checks.hounsfield(sitk.GetArrayFromImage(image), "scan")
    checks.head(image, "scan")
    assert checks.contrast_warning(image) == ()


def test_a_head_without_its_left_calvaria_passes() -> None:
    def defect(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        hu = Head()(x, y, z)
        return np.where((hu > 300) & (x > 40), 30.0, hu)

    checks.head(volume(defect), "scan")


@pytest.mark.parametrize(
    ("phantom", "half_mm", "message"),
    [
        (thorax, 200, "of the body is lung-like; a head has at most 8%"),
        (abdomen, 200, r"the body is 3\d\d mm across; a head is 110 to 270 mm"),
        (thigh, 100, "bone rings the inside over 0 mm; a skull does over at least 40 mm"),
        (lambda x, y, z: np.where(np.hypot(x, y) < 40, 50.0, -1000.0), 100, "the body is 76 mm across"),
        (lambda x, y, z: np.full_like(x, -1000.0), 100, "no body in the image"),
    ],
)
def test_what_is_no_head_is_refused(phantom: object, half_mm: float, message: str) -> None:
    with pytest.raises(NotAHeadCT, match=f"^scan: .*{message}"):
        checks.head(volume(phantom, half_mm), "scan")


HEAD_HU = sitk.GetArrayFromImage(volume(Head()))


@pytest.mark.parametrize(
    ("hu", "message"),
    [
        (HEAD_HU + 1024, r"values 24 to 1924 are not Hounsfield units .*0\.0% is air"),
        # Scanner padding in the corners is not air.
        (np.where(np.arange(51) < 5, -2000, HEAD_HU + 1024), "values -2000 to 1924 are not Hounsfield units"),
        ((HEAD_HU > 40).astype(np.uint8), "values 0 to 1 are not Hounsfield units"),
        (np.random.default_rng(0).integers(0, 800, (20, 20, 20)), "values 0 to 799 are not Hounsfield units"),
        (np.minimum(HEAD_HU, 200), r"0\.00% of the voxels are bone"),
        (np.where(HEAD_HU == 35, 80, HEAD_HU), r"soft tissue is most often 80 HU; brain must be 15 to 60"),
        (np.where(HEAD_HU > -500, HEAD_HU - 40, HEAD_HU), "soft tissue is most often -"),
    ],
)
def test_what_is_not_in_hu_is_refused(hu: np.ndarray, message: str) -> None:
    with pytest.raises(NotAHeadCT, match=f"^scan: {message}"):
        checks.hounsfield(hu, "scan")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_voxels_without_a_value_are_counted(value: float) -> None:
    hu = np.zeros((2, 2, 2), np.float32)
    checks.finite(hu, "scan")
    hu[0, 0] = value
    with pytest.raises(NotAHeadCT, match=r"^scan: 2 voxels are NaN or infinite"):
        checks.finite(hu, "scan")


def test_dimensions() -> None:
    assert checks.single_volume(sitk.Image([4, 5, 6], sitk.sitkInt16), "scan").GetSize() == (4, 5, 6)
    assert checks.single_volume(sitk.Image([4, 5, 6, 1], sitk.sitkInt16), "scan").GetSize() == (4, 5, 6)
    with pytest.raises(GeometryError, match=r"^scan: 4D \(4x5x6x3\); one 3D volume is needed"):
        checks.single_volume(sitk.Image([4, 5, 6, 3], sitk.sitkInt16), "scan")
    with pytest.raises(GeometryError, match=r"^scan: 2D \(4x5\)"):
        checks.single_volume(sitk.Image([4, 5], sitk.sitkInt16), "scan")
    with pytest.raises(NotAHeadCT, match=r"^scan: 3 values per voxel"):
        checks.single_volume(sitk.Image([4, 5, 6], sitk.sitkVectorUInt8, 3), "scan")


def test_vessels_full_of_contrast_are_warned_of() -> None:
    """Two tubes of 5 mm radius and 200 HU, 80 mm high: 12.6 mL, less what lies near bone."""

    def enhanced(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        tube = np.hypot(np.abs(x) - 20, y) <= 5
        return np.where(tube & (np.abs(z) <= 40), 200.0, Head()(x, y, z))

    (warning,) = checks.contrast_warning(volume(enhanced, step_mm=2.0))
    assert warning.startswith("Contrast suspected: 1")
    assert "120 to 300 HU" in warning


def test_a_dense_bleed_and_a_small_calcification_are_no_contrast() -> None:
    def calcified(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        hu = Head()(x, y, z)
        hu = np.where(hu == 65, 95.0, hu)
        return np.where(np.sqrt((x + 25) ** 2 + y**2 + z**2) <= 7, 200.0, hu)  # 1.4 mL

    assert checks.contrast_warning(volume(calcified, step_mm=2.0)) == ()

"""Volumes of shapes whose measures are worked out by hand."""

import math
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.errors import GeometryError
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.volumetry.volume import measure, volume_ml

SHEAR_15 = (1.0, 0.0, 0.0, 0.0, 1.0, math.sin(math.radians(15)), 0.0, 0.0, math.cos(math.radians(15)))


def image_of(mask: np.ndarray, spacing_xyz: tuple[float, float, float], label: int = Label.ICH) -> sitk.Image:
    image = sitk.GetImageFromArray(mask.astype(np.uint8) * label)
    image.SetSpacing(spacing_xyz)
    return image


def ellipsoid(
    semi_axes_zyx: tuple[float, float, float],
    spacing_zyx: tuple[float, float, float],
    shape: tuple[int, int, int],
) -> np.ndarray:
    grid = np.indices(shape).astype(float)
    inside = np.zeros(shape)
    for axis in range(3):
        offset = (grid[axis] - (shape[axis] - 1) / 2) * spacing_zyx[axis]
        inside += (offset / semi_axes_zyx[axis]) ** 2
    return inside <= 1


def test_a_box_has_the_volume_of_its_voxels() -> None:
    mask = np.zeros((12, 30, 40), dtype=bool)
    mask[2:8, 5:25, 10:20] = True  # 6 x 20 x 10 = 1200 voxels of 2.5 mm3 = 3000 mm3
    volume = measure(image_of(mask, (0.5, 1.0, 5.0)), Label.ICH)
    assert volume.voxels == 1200
    assert volume.ml == pytest.approx(3.0, abs=1e-12)
    assert volume.planimetry_ml == pytest.approx(3.0, abs=1e-12)


def test_another_label_is_not_counted_and_nothing_has_no_diameters() -> None:
    mask = np.zeros((4, 4, 4), dtype=bool)
    mask[1, 1, 1] = True
    image = image_of(mask, (1.0, 1.0, 1.0), Label.IVH)
    nothing = measure(image, Label.ICH)
    assert (nothing.ml, nothing.planimetry_ml, nothing.voxels) == (0.0, 0.0, 0)
    assert nothing.abc2_ml is nothing.abc3_ml is nothing.ellipsoid_ml is None
    assert nothing.abc_mm is nothing.diameters_mm is None
    assert volume_ml(image, Label.IVH) == pytest.approx(0.001)


def test_a_sheared_grid_counts_the_determinant_not_the_product_of_spacings() -> None:
    mask = np.zeros((10, 20, 20), dtype=bool)
    mask[2:7, 5:15, 5:15] = True
    image = image_of(mask, (1.0, 1.0, 4.0))
    image.SetDirection(SHEAR_15)
    volume = measure(image, Label.ICH)
    assert volume.ml == pytest.approx(2.0 * math.cos(math.radians(15)), rel=1e-9)
    assert volume.planimetry_ml == pytest.approx(volume.ml, rel=1e-9)


@pytest.mark.parametrize("slice_mm", [1.0, 2.5, 5.0])
def test_an_ellipsoid_of_50_40_30_mm(slice_mm: float) -> None:
    spacing = (slice_mm, 0.5, 0.5)
    mask = ellipsoid((15.0, 20.0, 25.0), spacing, (round(36 / slice_mm), 90, 110))
    volume = measure(image_of(mask, spacing[::-1]), Label.ICH)
    assert volume.ml == pytest.approx(math.pi / 6 * 50 * 40 * 30 / 1000, rel=0.03)
    assert volume.abc_mm is not None
    assert volume.diameters_mm is not None
    a, b, c = volume.abc_mm
    assert (a, b) == pytest.approx((50, 40), abs=0.6)
    # Slices above 25 % of the largest area reach over sqrt(0.75), above 75 % over sqrt(0.25) of the height:
    # C = 30 x (0.866 + 0.5) / 2 = 20.5 mm, give or take half a slice at each of the two limits.
    assert c == pytest.approx(20.5, abs=slice_mm)
    assert volume.abc2_ml == pytest.approx(a * b * c / 2000)
    assert volume.abc3_ml == pytest.approx(a * b * c / 3000)
    d1, d2, d3 = volume.diameters_mm
    assert (d1, d2) == pytest.approx((50, 40), abs=0.8)
    assert d3 == pytest.approx(30, abs=slice_mm)
    assert volume.ellipsoid_ml == pytest.approx(0.523 * d1 * d2 * d3 / 1000)


def test_bleeds_apart_are_measured_each_alone_and_summed() -> None:
    one = np.zeros((10, 60, 60), dtype=bool)
    one[1:9, 5:25, 5:25] = True
    two = one.copy()
    two[3:6, 40:50, 40:50] = True
    small = two & ~one
    spacing = (1.0, 1.0, 2.0)
    together, large, little = (measure(image_of(mask, spacing), Label.ICH) for mask in (two, one, small))
    assert large.abc2_ml is not None
    assert little.abc2_ml is not None
    assert together.abc2_ml == pytest.approx(large.abc2_ml + little.abc2_ml)
    assert together.abc_mm == large.abc_mm
    assert together.diameters_mm == large.diameters_mm


def test_one_voxel_can_be_measured() -> None:
    mask = np.zeros((3, 3, 3), dtype=bool)
    mask[1, 1, 1] = True
    volume = measure(image_of(mask, (1.0, 1.0, 5.0)), Label.ICH)
    assert volume.ml == pytest.approx(0.005)
    assert volume.abc_mm == pytest.approx((1.0, 1.0, 5.0))
    assert volume.diameters_mm == pytest.approx((5.0, 1.0, 1.0))


def test_a_flat_image_is_refused() -> None:
    with pytest.raises(GeometryError, match="2 dimensions; 3 are needed"):
        measure(sitk.Image(4, 4, sitk.sitkUInt8), Label.ICH)


def test_the_pasted_bleed_of_20_ml(shared_data: Path) -> None:
    labels = sitk.ReadImage(str(shared_data / "head_ct" / "synth_inv_iph20_mask.nii.gz"), sitk.sitkUInt8)
    volume = measure(labels, Label.ICH)
    assert volume.ml == pytest.approx(20.0, abs=0.05)
    assert volume.planimetry_ml == pytest.approx(volume.ml, rel=1e-6)
    assert volume.ellipsoid_ml == pytest.approx(volume.ml, rel=0.07)

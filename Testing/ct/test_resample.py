"""Shear and interpolation by hand, and the volumes they must keep."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.geometry import SliceStack, classify, sorted_stack
from HematomaExpansionLib.ct.resample import on_regular_grid
from Testing.ct.phantom import MIXED, REGULAR, Head
from training.simulate.dicom_series import Slices, slice_hu


def corrected(stack: SliceStack) -> tuple[sitk.Image, tuple[str, ...]]:
    image, geometry = on_regular_grid(stack, classify(stack, "scan"))
    return image, geometry.corrections


def cut(head: Head, slices: Slices) -> SliceStack:
    """What an ideal scanner would store, without a file."""
    count = len(slices.table_mm)
    return sorted_stack(
        np.stack([slice_hu(head, slices, i) for i in range(count)]),
        np.array([slices.position_mm(i) for i in range(count)]),
        slices.row_direction,
        slices.column_direction,
        (slices.pixel_mm, slices.pixel_mm),
        tuple(slices.thickness(i) for i in range(count)),
    )


def test_regular_integers_are_kept() -> None:
    hu = np.random.default_rng(1).integers(-1024, 3000, (4, 5, 6)).astype(np.int16)
    positions = np.array([[1.0, 2.0, z] for z in (10, 15, 20, 25)])
    image, corrections = corrected(
        sorted_stack(hu, positions, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.5, 0.4))
    )
    assert corrections == ()
    assert image.GetPixelID() == sitk.sitkInt16
    assert image.GetSpacing() == pytest.approx((0.4, 0.5, 5.0))
    assert image.GetOrigin() == pytest.approx((1.0, 2.0, 10.0))
    assert np.array_equal(sitk.GetArrayFromImage(image), hu)


def test_padding_under_air_becomes_air() -> None:
    hu = np.full((3, 2, 2), -3024, np.int16)
    positions = np.array([[0, 0, z] for z in (0.0, 5, 10)])
    image, _ = corrected(sorted_stack(hu, positions, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (1, 1)))
    assert np.unique(sitk.GetArrayFromImage(image)).tolist() == [-1024]


def test_output_is_in_lps_order() -> None:
    """A stack whose x runs to the right and y to the front comes out with both turned round."""
    hu = np.arange(8, dtype=np.int16).reshape(2, 2, 2)
    positions = np.array([[5.0, 5, 0], [5, 5, 4]])
    image, _ = corrected(sorted_stack(hu, positions, np.array([-1.0, 0, 0]), np.array([0, -1.0, 0]), (1, 1)))
    assert image.GetDirection() == pytest.approx((1, 0, 0, 0, 1, 0, 0, 0, 1))
    assert image.GetOrigin() == pytest.approx((4, 4, 0))
    assert sitk.GetArrayFromImage(image).tolist() == [[[3, 2], [1, 0]], [[7, 6], [5, 4]]]


def test_shear_by_hand() -> None:
    """Stacked along z under a tilt of atan(1/2): sin/cos of the normal step move each slice up by 1.5 pixels.

    Column direction (0, c, -s) with c = 2/sqrt 5, s = 1/sqrt 5; a table step of 1.5 sqrt 5 mm lies
    3 mm along the normal (x c) and -1.5 mm along the column direction (x -s).
    """
    c, s = 2 / np.sqrt(5), 1 / np.sqrt(5)
    hu = np.full((3, 4, 3), -1024, np.int16)
    hu[:, 2, 1] = 976  # 2000 over air, in every slice
    positions = np.array([[0, 0, k * 1.5 * np.sqrt(5)] for k in range(3)])
    image, corrections = corrected(
        sorted_stack(hu, positions, np.array([1.0, 0, 0]), np.array([0, c, -s]), (1.0, 1.0))
    )
    over_air = sitk.GetArrayFromImage(image)[:, :, 1] + 1024
    # Canvas rows -3..3: the last slice lies 3 rows up, the middle one 1.5.
    assert over_air.tolist() == [
        [0, 0, 0, 0, 0, 2000, 0],
        [0, 0, 0, 1000, 1000, 0, 0],
        [0, 0, 2000, 0, 0, 0, 0],
    ]
    assert image.GetSpacing() == pytest.approx((1, 1, 3))
    assert image.GetOrigin() == pytest.approx((0, -3 * c, 3 * s))
    assert corrections == ("gantry tilt of 26.6 degrees corrected by shear",)


def test_mixed_spacing_by_hand() -> None:
    """Slices at 0, 2, 4, 8, 12, 16: slabs from -1 to 18 filled by 19 voxels of 1 mm, edges on the slices."""
    at = [0.0, 2, 4, 8, 12, 16]
    hu = np.array([0, 20, 40, 80, 120, 160], np.int16)[:, None, None] * np.ones((1, 2, 2), np.int16)
    stack = sorted_stack(
        hu, np.array([[0, 0, z] for z in at]), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (1, 1)
    )
    image, corrections = corrected(stack)
    assert image.GetSpacing()[2] == pytest.approx(1.0)
    assert image.GetOrigin()[2] == pytest.approx(-0.5)
    # A ramp of 10 HU a millimetre stays one; it is constant beyond the first and the last slice.
    expected = [0, *(10 * (np.arange(16) + 0.5)), 160, 160]
    assert sitk.GetArrayFromImage(image)[:, 0, 0] == pytest.approx(expected, abs=1e-3)
    assert corrections == ("slice distances of 2.00, 4.00 mm interpolated linearly to 1.00 mm",)


@pytest.mark.parametrize("degrees", [15.0, -15.0, 25.0])
def test_tilt_keeps_the_volume(degrees: float) -> None:
    head = Head()
    image, _ = corrected(cut(head, Slices(REGULAR, tilt_degrees=degrees, depth_samples=4)))
    assert head.measured_ml(image) == pytest.approx(head.bleed_ml, rel=0.002)


@pytest.mark.parametrize("degrees", [0.0, 15.0])
@pytest.mark.parametrize("centre_z", [-8.0, 0.0, 4.0])
def test_mixed_spacing_keeps_the_volume(degrees: float, centre_z: float) -> None:
    """Over the change from 3 to 6 mm, which lies at 0."""
    head = Head(centre_mm=(25.0, 8.0, centre_z))
    image, _ = corrected(cut(head, Slices(MIXED, tilt_degrees=degrees, depth_samples=4)))
    assert head.measured_ml(image) == pytest.approx(head.bleed_ml, rel=0.005)


def test_a_threshold_on_a_sharp_sphere_keeps_the_volume() -> None:
    """47.4 mL across the change; interpolated at the full 3 mm, this was 5 % off either way."""
    head = Head(radius_mm=22.458, ramp_mm=1e-6)
    image, _ = corrected(cut(head, Slices(MIXED, rows=200, columns=160, pixel_mm=1.0)))
    assert head.thresholded_ml(image) == pytest.approx(4 / 3 * np.pi * 22.458**3 / 1000, rel=0.005)

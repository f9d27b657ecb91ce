"""Sampling a scan on another grid, and the way back, by hand."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.prediction.input_grid import InputGrid, Interpolation


def ramp() -> sitk.Image:
    """4 x 6 x 8 voxels of 5 x 2 x 1 mm from (10, 20, 30) mm; the value is the place along x in mm."""
    values = np.broadcast_to(np.arange(8.0) + 10, (4, 6, 8)).astype(np.float32)
    image = sitk.GetImageFromArray(values)
    image.SetSpacing((1.0, 2.0, 5.0))
    image.SetOrigin((10.0, 20.0, 30.0))
    return image


def whole(image: sitk.Image) -> tuple[np.ndarray, np.ndarray]:
    return np.full(3, -0.5), np.array(image.GetSize())[::-1] - 0.5


def test_a_box_is_divided_into_voxels():
    """8 mm along x in two voxels of 4 mm, centred at 11.5 and 15.5; 12 mm along y in three from 19 mm on."""
    grid = InputGrid.in_box(ramp(), *whole(ramp()), (4, 3, 2))
    assert grid.spacing_mm == pytest.approx((5, 4, 4))
    assert grid.origin_mm == pytest.approx((11.5, 21, 30))


def test_a_slice_lies_where_it_lay_on_an_oblique_grid():
    """Its axis along z is that of the scan, which points to the patient's left and up."""
    image = ramp()
    turned = (0.8, 0.0, 0.6, 0.0, 1.0, 0.0, -0.6, 0.0, 0.8)
    image.SetDirection(turned)
    grid = InputGrid.in_box(image, *whole(image), (4, 3, 2))
    one = grid.slice_at(3)
    assert one.shape == (1, 3, 2)
    assert one.origin_mm == pytest.approx(np.array(grid.origin_mm) + 15 * np.array([0.6, 0, 0.8]))
    assert np.array_equal(one.sample(image), grid.sample(image)[3:])


def test_values_are_interpolated_where_the_grid_is_finer():
    """Voxels of 0.5 mm from 9.75 mm on; before the first voxel's centre there is nothing to interpolate."""
    grid = InputGrid.in_box(ramp(), *whole(ramp()), (4, 6, 16))
    found = grid.sample(ramp(), outside=-1)
    assert found[0, 0, :4] == pytest.approx([10, 10.25, 10.75, 11.25], abs=0.3)
    assert found[2, 3, 2:14] == pytest.approx(10.75 + 0.5 * np.arange(12), abs=1e-4)


def test_values_are_averaged_where_the_grid_is_coarser():
    """Noise of 10 between neighbours is less than 2 in voxels four times as long, at the border, too."""
    image = ramp() * 0 + 50
    noisy = sitk.GetArrayFromImage(image)
    noisy[..., ::2] += 10
    noisy[..., 1::2] -= 10
    stored = sitk.GetImageFromArray(noisy)
    stored.CopyInformation(image)
    grid = InputGrid.in_box(stored, *whole(stored), (4, 6, 2))
    assert grid.sample(stored) == pytest.approx(50, abs=2)


def test_beyond_the_image_is_what_was_asked_for():
    low, high = whole(ramp())
    grid = InputGrid.in_box(ramp(), low - (0, 0, 8), high, (4, 6, 16))
    assert (grid.sample(ramp(), outside=-7)[..., :7] == -7).all()


def test_cubic_interpolation_follows_a_curve_that_linear_interpolation_cuts():
    """Half way between the samples of a sine of eight samples a turn."""
    x = np.arange(40)
    values = np.broadcast_to(np.sin(2 * np.pi * x / 8), (4, 4, 40)).astype(np.float32)
    image = sitk.GetImageFromArray(values)
    grid = InputGrid.in_box(image, np.array([-0.5, -0.5, 12.0]), np.array([3.5, 3.5, 20.0]), (4, 4, 8))
    expected = np.sin(2 * np.pi * (12.5 + np.arange(8)) / 8)
    linear = grid.sample(image)[1, 1]
    cubic = grid.sample(image, Interpolation.CUBIC)[1, 1]
    assert np.abs(linear - expected).max() > 0.05
    assert np.abs(cubic - expected).max() < 0.01


def test_shares_of_a_label():
    """Four voxels along x, two of them labelled; in voxels of two each, one is full and one empty."""
    voxels = np.zeros((4, 4, 4), np.uint8)
    voxels[..., :2] = 2
    labels = sitk.GetImageFromArray(voxels)
    grid = InputGrid.in_box(labels, np.full(3, -0.5), np.full(3, 3.5), (4, 4, 4))
    assert grid.share(labels, 2)[0, 0].tolist() == [1, 1, 0, 0]
    assert grid.share(labels, 1).max() == 0


def test_an_array_lies_where_it_was_sampled():
    grid = InputGrid.in_box(ramp(), *whole(ramp()), (4, 3, 2))
    image = grid.image(np.zeros((4, 3, 2)))
    assert image.GetSize() == (2, 3, 4)
    assert image.GetSpacing() == pytest.approx((4, 4, 5))
    assert image.GetOrigin() == pytest.approx((11.5, 21, 30))

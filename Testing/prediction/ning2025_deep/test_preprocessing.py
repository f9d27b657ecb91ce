"""Each step of Ning's preprocessing, by hand."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.errors import MissingInput
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.prediction.ning2025_deep.preprocessing import (
    input_grid,
    largest_rectangle,
    prepare,
    region,
    smallest_box,
    uniform_grid,
    windowed,
)
from HematomaExpansionLib.prediction.ning2025_deep.settings import NingSettings
from Testing.prediction.heads import Head, head


@pytest.fixture(scope="module")
def subject() -> Head:
    return head()


def image(shape: tuple[int, int, int], spacing_mm: tuple[float, float, float]) -> sitk.Image:
    made = sitk.GetImageFromArray(np.zeros(shape, np.int16))
    made.SetSpacing(spacing_mm[::-1])
    made.SetOrigin((5.0, 6.0, 7.0))
    return made


def test_voxels_are_resampled_to_1_by_1_by_5_mm():
    """30 slices of 4.8 mm are 28.8 of 5 mm, rounded to 29; 100 rows of 0.5 mm are 50."""
    grid = uniform_grid(image((30, 100, 80), (4.8, 0.5, 0.5)))
    assert grid.shape == (29, 50, 40)
    assert grid.spacing_mm == pytest.approx((5, 1, 1))
    # Half a voxel further in than the scan's first edge: 5 - 0.25 + 0.5, and 7 - 2.4 + 2.5.
    assert grid.origin_mm == pytest.approx((5.25, 6.25, 7.1))


def test_the_window_is_80_wide_at_40():
    assert windowed(np.array([-50, 0, 20, 40, 80, 200], np.float32)).tolist() == [0, 0, 0.25, 0.5, 1, 1]


def test_the_smallest_box_holds_all_of_it():
    mask = np.zeros((6, 9, 9), bool)
    mask[1, 2, 3] = mask[4, 7, 5] = True
    assert smallest_box(mask) == (slice(1, 5), slice(2, 8), slice(3, 6))


def test_the_largest_rectangle_is_that_of_the_slice_with_the_largest_one():
    """Slice 1 has more blood (9 pixels), slice 3 a larger rectangle (2 x 6), slice 4 the same one again."""
    mask = np.zeros((5, 9, 9), bool)
    mask[1, 2:5, 2:5] = True
    mask[3, 4, 1] = mask[3, 5, 6] = True
    mask[4, 4, 1] = mask[4, 5, 6] = True
    assert largest_rectangle(mask) == (slice(3, 4), slice(4, 6), slice(1, 7))


def test_classes_are_taken_together():
    """A voxel half ICH and half IVH is in a region of both, and in neither alone when they fill less."""
    voxels = np.zeros((4, 4, 4), np.uint8)
    voxels[:, :, 0], voxels[:, :, 1] = Label.ICH, Label.IVH
    labels = sitk.GetImageFromArray(voxels)
    labels.SetSpacing((1.0, 1.0, 5.0))
    grid = uniform_grid(labels)
    assert region(labels, grid, (Label.ICH,))[0, 0].tolist() == [True, False, False, False]
    assert region(labels, grid, (Label.ICH, Label.IVH))[0, 0].tolist() == [True, True, False, False]


@pytest.mark.parametrize(("dimensions", "depth", "z_mm"), [(2, 1, 5.0), (3, 10, 1.0)])
def test_the_box_is_divided_into_the_inputs_pixels(dimensions: int, depth: int, z_mm: float):
    """20 x 40 mm in 10 x 10 pixels: 2 x 4 mm each; rectangles are stretched to squares."""
    uniform = image((10, 50, 80), (5.0, 1.0, 1.0))
    thick = 2 if dimensions == 3 else 1
    grid = input_grid(
        uniform,
        (slice(4, 4 + thick), slice(10, 30), slice(20, 60)),
        NingSettings("resnet101", dimensions, 10),
    )
    assert grid.shape == (depth, 10, 10)
    assert grid.spacing_mm == pytest.approx((z_mm, 2, 4))
    first_z = 7 + 4 * 5 - 2.5 + z_mm / 2
    assert grid.origin_mm == pytest.approx((5 + 20 - 0.5 + 2, 6 + 10 - 0.5 + 1, first_z))


@pytest.mark.parametrize(("dimensions", "shape"), [(2, (1, 40, 40)), (3, (40, 40, 40))])
def test_all_steps(subject: Head, dimensions: int, shape: tuple[int, int, int]):
    """A ball of 65 HU in its box: 0.8125 in the middle, brain of 35 HU (0.4375) in the corners."""
    grey, grid = prepare(subject.scan, subject.labels, NingSettings("resnet101", dimensions, 40))
    assert grey.shape == shape
    middle = grey.shape[0] // 2
    assert grey[middle, 20, 20] == pytest.approx(65 / 80, abs=1e-3)
    assert grey[middle, [0, 0, -1, -1], [0, -1, 0, -1]] == pytest.approx(35 / 80, abs=0.03)
    side_mm = np.array(grid.spacing_mm[1:]) * 40
    assert side_mm == pytest.approx([36, 36], abs=3)


def test_blood_of_another_class_is_not_cropped_to(subject: Head):
    with pytest.raises(MissingInput, match="head: the segmentation shows no ich to crop to"):
        prepare(subject.scan, subject.labels * int(Label.IVH), NingSettings(size=40))
    with_ivh = NingSettings(size=40, region=("ich", "ivh"))
    assert prepare(subject.scan, subject.labels * int(Label.IVH), with_ivh)[0].max() > 0.8


def test_settings_come_back():
    settings = NingSettings("densenet201", 3, 48, 16, (1, 2, 3, 4), ("ich", "ivh"))
    assert NingSettings.read(settings.record()) == settings

"""The network's grid: its shape, what it shows of a head, and that an outline keeps its volume both ways."""

import numpy as np
import pytest
import torch

from HematomaExpansionLib.segmentation.network_grid import (
    UNSEEN_HU,
    Crop,
    NetworkGrid,
    largest,
    neighbours,
    seen,
)

GRIDS = [
    # scan's shape, spacing (z, y, x) in mm; slices to one, the network's shape
    ((32, 512, 512), (5.0, 0.45, 0.45), 1, (32, 230, 230)),
    ((30, 256, 256), (2.5, 1.0, 1.0), 1, (30, 256, 256)),
    ((31, 250, 200), (1.5, 0.8, 1.2), 2, (16, 200, 240)),
    ((100, 100, 100), (0.6, 1.0, 1.0), 5, (20, 100, 100)),
]


@pytest.mark.parametrize(("shape", "spacing", "group", "expected"), GRIDS)
def test_shape(shape, spacing, group, expected):
    grid = NetworkGrid.over(shape, spacing)
    assert grid.group == group
    assert grid.shape == expected
    assert grid.average(torch.zeros(shape)).shape == expected


@pytest.mark.parametrize("spacing", [(5.0, 0.45, 0.45), (3.0, 0.9, 0.9), (1.25, 0.5, 0.5), (0.6, 0.7, 0.7)])
@pytest.mark.parametrize("radius_mm", [9.0, 15.0])
def test_a_ball_keeps_its_volume_there_and_back(spacing, radius_mm):
    """3.1 and 14.1 mL; the outline is cut at one half on the way back."""
    shape = tuple(round(48 / step) for step in spacing)
    z, y, x = (step * (np.arange(n) + 0.5) - 24 for n, step in zip(shape, spacing, strict=True))
    ball = z[:, None, None] ** 2 + y[:, None] ** 2 + x**2 <= radius_mm**2
    grid = NetworkGrid.over(shape, spacing)
    share = grid.average(torch.from_numpy(ball).float())
    probabilities = torch.stack([1 - share, share])
    back = np.stack([grid.slice_of_scan(probabilities, i).argmax(0).numpy() for i in range(shape[0])])
    assert back.sum() == pytest.approx(ball.sum(), rel=0.02)
    assert 2 * (ball & (back > 0)).sum() / (ball.sum() + back.sum()) > 0.96


def test_a_short_last_group_repeats_its_last_slice():
    grid = NetworkGrid.over((3, 1, 1), (1.5, 1.0, 1.0))
    assert grid.average(torch.tensor([10.0, 20.0, 40.0]).reshape(3, 1, 1)).ravel().tolist() == [15.0, 40.0]


def test_between_slices_is_linear():
    """Centres of the groups of two lie between their slices: slice 1 is a quarter of the way."""
    grid = NetworkGrid.over((4, 1, 1), (1.5, 1.0, 1.0))
    maps = torch.tensor([0.0, 1.0]).reshape(1, 2, 1, 1)
    assert [float(grid.slice_of_scan(maps, z)) for z in range(4)] == [0.0, 0.25, 0.75, 1.0]


def test_what_lies_beyond_the_skull_is_hidden():
    inside = torch.zeros(1, 41, 41)
    inside[0, 20, 20] = 1.0
    shown = seen(torch.full((1, 41, 41), 35.0), inside) != UNSEEN_HU
    assert int(shown.sum()) == 13 * 13
    assert bool(shown[0, 14:27, 14:27].all())


@pytest.mark.parametrize(("rows", "columns"), [(8, 4), (40, 50)])
def test_a_crop_is_undone(rows, columns):
    """Also where it reaches beyond the grid."""
    inside = torch.zeros(2, 30, 30)
    inside[:, 10:16, 4:8] = 1.0
    plane = torch.rand(2, 30, 30)
    crop = Crop.around(inside, rows, columns)
    assert crop.cut(plane, -1.0).shape == (2, rows, columns)
    back = crop.put_back(crop.cut(plane, -1.0), 30, 30, 0.0)
    assert torch.equal(back[:, 10:16, 4:8], plane[:, 10:16, 4:8])
    assert torch.equal(back, plane) or rows < 30


def test_the_whole_crop_holds_all_that_is_seen():
    inside = torch.zeros(1, 200, 200)
    inside[0, 50:120, 80:120] = 1.0
    crop = Crop.whole(inside, 32)
    assert (crop.rows, crop.columns) == (96, 64)
    assert crop.top <= 44
    assert crop.top + crop.rows >= 126
    assert crop.left <= 74
    assert crop.left + crop.columns >= 126


def test_the_largest_is_the_first_of_equals():
    maps = torch.tensor([[0.5, 0.2, 0.0, 0.1], [0.5, 0.3, 0.0, 0.1], [0.0, 0.5, 0.0, 0.8]])
    assert largest(maps).tolist() == [0, 2, 0, 2]


def test_neighbours_repeat_the_ends():
    assert neighbours(4, 5).tolist() == [[0, 0, 0, 1, 2], [0, 0, 1, 2, 3], [0, 1, 2, 3, 3], [1, 2, 3, 3, 3]]

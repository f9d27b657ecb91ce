"""Moving volumes and slices, by hand."""

import numpy as np
import pytest
import torch

from training.affine import mirrored_cropped_shifted, moved, turned_scaled_shifted

CUBE_MM = (60.0, 60.0, 60.0)


def spot(z: int, y: int, x: int, shape: tuple[int, int, int] = (12, 12, 12)) -> torch.Tensor:
    volume = torch.zeros(1, *shape)
    volume[0, z, y, x] = 1
    return volume


def peak(volume: torch.Tensor) -> tuple[int, ...]:
    return tuple(int(place) for place in np.unravel_index(int(volume[0].argmax()), volume.shape[1:]))


def move(volume: torch.Tensor, matrix: np.ndarray) -> torch.Tensor:
    return moved({"image": volume}, ("image",), [matrix])["image"]


def test_nothing_moves_without_a_move():
    volume = torch.rand(1, 6, 8, 10)
    matrix = turned_scaled_shifted((0, 0, 0), 1, (0, 0, 0), CUBE_MM)
    assert torch.allclose(move(volume, matrix), volume, atol=1e-6)


@pytest.mark.parametrize(
    ("shift", "expected"), [((0.25, 0, 0), (5, 5, 8)), ((0, 0.25, 0), (5, 8, 5)), ((0, 0, -0.25), (2, 5, 5))]
)
def test_a_quarter_of_a_side_is_three_of_twelve_voxels(shift, expected):
    matrix = turned_scaled_shifted((0, 0, 0), 1, shift, CUBE_MM)
    assert peak(move(spot(5, 5, 5), matrix)) == expected


@pytest.mark.parametrize(("axis", "expected"), [(0, (9, 8, 6)), (1, (5, 9, 3)), (2, (3, 6, 2))])
def test_a_quarter_turn_about_each_axis(axis: int, expected: tuple[int, int, int]):
    """From (z, y, x) = (3, 9, 6), which is (-2.5, 3.5, 0.5) from the middle; x turns to y, y to z, z to x."""
    degrees = [0.0, 0.0, 0.0]
    degrees[axis] = 90.0
    assert peak(move(spot(3, 9, 6), turned_scaled_shifted(degrees, 1, (0, 0, 0), CUBE_MM))) == expected


def test_a_turn_does_not_shear_long_voxels():
    """In 4 slices of 15 mm, 60 mm high as wide, a quarter turn about x brings the top row's middle up."""
    volume = torch.zeros(1, 4, 12, 12)
    volume[0, 1:3, :3] = 1
    found = move(volume, turned_scaled_shifted((90, 0, 0), 1, (0, 0, 0), CUBE_MM))
    filled = np.flatnonzero(found[0].amax((1, 2)).numpy() > 0.5)
    assert filled.tolist() in ([0], [3])
    assert found.sum() == pytest.approx(float(volume.sum()), rel=0.1)


def test_scaling_enlarges():
    """A box of 4 x 4 x 4 becomes one of 6 x 6 x 6."""
    volume = torch.zeros(1, 12, 12, 12)
    volume[0, 4:8, 4:8, 4:8] = 1
    matrix = turned_scaled_shifted((0, 0, 0), 1.5, (0, 0, 0), CUBE_MM)
    assert float(move(volume, matrix).sum()) == pytest.approx(6**3, rel=0.02)


def test_a_crop_is_resized_to_the_whole():
    """The lower right quarter of a slice: its corner pixel spreads over 0.75, 0.75 and 0.25 a side."""
    image = torch.zeros(1, 8, 8)
    image[0, 7, 7] = 1
    matrix = mirrored_cropped_shifted(False, 0.5, (1, 1), (0, 0))
    found = move(image, matrix)
    assert float(found[0, 7, 7]) == pytest.approx(9 / 16)
    assert float(found.sum()) == pytest.approx(1.75**2)


def test_a_mirror_changes_left_and_right_only():
    image = torch.rand(1, 5, 7)
    found = move(image, mirrored_cropped_shifted(True, 1, (0.5, 0.5), (0, 0)))
    assert torch.allclose(found, image.flip(2), atol=1e-5)


def test_what_comes_from_beyond_is_0():
    found = move(torch.ones(1, 8, 8), mirrored_cropped_shifted(False, 1, (0.5, 0.5), (0.5, 0)))
    assert found[0, :, :4].min() > 0.9
    assert found[0, :, 4:].max() == 0


def test_tensors_move_together_and_each_by_its_own_matrix():
    pair = torch.cat([spot(5, 5, 5), spot(5, 5, 5)])
    batch = {"image": pair, "outline": pair.clone(), "expansion": torch.tensor([1.0, 0.0])}
    still = turned_scaled_shifted((0, 0, 0), 1, (0, 0, 0), CUBE_MM)
    right = turned_scaled_shifted((0, 0, 0), 1, (0.25, 0, 0), CUBE_MM)
    found = moved(batch, ("image", "outline"), [still, right])
    assert torch.equal(found["image"], found["outline"])
    assert [peak(found["image"][n : n + 1]) for n in (0, 1)] == [(5, 5, 5), (5, 5, 8)]
    assert torch.equal(found["expansion"], batch["expansion"])

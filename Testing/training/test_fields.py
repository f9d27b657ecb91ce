"""Fields of a head, held against figures worked out by hand."""

import math

import numpy as np
import pytest
import torch

from training.simulate import fields

CPU = torch.device("cpu")


def test_both_ways_to_smooth_agree():
    white = torch.from_numpy(np.random.default_rng(1).standard_normal((20, 18, 16), dtype=np.float32))
    sigmas = (1.5, 0.0, 0.8)
    assert torch.allclose(fields.gaussian(white, sigmas), fields.convolved(white, sigmas), atol=1e-5)


def test_gaussian_of_a_point():
    point = torch.zeros(15, 15, 15)
    point[7, 7, 7] = 1.0
    smooth = fields.gaussian(point, (1.0, 1.0, 0.0))
    assert float(smooth.sum()) == pytest.approx(1.0, abs=1e-5)
    # exp(-1/2) between neighbours, exp(-1) across the diagonal; the last axis is left alone.
    assert float(smooth[8, 7, 7] / smooth[7, 7, 7]) == pytest.approx(math.exp(-0.5), abs=1e-3)
    assert float(smooth[8, 8, 7] / smooth[7, 7, 7]) == pytest.approx(math.exp(-1.0), abs=1e-3)
    assert float(smooth[7, 7, 8]) == 0


@pytest.mark.parametrize("voxels", [1.0, 2.0, 4.0])
def test_smooth_noise_has_the_correlation_asked_for(voxels: float):
    noise = fields.smooth_noise((90, 80, 70), voxels, np.random.default_rng(2), CPU)
    assert noise.shape == (90, 80, 70)
    assert float(noise.mean()) == pytest.approx(0, abs=1e-4)
    assert float(noise.std()) == pytest.approx(1, abs=1e-4)
    # White noise under a Gaussian of s: neighbours correlate with exp(-1 / (4 s^2)).
    change = float(((noise[1:] - noise[:-1]) ** 2).mean() / 2)
    assert change == pytest.approx(1 - math.exp(-1 / (4 * voxels**2)), rel=0.2)
    again = fields.smooth_noise((90, 80, 70), voxels, np.random.default_rng(2), CPU)
    assert torch.equal(noise, again)


def test_sample_is_linear_between_voxels_and_repeats_the_border():
    z, y, x = torch.meshgrid(*(torch.arange(float(n)) for n in (4, 5, 6)), indexing="ij")
    index = torch.tensor([[1.25, 9.0], [2.5, -3.0], [0.75, 2.0]])
    linear = fields.sample(torch.stack([100 * z + 10 * y + x, z]), index)
    assert linear[0].tolist() == pytest.approx([125 + 25 + 0.75, 300 + 2.0], abs=1e-3)
    assert linear[1].tolist() == pytest.approx([1.25, 3.0], abs=1e-5)
    names = (10 * z + x).to(torch.uint8)
    assert fields.sample(names, index, nearest=True).tolist() == [11, 32]


def test_distance_in_millimetres():
    mask = torch.zeros(5, 5, 5, dtype=torch.bool)
    mask[2, 2, 2] = True
    away = fields.distance_mm(mask, (3.0, 1.0, 1.0))
    assert float(away[2, 2, 2]) == 0
    assert float(away[1, 2, 2]) == 3
    assert float(away[2, 4, 0]) == pytest.approx(math.sqrt(8))


def test_fullest_takes_the_largest_allowed():
    potential = torch.tensor([[[5.0, 4.0], [3.0, 9.0]]])
    allowed = torch.tensor([[[True, True], [True, False]]])
    assert fields.fullest(potential, allowed, 2).tolist() == [[[True, True], [False, False]]]
    assert not fields.fullest(potential, allowed, 0).any()
    assert torch.equal(fields.fullest(potential, allowed, 3), allowed)
    with pytest.raises(ValueError, match="no room for 4 voxels of blood: 3 are allowed"):
        fields.fullest(potential, allowed, 4)


def test_box_around_stays_in_the_grid_below():
    mask = torch.zeros(9, 9, 9, dtype=torch.bool)
    mask[1, 4, 8] = mask[2, 5, 8] = True
    assert fields.box_around(mask, 2) == (slice(0, 5), slice(2, 8), slice(6, 11))
    assert fields.box_around(mask, (0, 1, 0)) == (slice(1, 3), slice(3, 7), slice(8, 9))

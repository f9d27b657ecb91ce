"""Preprocessing of Lee 2024 and the normalised DL score, by hand."""

import numpy as np
import pytest
import torch

from HematomaExpansionLib.prediction.lee2024.dl_score import normalised_dl_score
from HematomaExpansionLib.prediction.lee2024.slices import grey, grey_slices, mask_slices


@pytest.mark.parametrize(("hu", "value"), [(-1000, 0), (0, 0), (25, 0.25), (62, 0.62), (100, 1), (3000, 1)])
def test_densities(hu: float, value: float):
    assert grey(np.array([hu], np.float32))[0] == pytest.approx(value)


def test_a_slice_of_the_right_size_stays_as_it_is():
    hu = np.random.default_rng(1).uniform(0, 100, (2, 32, 32)).astype(np.float32)
    slices = grey_slices(hu, 32)
    assert slices.shape == (2, 1, 32, 32)
    np.testing.assert_allclose(slices[:, 0].numpy(), hu / 100, atol=1e-7)


def test_halving_averages():
    """Halving weighs four columns by 1, 3, 3, 1: those of pixel 1 are 1 to 4, of pixel 2 3 to 6."""
    hu = np.zeros((1, 8, 8), np.float32)
    hu[0, :, 3] = 80.0
    row = grey_slices(hu, 4)[0, 0, 1]
    torch.testing.assert_close(row, torch.tensor([0.0, 0.8 * 3 / 8, 0.8 / 8, 0.0]))


def test_a_mask_keeps_its_share():
    mask = np.zeros((1, 64, 64), bool)
    mask[0, 16:48, 24:40] = True
    assert float(mask_slices(mask, 16).mean()) == pytest.approx(mask.mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("scores", "areas", "ndl"),
    [
        ([0.2, 0.8], [3.0, 1.0], 35.0),  # (0.6 + 0.8) / 4
        ([0.2, 0.8], [300.0, 100.0], 35.0),  # any unit of area
        ([0.9], [0.5], 90.0),
        ([0.2, 0.8], [0.0, 2.0], 80.0),  # nothing drawn has no weight
        ([0.2], [0.0], None),
        ([], [], None),
    ],
)
def test_the_score_is_weighted_by_area(scores: list, areas: list, ndl: float | None):
    found = normalised_dl_score(np.array(scores), np.array(areas))
    assert found == (None if ndl is None else pytest.approx(ndl))

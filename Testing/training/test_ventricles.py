"""The ventricles of the template, and other widths of them."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from training.simulate.template import axes_mm
from training.simulate.ventricles import Ventricle, template_ventricles, walls, widened


def test_volumes_and_sides():
    ventricles = template_ventricles()
    volumes_ml = np.bincount(ventricles.ravel(), minlength=5)[1:] / 1000
    # The template is symmetric.
    assert volumes_ml[0] == pytest.approx(volumes_ml[1], rel=0.02)
    assert volumes_ml[0] == pytest.approx(9.8, abs=0.6)
    assert volumes_ml[2] == pytest.approx(1.0, abs=0.2)
    assert volumes_ml[3] == pytest.approx(1.9, abs=0.2)
    _, _, right = axes_mm()
    left = np.nonzero(ventricles == Ventricle.LEFT)
    assert np.all(right[0, 0, left[2]] < 0)


def test_blood_can_pass_from_each_lateral_ventricle_into_its_temporal_horn():
    superior, anterior, _ = axes_mm()
    for side in (Ventricle.LEFT, Ventricle.RIGHT):
        pieces, _ = ndimage.label(template_ventricles() == side, np.ones((3, 3, 3)))
        horn = np.unique(pieces[np.broadcast_to((superior < -15) & (anterior > -20), pieces.shape)])
        body = np.unique(pieces[np.broadcast_to(superior > 5, pieces.shape)])
        assert set(horn[horn > 0]) & set(body[body > 0])


@pytest.fixture(scope="module")
def ball() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Indices, walls and nearest ventricle of a ball of 10 voxels in a grid of 61."""
    line = torch.arange(61.0)
    index = torch.stack(torch.meshgrid(line, line, line, indexing="ij"))
    offset = index - 30
    radius = (offset**2).sum(dim=0).sqrt()
    away = offset / radius.clamp(min=1e-3)
    fields = torch.cat([(radius - 10)[None], away, torch.ones(1, 61, 61, 61)])
    return index, fields, torch.full((61, 61, 61), int(Ventricle.LEFT), dtype=torch.uint8)


@pytest.mark.parametrize("widening", [3.0, 0.0, -4.0])
def test_walls_move_by_what_was_asked(ball: tuple[torch.Tensor, ...], widening: float):
    index, fields, nearest = ball
    wide = widened(index, fields, nearest, widening)
    # Along the middle line the ventricle reaches from 30 to 40 + widening.
    line = wide.ventricles[30, 30, 30:]
    assert int((line == Ventricle.LEFT).sum()) == 11 + round(widening)
    assert set(np.unique(wide.ventricles.numpy())) == {0, int(Ventricle.LEFT)}
    # At the new wall lies the tissue of the old one; the wall of the brain far away has not moved.
    assert float(wide.source[2, 30, 30, 40 + round(widening)]) == pytest.approx(40, abs=0.01)
    assert float(wide.source[2, 30, 30, 60]) == pytest.approx(60, abs=abs(widening) * 0.3 + 1e-3)
    assert float(wide.wall_mm[30, 30, 50]) == pytest.approx(10 - widening, abs=1e-3)


def test_the_brain_is_squeezed_and_never_folded(ball: tuple[torch.Tensor, ...]):
    index, fields, nearest = ball
    source = widened(index, fields, nearest, 5.0).source[2, 30, 30, 46:]
    assert bool((source.diff() > 0).all())


def test_walls_of_the_template():
    fields, nearest = walls()
    ventricles = template_ventricles()
    assert fields.shape == (5, *ventricles.shape)
    inside = ventricles > 0
    assert np.array_equal(nearest[inside], ventricles[inside])
    assert fields[0][inside].mean() < 0 < fields[0][~inside].min() + 1
    lengths = np.sqrt((fields[1:4] ** 2).sum(axis=0))
    assert lengths.max() <= 1 + 1e-5
    # The third and the fourth ventricle give way less.
    assert (
        fields[4][ventricles == Ventricle.THIRD].mean() < 0.7 < fields[4][ventricles == Ventricle.LEFT].mean()
    )

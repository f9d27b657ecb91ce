"""HU of blood and oedema, on a ball of brain."""

import numpy as np
import pytest
import torch

from Testing.training.ball import ball_head
from training.simulate.bleed import BleedSettings, Clot, fill, make_shape
from training.simulate.density import clot_density, with_blood
from training.simulate.texture import texture

BACK = (0.0, 1.0, 0.0)


def around(head, point, radius):
    return sum(offset**2 for offset in head.offsets_mm(point)).sqrt() < radius


def test_a_clot_without_markers_is_homogeneous():
    head = ball_head(40)
    shape = make_shape(head, BleedSettings((0.0, 0.0, 0.0), 12.0, blood_hu=66.0), np.random.default_rng(2))
    clot = fill(head, shape, 12.0, None)
    density = clot_density(head, clot, shape, BACK)
    values = density.hu[clot.ich]
    assert float(values.mean()) == pytest.approx(66.0, abs=0.8)
    assert float(values.std()) == pytest.approx(1.8, abs=0.4)
    assert float(values.max() - values.min()) < 10
    assert not any(evidence.any() for evidence in density.markers.values())


def test_blood_and_oedema_are_mixed_into_tissue():
    head = ball_head(40)
    ich, ivh, other = (around(head, (0.0, 0.0, x), 6) for x in (-20.0, 0.0, 20.0))
    oedema = 0.5 * around(head, (0.0, 20.0, 0.0), 6).float()
    bloody = with_blood(head, ich, ivh, other, oedema, 20.0, torch.full_like(head.hu, 60.0))

    def hu(y, x):
        return bloody.at(bloody.hu, (0.0, y, x))

    assert hu(0, -20) == pytest.approx(60.0, abs=0.05)
    assert hu(0, 0) == pytest.approx(58.0, abs=0.05)
    assert hu(0, 20) == pytest.approx(56.0, abs=0.05)
    # Half way from 32 to 20.
    assert hu(20, 0) == pytest.approx(26.0, abs=0.05)
    assert hu(-20, 0) == 32.0
    # The surface lies between voxels 5 and 6, hence about half of each; the edge is over 2 mm on.
    assert 46 < hu(0, -15) < 60
    assert 32 < hu(0, -14) < 46
    assert hu(0, -12) == pytest.approx(32.0, abs=0.5)


def test_no_blood_changes_nothing():
    head = ball_head(20)
    nothing = torch.zeros_like(head.solid)
    same = with_blood(head, nothing, nothing, nothing, nothing.float(), 20.0, head.hu)
    assert torch.equal(same.hu, head.hu)


def test_density_is_defined_beyond_the_box_of_the_clot():
    head = ball_head(60)
    shape = make_shape(head, BleedSettings((0.0, 0.0, 0.0), 1.0), np.random.default_rng(2))
    clot = Clot(torch.zeros_like(head.solid), {})
    assert float(clot_density(head, clot, shape, BACK).hu[5, 65, 65]) == 62.0


@pytest.mark.parametrize("family", ["lobes", "walk"])
def test_texture_is_standard_and_has_no_peaks(family):
    field = texture((40, 40, 40), 1.0, family, np.random.default_rng(3), torch.device("cpu"))
    assert field.abs().max() <= 2.2
    assert float(field.mean()) == pytest.approx(0.0, abs=0.05)
    assert float(field.std()) == pytest.approx(1.0, abs=0.1)

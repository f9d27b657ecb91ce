import numpy as np
import pytest
import torch

from training.simulate.extra_axial import CollectionSettings, Space, collection

CRESCENT = CollectionSettings(Space.SUBDURAL, (15.0, 0.0, -50.0), 25.0, 55.0)
LENS = CollectionSettings(Space.EPIDURAL, (15.0, 10.0, -50.0), 25.0, 30.0)


@pytest.fixture(scope="module")
def collections(ball_head):
    return [collection(ball_head, settings, np.random.default_rng(3)) for settings in (CRESCENT, LENS)]


def test_volume_is_exact_and_inside_the_skull(ball_head, collections):
    for blood in collections:
        assert int(blood.sum()) == 25000
        assert not (blood & (ball_head.depth_mm == 0)).any()
        assert not (blood & ball_head.barrier).any()
        assert not (blood & (ball_head.ventricles > 0)).any()


def test_blood_stays_on_its_side_of_the_falx(collections):
    # The point looked for lies on the left, which is +x.
    for blood in collections:
        assert int((blood.nonzero()[:, 2] - 64).min()) > 0


def test_a_crescent_is_thin_and_wide_and_a_lens_thick_and_short(ball_head, collections):
    thickness = [float(ball_head.depth_mm[blood].max()) for blood in collections]
    # A cap of 30 mm radius round a skull of 56 mm: thickness 2 * 25 / (pi * 3^2) cm at the middle of a
    # paraboloid, less where the skull curves away.
    assert 13 < thickness[1] < 24
    assert 3 < thickness[0] < 0.6 * thickness[1]
    extents = [blood.nonzero()[:, 1].float() for blood in collections]
    lengths = [float(y.max() - y.min()) for y in extents]
    assert lengths[0] > 1.4 * lengths[1]


def test_it_is_thickest_in_the_middle(ball_head, collections):
    lens = collections[1]
    z, y, x = ball_head.offsets_mm((15.0, -10.0, 53.0))
    away = (z**2 + y**2 + x**2).sqrt()
    deep = lens & (ball_head.depth_mm > 8)
    assert float(away[deep].max()) < float(away[lens].max()) - 6
    assert torch.any(lens & (ball_head.depth_mm < 1))


def test_same_seed_same_blood_and_no_room_is_said(ball_head, collections):
    again = collection(ball_head, LENS, np.random.default_rng(3))
    assert torch.equal(again, collections[1])
    large = CollectionSettings(Space.EPIDURAL, (15.0, 10.0, -50.0), 300.0, 25.0)
    with pytest.raises(ValueError, match=r"no room for 300\.0 mL epidural within 25 mm"):
        collection(ball_head, large, np.random.default_rng(3))

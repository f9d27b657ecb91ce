import pytest
import torch

from training.simulate.subarachnoid import spread


@pytest.fixture(scope="module")
def bleed(ball_head):
    z, y, x = ball_head.offsets_mm((12.0, 0.0, 38.0))
    return z**2 + y**2 + x**2 < 12**2


def test_blood_lies_in_csf_near_the_bleed(ball_head, bleed):
    blood = spread(ball_head, bleed, 3.0)
    assert int(blood.sum()) == 3000
    assert float(ball_head.hu[blood].max()) == 8.0
    assert not (blood & (ball_head.ventricles > 0)).any()
    assert not (blood & (ball_head.depth_mm == 0)).any()
    z, y, x = ball_head.offsets_mm((12.0, 0.0, 38.0))
    away = (z**2 + y**2 + x**2).sqrt()[blood]
    # A disc of 4 mm in the CSF of 3 mL has a radius of 15.5 mm, its middle 16 mm from that of the bleed.
    assert float(away.max()) < 30


def test_falx_is_not_crossed(ball_head):
    z, y, x = ball_head.offsets_mm((44.0, 0.0, 8.0))
    near_falx = (z**2 + y**2 + x**2 < 7**2) & (ball_head.depth_mm > 4)
    blood = spread(ball_head, near_falx, 3.0)
    side = blood.nonzero()[:, 2] - 64
    assert int(blood.sum()) == 3000
    assert int(side.min()) > 0


def test_no_room_and_no_bleed_are_said(ball_head, bleed):
    with pytest.raises(ValueError, match=r"no room for 500\.0 mL of subarachnoid blood"):
        spread(ball_head, bleed, 500.0)
    with pytest.raises(ValueError, match="no bleed"):
        spread(ball_head, torch.zeros_like(bleed), 1.0)

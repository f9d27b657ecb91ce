import pytest
import torch

from training.simulate.distension import distend
from training.simulate.intraventricular import door, flood, room_ml
from training.simulate.ventricles import Ventricle

LEFT_DOOR = (0.0, 0.0, 12.0)


def test_room_is_the_volume_of_the_ventricles(ball_head):
    # Two bars of 11 x 41 x 9, a sheet of 11 x 17 x 3, a cube of 11 x 11 x 11 voxels of 1 mm.
    assert room_ml(ball_head) == pytest.approx((2 * 4059 + 561 + 1331) / 1000)


@pytest.mark.parametrize(
    ("centre", "expected"),
    [
        ((0.0, 0.0, 40.0), (0.0, 0.0, 12.0)),
        ((-1.0, 7.0, -40.0), (-1.0, 7.0, -12.0)),
        # Below the tentorium the fourth ventricle, though the lateral one is nearer: 13.9 mm against 15.
        ((-29.0, 7.0, 20.0), (-29.0, 7.0, 5.0)),
        ((-19.0, 12.0, 20.0), (-5.0, 12.0, 12.0)),
    ],
)
def test_door_is_the_nearest_wall_on_this_side_of_the_dura(ball_head, centre, expected):
    assert door(ball_head, centre) == expected


@pytest.mark.parametrize("layered", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("volume_ml", [0.5, 3.0, 9.0])
def test_volume_is_exact_and_in_the_ventricles(ball_head, volume_ml, layered):
    blood = flood(ball_head, LEFT_DOOR, volume_ml, layered_share=layered)
    assert int(blood.sum()) == round(volume_ml * 1000)
    assert not (blood & (ball_head.ventricles == 0)).any()


@pytest.mark.parametrize(
    ("down", "axis", "sign"),
    [
        ((0.0, 1.0, 0.0), 1, 1),
        ((0.0, -1.0, 0.0), 1, -1),
        ((0.0, 0.0, -1.0), 2, -1),
        ((0.0, 0.6, 0.8), None, 0),
    ],
)
def test_sunk_blood_has_a_level_top(ball_head, down, axis, sign):
    blood = flood(ball_head, LEFT_DOOR, 2.0, down=down, layered_share=1.0)
    lateral = (ball_head.ventricles == Ventricle.LEFT) | (ball_head.ventricles == Ventricle.RIGHT)
    assert not (blood & ~lateral).any()
    depth = sum(step * line for step, line in zip(down, ball_head.offsets_mm((0.0, 0.0, 0.0)), strict=True))
    depth = depth.expand(blood.shape)
    # Nothing dry lies lower than anything wet, but for the one layer that is partly full.
    assert depth[blood].min() >= depth[lateral & ~blood].max() - 1e-5
    if axis is not None:
        assert torch.sign(depth[blood].mean()) == 1
        held = blood.nonzero()[:, axis].float() - 64
        assert torch.sign(held.mean()) == sign


def test_cast_starts_at_the_door_and_passes_the_third_ventricle_first(ball_head):
    def filled(volume_ml):
        blood = flood(ball_head, LEFT_DOOR, volume_ml, layered_share=0.0)
        return torch.bincount(ball_head.ventricles[blood].long(), minlength=5)[1:].tolist()

    assert filled(2.0) == [2000, 0, 0, 0]
    left, right, third, fourth = filled(4.5)
    assert third == 4500 - left > 300
    assert right == fourth == 0
    assert filled(room_ml(ball_head)) == [4059, 4059, 561, 1331]


def test_a_bleed_of_the_brainstem_fills_the_fourth_ventricle_first(ball_head):
    blood = flood(ball_head, (-34.0, 5.0, 5.0), 1.3, layered_share=0.0)
    assert torch.all(ball_head.ventricles[blood] == Ventricle.FOURTH)


def test_no_room_is_said(ball_head):
    with pytest.raises(ValueError, match=r"no room for 20\.0 mL in the ventricles: they hold 10\.0 mL"):
        flood(ball_head, LEFT_DOOR, 20.0)
    with pytest.raises(ValueError, match=r"layered_share is 1\.5"):
        flood(ball_head, LEFT_DOOR, 1.0, layered_share=1.5)


def test_distended_ventricles_hold_a_large_cast(ball_head):
    assert distend(ball_head, 8.0) is ball_head
    wide = distend(ball_head, 25.0)
    assert room_ml(wide) == pytest.approx(25.0, abs=1e-3)
    ventricles = ball_head.ventricles > 0
    assert torch.equal(wide.ventricles[ventricles], ball_head.ventricles[ventricles])
    # CSF alone inside, no rim of brain; the skull and the dura are where they were.
    assert float(wide.hu[wide.ventricles > 0].max()) == 8.0
    kept = (ball_head.depth_mm == 0) | ball_head.barrier
    assert torch.equal(wide.hu[kept], ball_head.hu[kept])
    assert not (wide.ventricles[kept] > 0).any()
    assert int(flood(wide, LEFT_DOOR, 25.0).sum()) == 25000
    with pytest.raises(ValueError, match=r"no room for 400\.0 mL in the ventricles: at most"):
        distend(ball_head, 400.0)

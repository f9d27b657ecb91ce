from dataclasses import replace

import pytest
import torch

from training.simulate.mass_effect import midline_shift_mm, push_aside

LEFT, RIGHT = (0.0, 0.0, 28.0), (0.0, 0.0, -28.0)


@pytest.fixture(scope="module")
def pushed(ball_head):
    return push_aside(ball_head, LEFT, 30.0, 0.25)


def volumes(head):
    return torch.bincount(head.ventricles.reshape(-1), minlength=5)[1:].tolist()


def test_midline_moves_away_from_the_bleed(ball_head, pushed):
    assert -5.0 < midline_shift_mm(ball_head, pushed) < -1.0
    mirrored = midline_shift_mm(ball_head, push_aside(ball_head, RIGHT, 30.0, 0.25))
    assert mirrored == pytest.approx(-midline_shift_mm(ball_head, pushed), rel=0.1)


def test_shift_grows_with_the_bleed(ball_head, pushed):
    shifts = [-midline_shift_mm(ball_head, push_aside(ball_head, LEFT, ml, 0.25)) for ml in (10.0, 60.0)]
    assert 0 < shifts[0] < -midline_shift_mm(ball_head, pushed) < shifts[1]


def test_ventricles_lose_volume(ball_head, pushed):
    before, after = volumes(ball_head), volumes(pushed)
    assert sum(after) < 0.95 * sum(before)
    # The ventricle beside the bleed more than the one on the other side.
    assert after[0] < after[1]
    assert all(volume > 0 for volume in after)


def test_skull_does_not_move(ball_head, pushed):
    outside = ball_head.depth_mm == 0
    for name in ("hu", "ventricles", "white", "barrier"):
        assert torch.equal(getattr(pushed, name)[outside], getattr(ball_head, name)[outside]), name
    # No bone is drawn into the head: what lies inside still has the densities of brain, dura and CSF.
    inside = pushed.hu[~outside]
    assert float(inside.min()) > 7.0
    assert float(inside.max()) < 46.0


def test_brain_keeps_its_volume(ball_head):
    # Without CSF, only the small share of brain itself gives way: a cube of it away from the bleed is
    # displaced, not squeezed. Its volume is the count of voxels that came from it.
    z, y, x = torch.meshgrid(*[torch.arange(-64.0, 65.0)] * 3, indexing="ij")
    cube = (z.abs() <= 8) & (y.abs() <= 8) & ((x + 10).abs() <= 8)
    solid = replace(
        ball_head,
        hu=torch.where(ball_head.depth_mm > 0, 30.0, ball_head.hu),
        ventricles=cube.to(torch.uint8),
        barrier=torch.zeros_like(cube),
    )
    empty = replace(solid, ventricles=torch.zeros_like(solid.ventricles))
    moved = push_aside(empty, LEFT, 20.0, 0.2)
    # The same displacement, applied to the cube by the template coordinates that moved with the brain.
    came = moved.mni_mm
    inside = (came[0].abs() <= 8.5) & (came[1].abs() <= 8.5) & ((came[2] - 10).abs() <= 8.5)
    assert int(inside.sum()) == pytest.approx(17**3, rel=0.1)
    assert float(came[2][64, 64, 64]) < -0.5


def test_nothing_happens_without_volume_or_yielding(ball_head):
    assert push_aside(ball_head, LEFT, 0.0, 0.3) is ball_head
    assert push_aside(ball_head, LEFT, 20.0, 0.0) is ball_head
    assert midline_shift_mm(ball_head, ball_head) == 0.0
    with pytest.raises(ValueError, match=r"yielding is 0\.6: from 0 to 0\.5 is allowed"):
        push_aside(ball_head, LEFT, 20.0, 0.6)

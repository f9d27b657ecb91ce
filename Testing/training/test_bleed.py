"""Shapes of bleeds and filling them, on a ball of brain."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import ndimage
from scipy.spatial import ConvexHull

from HematomaExpansionLib.markers.marker import Marker
from Testing.training.ball import SLAB_FROM_MM, ball_head
from training.simulate.bleed import BleedSettings, fill, make_shape, sphere_radius_mm
from training.simulate.growth import Landscape, grown

MIDDLE = (0.0, 0.0, 0.0)
FAMILIES = ("lobes", "walk")


def settings(volume_ml, family="lobes", markers=(), **changes):
    return BleedSettings(MIDDLE, volume_ml, family=family, markers=frozenset(markers), **changes)


def filled(head, volume_ml, family="lobes", markers=(), door_mm=None, seed=1, **changes):
    shape = make_shape(head, settings(volume_ml, family, markers, **changes), np.random.default_rng(seed))
    return fill(head, shape, volume_ml, door_mm).ich


def pieces(mask):
    return ndimage.label(mask.numpy())[1]


@pytest.fixture(scope="module")
def plain():
    return ball_head()


@pytest.fixture(scope="module")
def with_slab():
    return ball_head(ventricle=True)


def test_radius_of_a_sphere():
    assert sphere_radius_mm(4.18879) == pytest.approx(10.0, abs=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("markers", "volume_ml"),
    [((), 0.3), ((), 4.4445), ((), 60.0), ((Marker.IRREGULAR_SHAPE,), 7.1235), ((Marker.ISLAND,), 30.0)],
)
def test_fill_is_exact_to_a_voxel_and_in_one_piece(plain, family, markers, volume_ml):
    ich = filled(plain, volume_ml, family, markers)
    # A voxel is 1 microlitre.
    assert int(ich.sum()) == round(1000 * volume_ml)
    assert pieces(ich) == 1


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("volume_ml", [5.0, 20.0, 60.0])
def test_a_regular_bleed_is_convex_even_against_a_ventricle(with_slab, family, volume_ml):
    ich = filled(with_slab, volume_ml, family, irregularity=1.0).numpy()
    hull = ConvexHull(np.argwhere(ich))
    # The hull goes through the middles of voxels: half a voxel of skin is not in it. A rough surface may sink
    # by a voxel.
    skin = ich.sum() - ndimage.binary_erosion(ich).sum()
    assert hull.volume < ich.sum() + 0.5 * skin
    if volume_ml < 60:
        assert not ich[:, :, int(65 + SLAB_FROM_MM) - 3 :].any()


def test_more_volume_fills_more_of_the_same_shape(plain):
    shape = make_shape(plain, settings(10.0), np.random.default_rng(4))
    small, large = (fill(plain, shape, volume, None).ich for volume in (10.0, 17.0))
    assert not (small & ~large).any()


def test_blood_stays_in_brain(with_slab):
    falx = torch.zeros_like(with_slab.barrier)
    falx[:, :, 55] = True
    head = replace(with_slab, barrier=falx)
    for markers in ((), (Marker.IRREGULAR_SHAPE,)):
        ich = filled(head, 80.0, markers=markers)
        assert not (ich & falx).any()
        assert not (ich & (head.ventricles > 0)).any()
        assert not (ich & (head.depth_mm <= 4)).any()
        assert not ich[:, :, :55].any()


def test_a_door_reaches_the_ventricle_and_a_wall_keeps_off(with_slab):
    touching = ndimage.binary_dilation(with_slab.ventricles.numpy() > 0)
    for markers in ((), (Marker.IRREGULAR_SHAPE,)):
        assert (
            filled(with_slab, 20.0, markers=markers, door_mm=(0.0, 0.0, SLAB_FROM_MM)).numpy() & touching
        ).any()
        assert not (filled(with_slab, 20.0, markers=markers).numpy() & touching).any()


def test_no_room():
    with pytest.raises(ValueError, match="no room for 50000 voxels of blood"):
        filled(ball_head(25), 50.0)


def test_same_seed_same_bleed(plain):
    one, two, other = (filled(plain, 8.0, seed=seed) for seed in (5, 5, 6))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_a_flood_that_spills_fills_the_basin_from_the_spill():
    # From 9 over the saddle at 3 into a basin of 8: the basin is never reached before its saddle.
    line = torch.tensor([1.0, 9.0, 7.0, 3.0, 5.0, 8.0, 2.0])[None, None]
    everywhere = torch.ones_like(line, dtype=torch.bool)

    def voxels(count, allowed=everywhere):
        return grown(Landscape(line, allowed, (0, 0, 1)), count)[0, 0].nonzero()[:, 0].tolist()

    assert voxels(0) == []
    assert voxels(1) == [1]
    assert voxels(2) == [1, 2]
    assert voxels(3) == [1, 2, 3]
    assert voxels(4) == [1, 2, 3, 4]
    assert voxels(6) == [1, 2, 3, 4, 5, 6]
    blocked = everywhere.clone()
    blocked[..., 3] = False
    assert voxels(3, blocked) == [0, 1, 2]
    with pytest.raises(ValueError, match="no room for 4 voxels of blood: 3 are allowed"):
        voxels(4, blocked)

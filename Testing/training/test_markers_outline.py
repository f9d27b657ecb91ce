"""Protrusions, satellites and islands, measured on the fine grid against the definitions of the markers."""

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.distance import pdist

from HematomaExpansionLib.markers.marker import Marker
from Testing.training.marked import dents_mm, marked, needed_mm, pieces, sprouts

FAMILIES = ("lobes", "walk")
IRREGULAR, SATELLITE, ISLAND = Marker.IRREGULAR_SHAPE, Marker.SATELLITE, Marker.ISLAND


def deep_dents(clot):
    plane = clot.body[clot.level]
    return [depth for depth in dents_mm(plane) if depth > needed_mm(plane)]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("volume_ml", [3.0, 12.0, 60.0])
def test_a_regular_clot_has_one_smooth_piece(family, volume_ml):
    clot = marked((), volume_ml, family)
    assert len(pieces(clot.ich)) == 1
    assert max(dents_mm(clot.body[clot.level]), default=0.0) < 1.5
    assert not sprouts(clot.body[clot.level])


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("volume_ml", "seed"), [(7.0, 1), (12.0, 2), (30.0, 3), (60.0, 4)])
def test_an_irregular_clot_has_two_or_more_deep_dents_and_no_islands(family, volume_ml, seed):
    clot = marked((IRREGULAR,), volume_ml, family, seed)
    assert len(pieces(clot.ich)) == 1
    assert len(deep_dents(clot)) >= 2
    assert 2 <= len(pieces(clot.markers[IRREGULAR])) <= 3
    assert len(sprouts(clot.body[clot.level])) <= 3


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("markers", "fewest", "most"),
    [((SATELLITE,), 1, 1), ((SATELLITE, IRREGULAR), 1, 2), ((SATELLITE, ISLAND), 3, 4)],
)
@pytest.mark.parametrize("volume_ml", [7.0, 25.0])
def test_satellites_are_small_and_near(family, markers, fewest, most, volume_ml):
    clot = marked(markers, volume_ml, family, 7)
    main, *others = sorted(pieces(clot.ich), key=np.count_nonzero, reverse=True)
    assert np.array_equal(main, clot.body)
    assert fewest <= len(others) <= most
    assert np.array_equal(np.any(others, axis=0), clot.markers[SATELLITE])
    away = ndimage.distance_transform_edt(~main)
    for satellite in others:
        # 5 mm and more of brain are between: 1-20 mm is allowed, and masks are closed by 2-3 mm.
        assert 5 < away[satellite].min() < 12
        # Between the far sides of the outermost voxels.
        assert 5 < pdist(np.argwhere(satellite)).max() + 1 <= 10
        assert satellite[clot.level].any()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("volume_ml", [7.0, 30.0])
def test_islands_on_stalks_are_four_or_more_sprouts_in_one_piece(family, volume_ml):
    clot = marked((ISLAND,), volume_ml, family, 3)
    assert len(pieces(clot.ich)) == 1
    assert len(sprouts(clot.body[clot.level])) >= 4
    assert len(deep_dents(clot)) >= 2
    assert not clot.markers[SATELLITE].any()
    assert np.array_equal(clot.markers[ISLAND], clot.markers[IRREGULAR])


@pytest.mark.parametrize("family", FAMILIES)
def test_satellites_are_as_dense_as_the_clot(family):
    clot = marked((SATELLITE, ISLAND, Marker.BLEND), 20.0, family, 2)
    # A clot of 72 HU, as a blend without a swirl needs; the grain is 1.8 HU times 2.2 at most.
    assert abs(clot.hu[clot.markers[SATELLITE]] - 72).max() <= 4

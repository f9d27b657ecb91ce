"""What markers go together, and what they need."""

from itertools import combinations

import pytest

from HematomaExpansionLib.markers.marker import Marker
from Testing.training.marked import marked
from training.simulate.bleed import BleedSettings
from training.simulate.markers.rules import (
    EXCLUSIVE,
    IMPLIED,
    close,
    clot_hu,
    drop_hu,
    least_volume_ml,
    no_room,
    require_volume,
    swirl_carrier,
)

SUBSETS = [frozenset(some) for size in range(10) for some in combinations(Marker, size)]
POSSIBLE = [some for some in SUBSETS if not set(EXCLUSIVE) <= some]


def test_every_possible_subset_is_closed_once():
    assert len(SUBSETS) == 512
    assert len(POSSIBLE) == 384
    for some in POSSIBLE:
        closed = close(some)
        assert some <= closed
        assert close(closed) == closed
        assert all(IMPLIED[marker] in closed for marker in closed & set(IMPLIED))
        assert closed - some <= set(IMPLIED.values())
    assert close([]) == frozenset()
    assert close([Marker.BLACK_HOLE]) == {Marker.BLACK_HOLE, Marker.HYPODENSITY}
    assert close([Marker.ISLAND]) == {Marker.ISLAND, Marker.IRREGULAR_SHAPE}


def test_a_blend_is_no_fluid_level():
    with pytest.raises(ValueError, match="a clot shows blend or fluid_level, not both"):
        close([Marker.BLEND, Marker.FLUID_LEVEL, Marker.SWIRL])


def test_every_clot_is_clear_of_the_limits():
    for some in POSSIBLE:
        closed = close(some)
        for blood_hu in (45.0, 62.0, 85.0):
            density = clot_hu(closed, blood_hu)
            assert 45 <= density <= 85
            regions = {marker: density - drop_hu(marker, closed, density) for marker in closed}
            regions = {marker: hu for marker, hu in regions.items() if hu < density}
            if Marker.SWIRL in closed:
                assert min(regions.values()) <= 29
            else:
                # 5 HU above brain of 33 HU is a swirl; the grain of a low region is 2.4 HU at most.
                assert all(hu > 38 + 2.4 for hu in regions.values())
            if Marker.BLACK_HOLE in closed:
                assert regions[Marker.BLACK_HOLE] <= density - 34
            elif Marker.HYPODENSITY in closed:
                assert 15 <= density - regions[Marker.HYPODENSITY] <= 24
            if Marker.BLEND in closed:
                assert regions[Marker.BLEND] < density - 24
            if Marker.FLUID_LEVEL in closed:
                assert 14 <= density - regions[Marker.FLUID_LEVEL] < 18


@pytest.mark.parametrize(
    ("markers", "density_hu", "carrier"),
    [
        ((Marker.BLACK_HOLE,), 62.0, None),
        ((Marker.SWIRL,), 62.0, Marker.SWIRL),
        ((Marker.SWIRL, Marker.BLACK_HOLE, Marker.BLEND), 62.0, Marker.BLACK_HOLE),
        ((Marker.SWIRL, Marker.BLEND), 62.0, Marker.BLEND),
        ((Marker.SWIRL, Marker.FLUID_LEVEL), 62.0, Marker.FLUID_LEVEL),
        # 24 HU lower is no black hole yet.
        ((Marker.SWIRL, Marker.HYPODENSITY), 53.0, Marker.HYPODENSITY),
        ((Marker.SWIRL, Marker.HYPODENSITY), 54.0, Marker.SWIRL),
    ],
)
def test_swirls_lie_in_the_lowest_region(markers, density_hu, carrier):
    assert swirl_carrier(markers, density_hu) is carrier


@pytest.mark.parametrize(
    ("markers", "least_ml"),
    [
        ((), 0.0),
        ((Marker.SATELLITE,), 2.0),
        ((Marker.BLACK_HOLE,), 7.0),
        ((Marker.SWIRL,), 10.0),
        # The black hole is the swirl.
        ((Marker.SWIRL, Marker.BLACK_HOLE), 7.0),
        ((Marker.HETEROGENEOUS_DENSITY, Marker.HYPODENSITY), 12.0),
        ((Marker.HETEROGENEOUS_DENSITY, Marker.BLACK_HOLE), 19.0),
        # 2.6 times 12.
        ((Marker.HETEROGENEOUS_DENSITY, Marker.BLEND), 31.2),
        # 1.6 times 7.
        ((Marker.BLACK_HOLE, Marker.ISLAND), 11.2),
    ],
)
def test_least_volume(markers, least_ml):
    assert least_volume_ml(*markers) == pytest.approx(least_ml)
    if markers:
        with pytest.raises(ValueError, match=f"too little for .*{markers[0]}.* mL or more is needed"):
            require_volume(markers, least_ml - 0.1)
    require_volume(markers, least_ml)


def test_too_small_a_bleed_is_refused():
    with pytest.raises(ValueError, match="3 mL is too little for black_hole, hypodensity: 7 mL or more"):
        marked((Marker.BLACK_HOLE,), 3.0)
    assert "no place for blend" in str(no_room(Marker.BLEND, [Marker.BLEND]))


def test_settings_without_markers_ask_for_none():
    assert BleedSettings((0.0, 0.0, 0.0), 10.0).markers == frozenset()

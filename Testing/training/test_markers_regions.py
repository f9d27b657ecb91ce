"""Regions of low density in clots, measured on the fine grid against the definitions of the markers."""

import numpy as np
import pytest
from scipy import ndimage

from HematomaExpansionLib.markers.marker import Marker
from Testing.training.marked import BACK, core, is_enclosed, is_open, marked, pieces, ring
from training.simulate.markers.rules import close

BRAIN_HU = 33.0
FAMILIES = ("lobes", "walk")
DENSITY = (
    Marker.HYPODENSITY,
    Marker.BLACK_HOLE,
    Marker.SWIRL,
    Marker.BLEND,
    Marker.FLUID_LEVEL,
    Marker.HETEROGENEOUS_DENSITY,
)
SETS = [
    (),
    *((marker,) for marker in DENSITY),
    (Marker.HETEROGENEOUS_DENSITY, Marker.HYPODENSITY),
    (Marker.HETEROGENEOUS_DENSITY, Marker.BLACK_HOLE, Marker.SWIRL),
    (Marker.BLEND, Marker.BLACK_HOLE, Marker.SWIRL, Marker.ISLAND),
    (Marker.FLUID_LEVEL, Marker.HYPODENSITY, Marker.SATELLITE),
    (Marker.SWIRL, Marker.HYPODENSITY, Marker.IRREGULAR_SHAPE),
]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("markers", SETS, ids="+".join)
def test_the_markers_asked_for_are_there_and_no_others(markers, family):
    clot = marked(markers, 32.0, family)
    assert {marker for marker, mask in clot.markers.items() if mask.any()} == close(markers)
    assert set(clot.markers) == set(Marker)
    for mask in clot.markers.values():
        assert not (mask & ~clot.ich).any()
    brainlike = core(clot.body) & (clot.hu <= BRAIN_HU + 5)
    assert brainlike.any() == (Marker.SWIRL in markers)
    # Whatever is 10 HU below the clot is evidence of a marker.
    low = clot.body & (clot.hu < np.median(clot.hu[clot.body & ~_evidence(clot)]) - 10)
    assert not (low & ~_evidence(clot, rim=True)).any()


def _evidence(clot, rim=False):
    whole = np.any([clot.markers[marker] for marker in DENSITY], axis=0)
    return ndimage.binary_dilation(whole, structure=np.ones((3, 3, 3))) if rim else whole


def contrast_hu(clot, region, level):
    plane = region[level]
    middle = core(plane[None])[0]
    around = ring(plane, clot.body[level] & ~_evidence(clot, rim=True)[level])
    return float(clot.hu[level][around].mean() - clot.hu[level][middle].mean())


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("markers", "blood_hu", "least_hu", "most_hu"),
    [
        ((Marker.HYPODENSITY,), 62.0, 14, 24),
        ((Marker.HYPODENSITY, Marker.SWIRL), 52.0, 18, 26),
        ((Marker.HETEROGENEOUS_DENSITY, Marker.HYPODENSITY), 62.0, 13, 24),
        ((Marker.BLACK_HOLE,), 62.0, 33, 40),
        ((Marker.BLACK_HOLE, Marker.SWIRL), 70.0, 38, 45),
        ((Marker.BLACK_HOLE, Marker.BLEND), 62.0, 33, 40),
    ],
)
def test_holes_are_encapsulated_and_have_their_contrast(family, markers, blood_hu, least_hu, most_hu):
    clot = marked(markers, 20.0, family, 3, BACK, blood_hu)
    holes = clot.markers[Marker.HYPODENSITY]
    assert is_enclosed(holes, clot.body & ~clot.markers[Marker.BLEND])
    for hole in pieces(holes):
        areas = hole.sum(axis=(1, 2))
        # A slice of 5 mm fits in wherever it starts.
        assert (areas >= (20 if Marker.BLACK_HOLE in markers else 9)).sum() >= 8
        assert least_hu <= contrast_hu(clot, hole, int(areas.argmax())) <= most_hu


@pytest.mark.parametrize("family", FAMILIES)
def test_a_swirl_of_its_own_is_open_high_and_small(family):
    clot = marked((Marker.SWIRL,), 12.0, family, 2)
    swirl = clot.markers[Marker.SWIRL]
    assert is_open(swirl, clot.body)
    assert swirl.any(axis=(1, 2)).sum() >= 12
    assert 0.02 < swirl.sum() / clot.body.sum() < 0.1
    assert clot.hu[core(swirl)].mean() < BRAIN_HU
    deep = ndimage.distance_transform_edt(clot.body[clot.level]) > 3
    assert (swirl[clot.level] & deep).sum() >= 20


@pytest.mark.parametrize("family", FAMILIES)
def test_a_blend_is_a_large_open_part(family):
    clot = marked((Marker.BLEND,), 12.0, family, 5)
    low = clot.markers[Marker.BLEND]
    assert is_open(low, clot.body)
    assert 0.28 < low.sum() / clot.body.sum() < 0.44
    high = clot.body & ~low
    assert clot.hu[core(high)].mean() - clot.hu[core(low)].mean() > 24
    # Side by side, not one on the other: the middles differ more across gravity than along it.
    across = np.argwhere(low).mean(axis=0) - np.argwhere(high).mean(axis=0)
    assert abs(across[2]) > abs(across[1])
    # The border is sharp: a voxel from it nothing is half way.
    away = ndimage.distance_transform_edt(low) + ndimage.distance_transform_edt(~low)
    values = clot.hu[clot.body & (away > 2)]
    middle = clot.hu[core(high)].mean() - 13.5
    assert (abs(values - middle) < 4).mean() < 0.01


@pytest.mark.parametrize("down", [(0.0, 1.0, 0.0), (0.1961, 0.9806, 0.0), (0.0, 0.9397, -0.342)])
def test_a_fluid_level_is_flat_and_the_dense_part_is_below(down):
    clot = marked((Marker.FLUID_LEVEL,), 12.0, "lobes", 6, down)
    above = clot.markers[Marker.FLUID_LEVEL]
    below = clot.body & ~above
    height = -np.einsum("i,izyx->zyx", down, np.indices(clot.body.shape).astype(float))
    assert height[above].min() >= height[below].max()
    assert is_open(above, clot.body)
    assert 14 < clot.hu[core(below)].mean() - clot.hu[core(above)].mean() < 17
    border = above[clot.level] & ndimage.binary_dilation(below[clot.level])
    assert border.any(axis=0).sum() >= 12


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("markers", [(), (Marker.HYPODENSITY,), (Marker.BLACK_HOLE, Marker.SWIRL)])
def test_a_heterogeneous_clot_has_at_least_three_foci_on_its_largest_slice(family, markers):
    clot = marked((Marker.HETEROGENEOUS_DENSITY, *markers), 24.0, family, 4)
    foci = clot.markers[Marker.HETEROGENEOUS_DENSITY]
    found = [piece for piece in pieces(foci[clot.level]) if piece.sum() >= 12]
    assert len(found) >= 4
    for piece in found:
        plane = np.zeros_like(foci)
        plane[clot.level] = piece
        assert contrast_hu(clot, plane, clot.level) > 10
    if not markers:
        assert is_open(foci, clot.body)


@pytest.mark.parametrize(
    "markers", [some for some in SETS if not {Marker.HETEROGENEOUS_DENSITY, Marker.ISLAND} & set(some)]
)
def test_a_clot_that_is_not_heterogeneous_has_at_most_two_low_regions_on_a_slice(markers):
    clot = marked(markers, 32.0)
    whole = _evidence(clot)
    low = [len(pieces(plane)) for plane in whole]
    assert max(low) <= 2

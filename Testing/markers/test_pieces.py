"""Irregular shape, satellite and island on drawn clots."""

import pytest

from HematomaExpansionLib.markers.marker import Marker
from Testing.markers.drawing import Drawing


@pytest.mark.parametrize(("bites", "scale"), [(0, "I"), (1, "II"), (2, "III"), (3, "IV"), (4, "V")])
def test_irregular_is_two_dents(bites: int, scale: str) -> None:
    """Notches 9 mm wide and 8 mm deep in a disc of 18 mm radius; the limit is 0.1 sqrt(1000 mm2) = 3.2 mm."""
    drawing = Drawing(radius=18)
    for y, x in ((18, 0), (-18, 0), (0, 18), (0, -18))[:bites]:
        drawing.ich &= ~drawing.box(
            (y - 8, y + 8) if x == 0 else (-4, 4), (x - 8, x + 8) if y == 0 else (-4, 4)
        )
    markers = drawing.read()
    found = markers.findings[Marker.IRREGULAR_SHAPE]
    assert found.present is (bites >= 2)
    assert found.measures["dents"] == bites
    assert markers.record.barras_shape == scale


@pytest.mark.parametrize(("depth", "present"), [(2, False), (4, True)])
def test_a_dent_is_3_mm_deep(depth: int, present: bool) -> None:
    drawing = Drawing(radius=0)
    drawing.blood(drawing.box((-12, 12), (-12, 12)))
    drawing.ich &= ~drawing.box((-12, depth - 13), (-3, 3))
    drawing.ich &= ~drawing.box((13 - depth, 12), (-3, 3))
    found = drawing.read().findings[Marker.IRREGULAR_SHAPE]
    assert found.present is present
    assert found.measures["limit_mm"] == 3.0


def test_shape_is_judged_on_the_largest_slice() -> None:
    drawing = Drawing(radius=12, slices=3)
    drawing.blood(drawing.disc(0, 0, 18, slice(0, 1)))
    drawing.blood(drawing.box((-1, 1), (-20, 20), slice(2, 3)))
    drawing.blood(drawing.box((-20, 20), (-1, 1), slice(2, 3)))
    assert Marker.IRREGULAR_SHAPE not in drawing.present()


@pytest.mark.parametrize(
    ("length", "gap", "present"),
    [(10, 5, True), (11, 5, False), (4, 1, True), (4, 0, False), (4, 20, True), (4, 21, False)],
    ids=["10 mm", "11 mm", "1 mm away", "touching", "20 mm away", "21 mm away"],
)
def test_a_satellite_is_10_mm_at_most_and_1_to_20_mm_away(length: int, gap: int, present: bool) -> None:
    drawing = Drawing(radius=0, size=91)
    drawing.blood(drawing.box((-10, 10), (-10, 10)))
    drawing.blood(drawing.box((0, length - 1), (11 + gap, 11 + gap), slice(1, 2)))
    found = drawing.read().findings[Marker.SATELLITE]
    assert found.present is present
    if gap:
        assert found.measures["gap_mm"] == pytest.approx(gap)
        # From corner-free face to face, as a calliper spans a row of voxels.
        assert found.measures["diameter_mm"] == pytest.approx(length, abs=0.06)


def test_a_piece_joined_at_a_corner_is_no_satellite() -> None:
    drawing = Drawing(radius=0)
    drawing.blood(drawing.box((-10, 10), (-10, 10)))
    drawing.blood(drawing.box((11, 14), (11, 14)))
    assert Marker.SATELLITE not in drawing.present()


@pytest.mark.parametrize(("count", "present"), [(2, False), (3, True), (4, True)])
def test_islands_are_three_when_all_apart(count: int, present: bool) -> None:
    drawing = Drawing(size=91, radius=12)
    for y, x in ((0, 22), (0, -22), (22, 0), (-22, 0))[:count]:
        drawing.blood(drawing.disc(y, x, 3))
    found = drawing.read().findings
    assert found[Marker.ISLAND].present is present
    assert found[Marker.ISLAND].measures["separate"] == count
    # Separate pieces on the largest slice are irregularities of the margin.
    assert found[Marker.IRREGULAR_SHAPE].present is (count >= 2)


@pytest.mark.parametrize(
    ("joined", "apart", "present"), [(3, 0, False), (4, 0, True), (2, 1, False), (2, 2, True)]
)
def test_islands_are_four_when_some_sprout(joined: int, apart: int, present: bool) -> None:
    drawing = Drawing(size=91, radius=14)
    places = ((0, 1), (0, -1), (1, 0), (-1, 0))
    for y, x in places[:joined]:
        drawing.blood(drawing.disc(16 * y, 16 * x, 3.5))
    for y, x in places[joined : joined + apart]:
        drawing.blood(drawing.disc(22 * y, 22 * x, 3.5))
    found = drawing.read().findings[Marker.ISLAND]
    assert found.present is present
    assert found.measures == {"separate": apart, "together": joined + apart}


def test_a_sprout_on_two_slices_counts_once_and_sprouts_of_all_slices_count() -> None:
    drawing = Drawing(size=91, radius=14, slices=5)
    for y, x, slices in (
        (0, 1, slice(0, 2)),
        (0, -1, slice(1, 2)),
        (1, 0, slice(3, 4)),
        (-1, 0, slice(2, 5)),
    ):
        drawing.blood(drawing.disc(16 * y, 16 * x, 3.5, slices))
    found = drawing.read().findings[Marker.ISLAND]
    assert found.present
    assert found.measures["together"] == 4

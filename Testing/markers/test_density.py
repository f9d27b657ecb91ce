"""Hypodensity, black hole, swirl and heterogeneous density on drawn clots."""

import numpy as np
import pytest

from HematomaExpansionLib.markers.clot import Brain, Preparation, prepare
from HematomaExpansionLib.markers.finding import State
from HematomaExpansionLib.markers.foci import FociSettings, low_foci
from HematomaExpansionLib.markers.hypodensity import hypodensity
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.parameters import MarkerParameters
from HematomaExpansionLib.markers.read import read_clot
from Testing.markers.drawing import BLOOD_HU, BRAIN_HU, SUPINE, Drawing


def test_an_even_clot_has_no_marker() -> None:
    markers = Drawing().read()
    assert {found.state for found in markers.findings.values()} == {State.ABSENT}
    assert not any(found.evidence.any() for found in markers.findings.values())
    assert markers.record.hu_variation == 0
    assert markers.record.solidity == pytest.approx(0.97, abs=0.02)
    assert (markers.record.barras_shape, markers.record.barras_density) == ("I", "I")


@pytest.mark.parametrize(
    ("below", "side", "present"),
    [(10, 2, True), (9.9, 2, False), (10, 1, False), (30, 2, True)],
    ids=["10 HU, 4 mm2", "9.9 HU", "2 mm2", "30 HU"],
)
def test_a_hypodensity_is_10_hu_deep_and_4_mm2(below: float, side: int, present: bool) -> None:
    drawing = Drawing()
    hole = drawing.box((0, 1), (0, side - 1), slice(1, 2))
    found = drawing.density(hole, BLOOD_HU - below).read().findings[Marker.HYPODENSITY]
    assert found.present is present
    if present:
        assert found.measures == {
            "foci": 1,
            "depth_hu": pytest.approx(below),
            "area_mm2": 4,
            "difference_hu": pytest.approx(below),
        }
        assert found.slice_index == 1
        assert np.array_equal(found.evidence, hole)


@pytest.mark.parametrize("gap", [None, (7, 0), (7, 7)], ids=["closed", "open", "open at a corner"])
def test_encapsulation_is_broken_by_one_voxel(gap: tuple[int, int] | None) -> None:
    """A square hole whose wall to the brain is one pixel thick, and one pixel of that wall missing."""
    drawing = Drawing(radius=0, slices=1)
    drawing.blood(drawing.box((-8, 8), (-8, 8)))
    drawing.density(drawing.box((-6, 7), (-6, 6)), BRAIN_HU)
    drawing.density(drawing.box((7, 7), (-6, 6)), BLOOD_HU)
    drawing.density(drawing.box((7, 7), (7, 7)), BLOOD_HU)
    drawing.density(drawing.box((8, 8), (-8, 8)), BRAIN_HU)
    drawing.ich &= ~drawing.box((8, 8), (-8, 8))
    if gap is not None:
        where = drawing.box((7, 7), (0, 0)) if gap == (7, 0) else drawing.box((7, 7), (7, 7))
        drawing.density(where, BRAIN_HU)
        drawing.ich &= ~where
        if gap == (7, 7):
            drawing.density(drawing.box((6, 6), (6, 6)), BRAIN_HU)
    found = drawing.read().findings
    assert found[Marker.HYPODENSITY].present is (gap is None)
    assert found[Marker.BLACK_HOLE].present is (gap is None)
    assert found[Marker.SWIRL].present


def test_a_hole_that_the_label_leaves_out_is_part_of_the_clot() -> None:
    drawing = Drawing()
    hole = drawing.disc(0, 0, 4)
    drawing.density(hole, 30)
    drawing.ich &= ~hole
    assert {Marker.HYPODENSITY, Marker.BLACK_HOLE} <= drawing.present()


@pytest.mark.parametrize(
    ("difference", "radius", "present"),
    [(28.0, 4, False), (28.1, 4, True), (40, 4, True), (40, 1.5, False), (28.1, 2, True)],
    ids=["28 exactly", "28.1", "40", "9 mm2", "13 mm2"],
)
def test_a_black_hole_is_more_than_28_hu_below_its_ring(
    difference: float, radius: float, present: bool
) -> None:
    drawing = Drawing()
    drawing.density(drawing.disc(0, 0, radius, slice(1, 2)), BLOOD_HU - difference)
    findings = drawing.read().findings
    assert findings[Marker.BLACK_HOLE].present is present
    assert findings[Marker.HYPODENSITY].present
    assert findings[Marker.BLACK_HOLE].measures.get("difference_hu", difference) == pytest.approx(difference)


def test_a_black_hole_without_a_clear_border_is_none() -> None:
    """From 65 HU down to 25 over 10 mm: 4 HU a millimetre."""
    drawing = Drawing(radius=20)
    rows, columns = np.indices(drawing.hu.shape[1:]) - drawing.middle
    bowl = np.minimum(BLOOD_HU, 25 + 4 * np.hypot(rows, columns))
    drawing.hu = np.where(drawing.ich, bowl, drawing.hu).astype(np.float32)
    findings = drawing.read().findings
    assert findings[Marker.HYPODENSITY].present
    assert not findings[Marker.BLACK_HOLE].present


@pytest.mark.parametrize(("above_brain", "present"), [(5.0, True), (5.5, False), (0, True), (-10, True)])
def test_a_swirl_is_as_dense_as_brain(above_brain: float, present: bool) -> None:
    drawing = Drawing()
    drawing.density(drawing.box((-2, 2), (-2, 2)), BRAIN_HU + above_brain)
    assert drawing.read().findings[Marker.SWIRL].present is present


def test_a_swirl_may_be_open_to_brain() -> None:
    """A streak from the middle of the clot to its border: swirl, not encapsulated, no hypodensity."""
    drawing = Drawing()
    drawing.density(drawing.box((-1, 1), (-16, 4)) & drawing.ich, BRAIN_HU)
    findings = drawing.read().findings
    assert findings[Marker.SWIRL].present
    assert findings[Marker.SWIRL].measures["encapsulated"] == 0
    assert not findings[Marker.HYPODENSITY].present


def test_partial_volume_at_the_rim_is_no_swirl() -> None:
    drawing = Drawing(radius=15)
    drawing.density(drawing.ich & ~drawing.disc(0, 0, 13), BRAIN_HU)
    assert drawing.present() == set()


def test_a_clot_as_dense_as_brain_swirls_not() -> None:
    drawing = Drawing()
    drawing.density(drawing.ich, BRAIN_HU + 3)
    assert drawing.present() == set()


@pytest.mark.parametrize(("foci", "present", "scale"), [(1, False, "II"), (2, False, "II"), (3, True, "III")])
def test_heterogeneous_is_three_foci_on_the_largest_slice(foci: int, present: bool, scale: str) -> None:
    drawing = Drawing(slices=3)
    drawing.blood(drawing.disc(0, 0, 17, slice(1, 2)))
    for x in (-8, 0, 8)[:foci]:
        drawing.density(drawing.disc(0, x, 2, slice(1, 2)), 50)
    markers = drawing.read()
    found = markers.findings[Marker.HETEROGENEOUS_DENSITY]
    assert found.present is present
    assert found.measures == {"foci": foci, "encapsulated": foci}
    assert markers.record.barras_density == scale
    assert markers.record.largest_slice == 1


def test_foci_on_another_slice_do_not_count() -> None:
    drawing = Drawing(slices=3)
    drawing.blood(drawing.disc(0, 0, 17, slice(1, 2)))
    for x in (-8, 0, 8):
        drawing.density(drawing.disc(0, x, 2, slice(2, 3)), 50)
    assert drawing.present() == {Marker.HYPODENSITY}


def test_a_focus_that_drowns_in_noise_is_indeterminate() -> None:
    """12 HU deep over 4 pixels: 3 x 10 / 2 = 15 HU could be noise; 3 x 6 / 2 = 9 HU could not."""
    drawing = Drawing()
    drawing.density(drawing.box((0, 1), (0, 1), slice(1, 2)), BLOOD_HU - 12)
    for noise, state in ((10.0, State.INDETERMINATE), (6.0, State.PRESENT)):
        clot = drawing.clot(noise)
        found = hypodensity(clot, low_foci(clot, FociSettings()), FociSettings())
        assert found.state is state
        assert found.evidence.sum() == 4


def test_blood_in_the_ventricles_is_no_part_of_the_clot() -> None:
    drawing = Drawing()
    ventricle = drawing.disc(0, 0, 5)
    clot = prepare(
        drawing.density(ventricle, 50).hu,
        drawing.ich & ~ventricle,
        ventricle,
        (5.0, 1.0, 1.0),
        Brain(BRAIN_HU, 0.0),
        Preparation(),
    )
    assert not (clot.mask & ventricle[clot.box]).any()
    markers = read_clot(clot, SUPINE, MarkerParameters())
    assert not any(found.present for found in markers.findings.values())


def test_the_variation_is_that_of_the_clot_without_its_rim() -> None:
    """Half of the inner voxels 60 HU, half 50: mean 55, standard deviation 5."""
    drawing = Drawing(radius=0, slices=2)
    drawing.blood(drawing.box((-6, 6), (-7, 6)), 60)
    drawing.density(drawing.box((-6, 6), (-7, -1)), 50)
    drawing.density(drawing.ich & ~drawing.box((-5, 5), (-6, 5)), 10)
    assert drawing.read().record.hu_variation == pytest.approx(5 / 55)

"""Blend sign and fluid level on drawn clots."""

import numpy as np
import pytest
from numpy.typing import NDArray

from HematomaExpansionLib.markers.marker import Marker
from Testing.markers.drawing import BLOOD_HU, LEFT_DOWN, PRONE, SUPINE, Drawing


@pytest.mark.parametrize(("difference", "present"), [(18.0, False), (18.1, True), (30, True), (12, False)])
def test_a_blend_is_more_than_18_hu(difference: float, present: bool) -> None:
    drawing = Drawing()
    drawing.density(drawing.ich & drawing.box((-30, 30), (-30, -1)), BLOOD_HU - difference)
    findings = drawing.read().findings
    assert findings[Marker.BLEND].present is present
    assert findings[Marker.BLEND].measures["difference_hu"] == pytest.approx(difference)
    assert not findings[Marker.FLUID_LEVEL].present


@pytest.mark.parametrize(("slope", "present"), [(40, True), (8, True), (3, False)], ids="{} HU/mm".format)
def test_the_margin_of_a_blend_is_clear(slope: float, present: bool) -> None:
    """24 HU over 0.6 mm, 3 mm or 8 mm."""
    drawing = Drawing(radius=20)
    ramp = np.clip(slope * (np.arange(61) - 30), -12, 12) + 55
    drawing.hu = np.where(drawing.ich, ramp[np.newaxis, np.newaxis, :], drawing.hu).astype(np.float32)
    assert drawing.read().findings[Marker.BLEND].present is present


@pytest.mark.parametrize(("column", "present"), [(-9, False), (-5, True)])
def test_each_part_of_a_blend_has_15_percent(column: int, present: bool) -> None:
    drawing = Drawing()
    drawing.density(drawing.ich & drawing.box((-30, 30), (-30, column)), 40)
    found = drawing.read().findings[Marker.BLEND]
    assert found.present is present
    assert (found.measures["low_share"] >= 0.15) is present


def test_an_encapsulated_part_is_a_black_hole_and_no_blend() -> None:
    drawing = Drawing()
    drawing.density(drawing.disc(0, 0, 9), 30)
    found = drawing.read().findings
    assert found[Marker.BLEND].measures["low_share"] > 0.15
    assert found[Marker.BLACK_HOLE].present
    assert not found[Marker.BLEND].present


def test_one_region_is_never_blend_and_black_hole() -> None:
    """Low density open to brain on three slices and enclosed on one: a blend, with no black hole in it."""
    drawing = Drawing(slices=4, radius=18)
    drawing.density(drawing.ich & drawing.box((-30, 30), (-30, 0)), 30)
    drawing.blood(drawing.disc(0, 0, 18, slice(3, 4)))
    drawing.density(drawing.disc(0, -6, 6, slice(3, 4)), 30)
    found = drawing.read().findings
    assert found[Marker.BLEND].present
    assert not found[Marker.BLACK_HOLE].present


def layered(drawing: Drawing, tilt_degrees: float, direction: NDArray[np.float64]) -> Drawing:
    """The part against gravity 40 HU, a straight border through the middle."""
    rows, columns = np.indices(drawing.hu.shape[1:]) - drawing.middle
    along, across = (rows, columns) if direction[1] else (columns, rows)
    sign = direction[1] + direction[2]
    upper = sign * along + 0.5 < np.tan(np.radians(tilt_degrees)) * across
    return drawing.density(drawing.ich & upper[np.newaxis], 40)


@pytest.mark.parametrize(
    "down", [SUPINE, PRONE, LEFT_DOWN, -LEFT_DOWN], ids=["supine", "prone", "left", "right"]
)
def test_a_fluid_level_has_the_dense_part_below(down: NDArray[np.float64]) -> None:
    drawing = layered(Drawing(), 0, down)
    found = drawing.read(down).findings
    assert found[Marker.FLUID_LEVEL].present
    assert found[Marker.FLUID_LEVEL].measures["difference_hu"] == pytest.approx(25)
    assert found[Marker.FLUID_LEVEL].measures["length_mm"] == pytest.approx(27, abs=1)
    # The same voxels with the patient turned over are no fluid level: the dense part floats.
    turned = drawing.read(-down).findings
    assert not turned[Marker.FLUID_LEVEL].present
    assert turned[Marker.BLEND].present
    # What settled is not also a blend.
    assert not found[Marker.BLEND].present


@pytest.mark.parametrize(
    ("tilt", "present"), [(-14, True), (0, True), (10, True), (14, True), (17, False), (45, False)]
)
def test_a_fluid_level_is_horizontal_to_15_degrees(tilt: float, present: bool) -> None:
    found = layered(Drawing(size=81, radius=25), tilt, SUPINE).read().findings[Marker.FLUID_LEVEL]
    assert found.present is present
    if present:
        assert found.measures["tilt_degrees"] == pytest.approx(abs(tilt), abs=1)
        assert found.measures["residual_mm"] < 0.5


@pytest.mark.parametrize(("width", "present"), [(8, True), (7, False)])
def test_a_fluid_level_is_8_mm_long(width: int, present: bool) -> None:
    """A block of blood whose upper half is low; its first and last columns are rim."""
    drawing = Drawing(radius=0, slices=1)
    drawing.blood(drawing.box((-10, 10), (-10, width - 9)))
    drawing.density(drawing.ich & drawing.box((-30, 0), (-30, 30)), 40)
    drawing.density(drawing.box((-30, 30), (-10, -10)) & drawing.ich, BLOOD_HU)
    found = drawing.read().findings[Marker.FLUID_LEVEL]
    assert found.present is present


def test_a_bent_border_is_no_fluid_level() -> None:
    drawing = Drawing(size=81, radius=25)
    rows, columns = np.indices(drawing.hu.shape[1:]) - drawing.middle
    bowl = rows < 8 - columns**2 / 30
    drawing.density(drawing.ich & bowl[np.newaxis], 40)
    assert not drawing.read().findings[Marker.FLUID_LEVEL].present

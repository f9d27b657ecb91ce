"""The ABC oracle and the weights of the C rule."""

import math

import numpy as np
import pytest

from HematomaExpansionLib.volumetry.abc2 import abc2_ml, abc3_ml, abc_mm, weighted_slices
from HematomaExpansionLib.volumetry.diameters import calliper_diameters
from HematomaExpansionLib.volumetry.ellipsoid import ellipsoid_ml


def test_the_oracle_of_5_4_3_cm() -> None:
    assert math.pi / 6 * 5 * 4 * 3 == pytest.approx(31.416, abs=5e-4)
    assert ellipsoid_ml(50, 40, 30) == pytest.approx(31.380, abs=5e-4)
    assert abc2_ml(50, 40, 30) == pytest.approx(30.000, abs=1e-9)
    assert abc3_ml(50, 40, 30) == pytest.approx(20.000, abs=1e-9)


@pytest.mark.parametrize(
    ("areas", "slices"),
    [
        ([100], 1.0),
        ([100, 76], 2.0),
        ([100, 75], 1.5),
        ([100, 25], 1.5),
        ([100, 24.9], 1.0),
        ([10, 30, 80, 100, 90, 60, 20, 0], 4.0),  # 0, .5, 1, 1, 1, .5, 0, 0
    ],
)
def test_the_weighted_c_rule(areas: list[float], slices: float) -> None:
    assert weighted_slices(areas) == slices


def test_a_and_b_are_measured_on_the_slice_of_the_largest_area() -> None:
    mask = np.zeros((3, 40, 40), dtype=bool)
    mask[0, 5:35, 20] = True  # longer, but thin
    mask[1, 10:20, 10:30] = True
    mask[2, 10:20, 10:20] = True  # half the largest area
    steps = np.diag([5.0, 1.0, 1.0])
    a, b, c = abc_mm(mask, steps)
    assert c == pytest.approx(7.5)  # 30 of 200 pixels count 0, 200 count 1, 100 a half: 1.5 slices of 5 mm
    assert 20 < a < math.hypot(20, 10)
    assert 10 < b < 20


def turned(degrees: float) -> np.ndarray:
    angle = math.radians(degrees)
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def test_calliper_diameters_of_a_turned_ellipse() -> None:
    pixels = np.argwhere(np.ones((400, 400), dtype=bool)) * 0.2 - 40
    own = pixels @ turned(23)
    ellipse = pixels[(own[:, 0] / 30) ** 2 + (own[:, 1] / 10) ** 2 <= 1]
    assert calliper_diameters(ellipse, 0.2 * np.eye(2)) == pytest.approx((60, 20), abs=0.3)


def test_lobes_at_different_places_do_not_add_up() -> None:
    # A bar of 60 x 4 mm with a lobe of 10 mm up at one end and one of 10 mm down at the other.
    shape = np.zeros((60, 24), dtype=bool)
    shape[:, 10:14] = True
    shape[2:8, 14:24] = True
    shape[52:58, 0:10] = True
    length, width = calliper_diameters(np.argwhere(shape) * 1.0, np.eye(2))
    assert length == pytest.approx(60, abs=2)
    assert width == pytest.approx(14, abs=2)  # a calliper closed on the whole would read about 24

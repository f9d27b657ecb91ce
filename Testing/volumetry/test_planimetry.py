"""Areas x slice distances, worked out by hand."""

import pytest

from HematomaExpansionLib.errors import GeometryError
from HematomaExpansionLib.volumetry.planimetry import planimetry_ml


@pytest.mark.parametrize(
    ("areas", "positions", "expected_ml"),
    [
        ([100, 200, 100], [0, 5, 10], 2.0),  # 400 mm2 x 5 mm
        ([100, 200, 100], [10, 5, 0], 2.0),  # descending is the same stack
        # 3, 3, (3 + 6) / 2 = 4.5, 6, 6 mm: 100 x 22.5 mm3
        ([100, 100, 100, 100, 100], [0, 3, 6, 12, 18], 2.25),
        # The end slice counts its only neighbour's distance: 1000 x 6.
        ([0, 0, 1000], [0, 3, 9], 6.0),
        ([0, 0], [0, 5], 0.0),
    ],
)
def test_by_hand(areas: list[float], positions: list[float], expected_ml: float) -> None:
    assert planimetry_ml(areas, positions) == pytest.approx(expected_ml, abs=1e-12)


@pytest.mark.parametrize(
    ("areas", "positions", "message"),
    [
        ([1.0], [0.0], "at least 2"),
        ([1.0, 2.0], [0.0, 1.0, 2.0], "2 areas and 3 positions"),
        ([1.0, 2.0, 3.0], [0.0, 5.0, 5.0], "without a repeat"),
        ([1.0, 2.0, 3.0], [0.0, 5.0, 2.0], "ascend or descend"),
    ],
)
def test_refused(areas: list[float], positions: list[float], message: str) -> None:
    with pytest.raises(GeometryError, match=message):
        planimetry_ml(areas, positions)

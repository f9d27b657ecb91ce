"""Small pieces of IVH at the edge of a haematoma."""

import numpy as np
import pytest

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.segmentation.slivers import without_slivers

# A voxel has 0.05 mL.
SPACING_MM = (5.0, 2.0, 5.0)
ICH, IVH, OEDEMA = int(Label.ICH), int(Label.IVH), int(Label.OEDEMA)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([ICH, ICH, IVH, IVH, 0], [ICH, ICH, ICH, ICH, 0]),
        ([ICH, IVH, IVH, IVH, 0], [ICH, IVH, IVH, IVH, 0]),  # 0.15 mL: exactly the least
        ([ICH, 0, IVH, IVH, 0], [ICH, 0, IVH, IVH, 0]),  # touches nothing
        ([ICH, OEDEMA, IVH, 0, 0], [ICH, OEDEMA, ICH, 0, 0]),  # hangs together through oedema
        ([IVH, ICH, IVH, IVH, 0], [IVH, ICH, IVH, IVH, 0]),  # two pieces of 0.15 mL together
        ([IVH, ICH, 0, IVH, 0], [ICH, ICH, 0, IVH, 0]),  # each piece for itself
        ([IVH, 0, 0, 0, 0], [IVH, 0, 0, 0, 0]),
        ([0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
        ([ICH, ICH, 0, OEDEMA, 0], [ICH, ICH, 0, OEDEMA, 0]),
    ],
)
def test_small_ivh_that_touches_a_haematoma_is_its_edge(labels: list[int], expected: list[int]):
    found = without_slivers(np.array([[labels]], np.uint8), SPACING_MM, 0.15)
    assert found.dtype == np.uint8
    assert found.ravel().tolist() == expected


def test_pieces_that_meet_at_a_corner_do_not_touch():
    labels = np.array([[[ICH, 0], [0, IVH]]], np.uint8)
    assert (without_slivers(labels, SPACING_MM, 0.15) == labels).all()

"""Small pieces of blood: noise, and satellites."""

import numpy as np
import pytest

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.segmentation.specks import Satellites, without_specks

# A voxel has 0.05 mL.
SPACING_MM = (5.0, 2.0, 5.0)


def test_specks_and_oedema_without_blood_are_dropped():
    labels = np.zeros((1, 1, 12), np.uint8)
    labels[0, 0, 0:2] = Label.ICH  # 2 voxels of 0.05 mL: exactly the least
    labels[0, 0, 2] = Label.OEDEMA  # touches blood
    labels[0, 0, 4] = Label.IVH  # too small
    labels[0, 0, 6:10] = Label.OEDEMA  # touches none
    labels[0, 0, 11] = Label.EXTRA_AXIAL  # too small
    kept = without_specks(labels, SPACING_MM, 0.1)
    assert kept.ravel().tolist() == [1, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert not without_specks(np.zeros((2, 2, 2), np.uint8), SPACING_MM, 0.1).any()


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, True),
        ({"least_ml": 0.05}, True),  # exactly the least
        ({"least_ml": 0.051}, False),
        ({"reach_mm": 20.0}, True),  # 4 voxels of 5 mm: exactly the reach
        ({"reach_mm": 19.9}, False),
        ({"haematoma_ml": 0.5}, True),  # 10 voxels: exactly the least
        ({"haematoma_ml": 0.51}, False),
    ],
)
def test_a_small_piece_near_a_haematoma_is_a_satellite(changes: dict[str, float], kept: bool):
    labels = np.zeros((1, 1, 20), np.uint8)
    labels[0, 0, :10] = Label.ICH
    labels[0, 0, 13] = Label.ICH
    found = without_specks(labels, SPACING_MM, 0.1, Satellites(**{"haematoma_ml": 0.5, **changes}))
    assert found[0, 0, 13] == (Label.ICH if kept else Label.BACKGROUND)
    assert (found[0, 0, :10] == Label.ICH).all()
    assert without_specks(labels, SPACING_MM, 0.1)[0, 0, 13] == Label.BACKGROUND


@pytest.mark.parametrize(
    ("labels", "kept"),
    [
        ([Label.EXTRA_AXIAL] * 4, True),  # 0.2 mL: exactly the least
        ([Label.EXTRA_AXIAL] * 3, False),
        ([Label.EXTRA_AXIAL] * 3 + [Label.OEDEMA], False),
        ([Label.EXTRA_AXIAL] * 2 + [Label.ICH], True),
        ([Label.IVH] * 2, True),
    ],
)
def test_a_collection_alone_must_be_larger(labels: list[Label], kept: bool):
    found = without_specks(np.array([[labels]], np.uint8), SPACING_MM, 0.1, None, 0.2)
    assert found.ravel().tolist() == (labels if kept else [0] * len(labels))


@pytest.mark.parametrize("label", [Label.IVH, Label.EXTRA_AXIAL])
def test_only_parenchymal_blood_is_a_satellite(label: Label):
    labels = np.zeros((1, 1, 20), np.uint8)
    labels[0, 0, :10] = Label.ICH
    labels[0, 0, 12] = label
    found = without_specks(labels, SPACING_MM, 0.1, Satellites(haematoma_ml=0.5))
    assert found[0, 0, 12] == Label.BACKGROUND

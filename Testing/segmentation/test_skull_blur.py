"""Bone is dropped; what it hides of blood in plain sight is kept."""

import numpy as np
import pytest

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.segmentation.skull_blur import without_bone

SPACING_MM = (5.0, 1.0, 0.5)


def test_bone_and_calcium_are_not_blood_and_noise_makes_no_holes() -> None:
    hu = np.full((1, 5, 8), 60.0, np.float32)
    hu[:, :, 5:] = 300.0  # bone
    hu[0, 2, 1] = 150.0  # one noisy pixel in the clot
    ich, brain = np.full(hu.shape, Label.ICH, np.uint8), np.ones(hu.shape, bool)
    assert without_bone(ich, hu, brain, SPACING_MM, 100.0, 3.0)[0].tolist() == [[1, 1, 1, 1, 1, 0, 0, 0]] * 5
    exact = np.full(hu.shape, 100.0, np.float32)
    assert without_bone(ich, exact, brain, SPACING_MM, 100.0, 3.0).all()
    brain[0, :, 0] = False
    assert not without_bone(ich, exact, brain, SPACING_MM, 100.0, 3.0)[0, :, 0].any(), "outside the skull"
    assert ich.all(), "the labels given are not changed"


@pytest.mark.parametrize(
    ("label", "reach_mm", "columns"),
    [
        # Columns of 0.5 mm: 0-3 in plain sight, 4-5 too dense, 6-11 outside the inner table.
        (Label.EXTRA_AXIAL, 0.0, 4),
        (Label.EXTRA_AXIAL, 1.0, 6),
        (Label.EXTRA_AXIAL, 3.0, 10),
        (Label.ICH, 3.0, 4),
        (Label.OEDEMA, 3.0, 4),
    ],
)
def test_blood_along_the_skull_goes_on_into_its_blur(label: Label, reach_mm: float, columns: int) -> None:
    hu = np.full((1, 4, 12), 60.0, np.float32)
    hu[:, :, 4:] = 250.0
    brain = np.zeros(hu.shape, bool)
    brain[:, :, :6] = True
    kept = without_bone(np.full(hu.shape, label, np.uint8), hu, brain, SPACING_MM, 100.0, reach_mm)
    assert kept[0].tolist() == [[int(label)] * columns + [0] * (12 - columns)] * 4


def test_where_no_blood_is_in_plain_sight_it_is_bone() -> None:
    hu = np.full((2, 4, 4), 250.0, np.float32)
    hu[0, 0] = 60.0
    extra_axial = np.full(hu.shape, Label.EXTRA_AXIAL, np.uint8)
    kept = without_bone(extra_axial, hu, np.ones(hu.shape, bool), SPACING_MM, 100.0, 3.0)
    # In plane only: the slice above says nothing of this one.
    assert kept[0].all()
    assert not kept[1].any()

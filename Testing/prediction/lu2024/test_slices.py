"""The three slices of Lu 2024, on a ball of a head whose every number is known."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import head_ct_from_image
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.errors import MissingInput
from HematomaExpansionLib.prediction.lu2024.slices import three_slices

STEP = 3.0


def ball() -> tuple[HeadCT, sitk.Image]:
    """A brain of 30 HU and 66 mm radius in a skull, 3 mm voxels, air around; blood of 60 HU.

    The blood is a disc of 9 mm in slice 20 and of 30 mm in slice 30 (numbers of the scan).
    """
    line = (np.arange(60) - 29.5) * STEP
    z, y, x = np.meshgrid(line, line, line, indexing="ij")
    radius = np.sqrt(z**2 + y**2 + x**2)
    hu = np.where(radius < 66, 30.0, np.where(radius < 75, 1000.0, -1000.0)).astype(np.float32)
    labels = np.zeros(hu.shape, np.uint8)
    for number, width in ((20, 9), (30, 30)):
        labels[number, (np.hypot(y, x) < width)[number]] = 1
    hu[labels > 0] = 60.0
    images = [sitk.GetImageFromArray(array) for array in (hu, labels)]
    for image in images:
        image.SetSpacing((STEP,) * 3)
        image.SetOrigin((-29.5 * STEP,) * 3)
    return head_ct_from_image(images[0], "ball", "NIfTI"), images[1]


@pytest.fixture(scope="module")
def prepared():
    return three_slices(*ball())


def test_the_slices_are_the_largest_and_4_5_mm_up_and_down(prepared):
    """60 slices of 3 mm are 120 of 1.5 mm; slice 30 is 60 and 61 there, of which the first is taken."""
    assert prepared.grid.shape == (120, 128, 128)
    np.testing.assert_allclose(prepared.grid.spacing_mm, (1.5, 1.5, 1.5))
    largest, above, below = prepared.numbers
    assert largest in (60, 61)
    assert (above, below) == (largest + 3, largest - 3)


def test_the_brain_is_in_the_middle_and_grey_is_w80_l40(prepared):
    largest, above, _ = prepared.grey
    assert largest.shape == (128, 128)
    assert largest[64, 64] == pytest.approx(60 / 80, abs=0.1)
    assert above[64, 64] == pytest.approx(30 / 80, abs=1e-3)
    assert largest[64, 64 + 30] == pytest.approx(30 / 80, abs=1e-3)
    assert largest[64, :18].max() == 0.0  # skull and air: 46 pixels of 1.5 mm are 69 mm
    brain = largest > 0.2
    np.testing.assert_allclose(np.argwhere(brain).mean(axis=0), (63.5, 63.5), atol=0.6)


def test_a_bleed_at_the_edge_repeats_the_last_slice():
    scan, labels = ball()
    array = np.zeros(labels.GetSize()[::-1], np.uint8)
    array[59, 28:32, 28:32] = 1
    edge = sitk.GetImageFromArray(array)
    edge.CopyInformation(labels)
    numbers = three_slices(scan, edge).numbers
    assert numbers[1] == 119
    assert numbers[0] >= 117


def test_without_blood_there_is_no_slice():
    scan, labels = ball()
    with pytest.raises(MissingInput, match="no parenchymal blood"):
        three_slices(scan, labels * 0)

"""Coarse grids and boxes, against values worked out by hand."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.grid import box_around, isotropic, onto


def _ramp(size: tuple[int, int, int], spacing: tuple[float, float, float]) -> sitk.Image:
    """HU = x in mm."""
    image = sitk.Image(size, sitk.sitkInt16)
    image.SetSpacing(spacing)
    x = np.arange(size[0]) * spacing[0]
    values = sitk.GetImageFromArray(np.broadcast_to(x, size[::-1]).astype(np.float32))
    values.CopyInformation(image)
    return values


def test_isotropic_covers_the_same_box():
    # 10 x 1 mm from -0.5 to 9.5 mm: five voxels of 2 mm, centres 0.5, 2.5 ... 8.5.
    grid = isotropic(_ramp((10, 10, 4), (1.0, 1.0, 5.0)), 2.0)
    assert grid.GetSize() == (5, 5, 10)
    assert grid.GetSpacing() == (2.0, 2.0, 2.0)
    assert grid.GetOrigin() == pytest.approx((0.5, 0.5, -1.5))


def test_isotropic_keeps_a_ramp():
    values = sitk.GetArrayFromImage(isotropic(_ramp((40, 12, 6), (1.0, 1.0, 5.0)), 2.0))
    assert values[5, 3, 5:15] == pytest.approx(np.arange(5, 15) * 2.0 + 0.5, abs=0.05)


def test_onto_returns_to_the_reference_grid():
    reference = _ramp((20, 20, 8), (1.0, 1.0, 5.0))
    grid = isotropic(reference, 2.0)
    back = onto(np.full(grid.GetSize()[::-1], 7.0, np.float32), grid, reference)
    assert back.GetSize() == reference.GetSize()
    assert np.all(sitk.GetArrayFromImage(back) == 7.0)


def test_box_around_adds_the_margin_in_millimetres_and_stops_at_the_edge():
    mask = np.zeros((4, 20, 40), bool)
    mask[1, 10, 27:30] = True
    assert box_around(mask, (5.0, 1.0, 0.5), 2.0) == (slice(0, 3), slice(8, 13), slice(23, 34))
    mask[1, 10, 39] = True
    assert box_around(mask, (5.0, 1.0, 0.5), 2.0) == (slice(0, 3), slice(8, 13), slice(23, 40))

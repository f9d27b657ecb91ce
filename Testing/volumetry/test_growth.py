"""Boxes of blood that overlap by a known amount."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.volumetry.growth import GrowthLabel, growth_map


def labels(box_mm: tuple[int, int, int, int, int, int], label: Label, slice_mm: int = 1) -> sitk.Image:
    """A box x0, x1, y0, y1, z0, z1 in a field of 40 x 40 x 40 mm with its corner at (0, 0, 0)."""
    x0, x1, y0, y1, z0, z1 = box_mm
    array = np.zeros((40 // slice_mm, 40, 40), dtype=np.uint8)
    array[z0 // slice_mm : z1 // slice_mm, y0:y1, x0:x1] = label
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((1.0, 1.0, float(slice_mm)))
    image.SetOrigin((0.5, 0.5, slice_mm / 2))
    return image


def codes(image: sitk.Image) -> dict[int, int]:
    values, counts = np.unique(sitk.GetArrayViewFromImage(image), return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def test_new_stable_and_resolved_blood_on_one_grid() -> None:
    before = labels((10, 20, 10, 20, 10, 20), Label.ICH)
    after = labels((15, 30, 10, 20, 10, 20), Label.ICH)
    image, growth = growth_map(before, after, sitk.Transform(3, sitk.sitkIdentity))
    assert (growth.new_ml, growth.stable_ml, growth.resolved_ml) == pytest.approx((1.0, 0.5, 0.5))
    assert codes(image) == {
        0: 64000 - 2000,
        GrowthLabel.NEW: 1000,
        GrowthLabel.STABLE: 500,
        GrowthLabel.RESOLVED: 500,
    }
    assert image.GetPixelID() == sitk.sitkUInt8
    assert image.GetOrigin() == after.GetOrigin()


def test_blood_that_changes_class_is_stable_and_oedema_is_no_blood() -> None:
    before = labels((10, 20, 10, 20, 10, 20), Label.ICH)
    after = labels((10, 20, 10, 20, 10, 20), Label.IVH)
    identity = sitk.Transform(3, sitk.sitkIdentity)
    assert growth_map(before, after, identity)[1].stable_ml == pytest.approx(1.0)
    oedema = labels((10, 20, 10, 20, 10, 20), Label.OEDEMA)
    assert growth_map(before, oedema, identity)[1].resolved_ml == pytest.approx(1.0)


def test_other_slices_and_a_moved_head() -> None:
    # The head lies 10 mm more to the left at follow-up: follow-up points map to the baseline by -10 mm.
    before = labels((10, 20, 10, 20, 10, 20), Label.ICH)
    after = labels((20, 30, 10, 20, 10, 30), Label.ICH, slice_mm=5)
    to_baseline = sitk.TranslationTransform(3, (-10.0, 0.0, 0.0))
    image, growth = growth_map(before, after, to_baseline)
    assert image.GetSize() == after.GetSize()
    assert growth.new_ml + growth.stable_ml == pytest.approx(2.0)
    assert growth.stable_ml == pytest.approx(1.0)
    assert growth.resolved_ml == pytest.approx(0.0)


def test_no_blood_before_and_none_after() -> None:
    none = labels((0, 0, 0, 0, 0, 0), Label.ICH)
    some = labels((10, 20, 10, 20, 10, 20), Label.IVH)
    identity = sitk.Transform(3, sitk.sitkIdentity)
    assert growth_map(none, some, identity)[1].new_ml == pytest.approx(1.0)
    assert growth_map(some, none, identity)[1].resolved_ml == pytest.approx(1.0)
    assert growth_map(none, none, identity)[1].model_dump() == {
        "new_ml": 0.0,
        "stable_ml": 0.0,
        "resolved_ml": 0.0,
    }

"""Masks redrawn: how far, and always the same with one seed."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.radiomics.perturb import Perturbation, Redraw, perturbed
from Testing.radiomics import phantom

NONE = Perturbation(0.0, 0.0, 5.0, 0.0)


def ball(radius_mm: float = 12.0) -> sitk.Image:
    """1 mm voxels."""
    z, y, x = np.indices((41, 43, 45))
    image = sitk.GetImageFromArray((np.hypot(np.hypot(z - 20, y - 21), x - 22) <= radius_mm).astype(np.uint8))
    image.SetOrigin((3.0, 4.0, 5.0))
    return image


def array(image: sitk.Image) -> np.ndarray:
    return sitk.GetArrayFromImage(image)


class Fixed(np.random.Generator):
    """The wanted growth and shift instead of drawn ones."""

    def __init__(self, growth: float, shift: tuple[float, float, float]) -> None:
        super().__init__(np.random.PCG64(1))
        self._given = [growth, np.array(shift)]

    def normal(self, loc=0.0, scale=1.0, size=None):
        return self._given.pop(0) if self._given else super().normal(loc, scale, size)


def test_nothing_changes_without_a_perturbation() -> None:
    for labels in (ball(), phantom.inner(), phantom.lowest()):
        found = perturbed(labels, np.random.default_rng(0), NONE)
        assert np.array_equal(array(found), array(labels))
        assert found.GetOrigin() == labels.GetOrigin()


@pytest.mark.parametrize("growth", [-2.0, -1.0, 1.0, 2.0])
def test_growth_moves_the_outline_by_so_many_millimetres(growth: float) -> None:
    """To a third of a voxel: voxels are in or out."""
    found = array(perturbed(ball(), Fixed(growth, (0, 0, 0)), NONE)).sum()
    before = array(ball()).sum()
    radius = (3 * before / (4 * np.pi)) ** (1 / 3)
    assert (3 * found / (4 * np.pi)) ** (1 / 3) - radius == pytest.approx(growth, abs=0.35)


def test_shift_moves_the_middle_by_so_many_millimetres() -> None:
    found = array(perturbed(ball(), Fixed(0.0, (2.0, -1.5, 3.0)), NONE))
    moved = np.argwhere(found).mean(0) - np.argwhere(array(ball())).mean(0)
    assert moved == pytest.approx([2.0, -1.5, 3.0], abs=0.1)


def test_roughness_changes_the_outline_and_not_the_inside() -> None:
    found = array(perturbed(ball(), np.random.default_rng(3), Perturbation(0.0, 0.8, 4.0, 0.0)))
    changed = found != array(ball())
    radius = np.linalg.norm(np.argwhere(changed) - [20, 21, 22], axis=1)
    # Four standard deviations and a voxel.
    assert np.abs(radius - 12).max() < 4 * 0.8 + 1
    assert 0.05 < changed.sum() / array(ball()).sum() < 0.25


def test_a_seed_gives_one_mask_whichever_other_cases_there_are() -> None:
    first, again = (array(perturbed(ball(), Redraw(7).generator("P1"))) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, array(perturbed(ball(), Redraw(8).generator("P1"))))
    assert not np.array_equal(first, array(perturbed(ball(), Redraw(7).generator("P2"))))


def test_only_the_class_asked_for_is_left() -> None:
    both = sitk.Maximum(ball(), sitk.Cast(ball(4.0), sitk.sitkUInt8) * 2)
    found = array(perturbed(both, np.random.default_rng(0), NONE, Label.IVH))
    assert np.array_equal(found, np.where(array(both) == 2, 2, 0))


def test_an_empty_mask_stays_empty() -> None:
    empty = ball() * 0
    assert not array(perturbed(empty, np.random.default_rng(0))).any()

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.report.slices import choose_slices, spread_over_blood
from Testing.report.phantom import Bleed, study


@pytest.mark.parametrize(
    ("blood", "brain", "chosen"),
    [
        # No blood: four parts of the brain (2-9), each part's second slice.
        ([0] * 12, range(2, 10), [3, 5, 7, 9]),
        # Eight slices with blood in four parts: the fuller of each.
        ([0, 0, 1, 5, 4, 9, 8, 2, 1, 3, 0, 0], range(12), [3, 5, 6, 9]),
        # Two slices with blood: one more on each side.
        ([0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0], range(12), [4, 5, 6, 7]),
        # Blood in the lowest slice: widened upwards; in the highest: downwards.
        ([4, 0, 0, 0, 0, 0, 0, 0], range(8), [0, 1, 2, 3]),
        ([0, 0, 0, 0, 0, 0, 0, 4], range(8), [4, 5, 6, 7]),
        # Fewer slices than asked for.
        ([0, 3, 0], range(3), [0, 1, 2]),
        # Neither blood nor brain.
        ([0] * 8, range(0), [1, 3, 5, 7]),
    ],
)
def test_spread_over_blood(blood: list[float], brain: range, chosen: list[int]):
    found = spread_over_blood(np.array(blood, float), np.array(brain, np.intp), count=4)
    assert found.tolist() == chosen


def test_the_fullest_slice_is_always_shown():
    blood = np.random.default_rng(3).uniform(0, 1, 60)
    blood[[0, 1, 2, 57, 58, 59]] = 0
    assert int(blood.argmax()) in spread_over_blood(blood, np.arange(60))


def test_an_aligned_followup_shows_the_same_levels():
    # The follow-up lies 15 mm (three slices) higher in its scanner: its points come down to the baseline.
    two = study(Bleed(15), Bleed(15))
    lower = sitk.TranslationTransform(3, (0.0, 0.0, -15.0))
    moved = replace(two, comparisons=(replace(two.comparisons[0], to_baseline=lower),))
    chosen = choose_slices(moved)
    assert (chosen["followup-1"] - chosen["baseline"]).tolist() == [3] * 8


def test_a_followup_that_is_not_aligned_chooses_its_own_levels():
    two = study(Bleed(15), Bleed(15), trusted=False)
    lower = sitk.TranslationTransform(3, (0.0, 0.0, -15.0))
    moved = replace(two, comparisons=(replace(two.comparisons[0], to_baseline=lower),))
    chosen = choose_slices(moved)
    assert chosen["followup-1"].tolist() == chosen["baseline"].tolist()

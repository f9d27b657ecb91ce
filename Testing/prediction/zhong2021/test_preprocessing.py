"""Each step of Zhong's preprocessing, by hand."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.brain import brain_mask
from HematomaExpansionLib.ct.reader import head_ct_from_image, read_ct
from HematomaExpansionLib.errors import NotAHeadCT
from HematomaExpansionLib.prediction.zhong2021 import skull_strip as stripping
from HematomaExpansionLib.prediction.zhong2021.preprocessing import (
    ZhongSettings,
    field_of_view,
    normalised,
    prepare,
    prepare_outline,
    stripped,
    windowed,
)
from HematomaExpansionLib.prediction.zhong2021.skull_strip import inside_skull, otsu_thresholds, skull_strip
from Testing.prediction.heads import BRAIN_MM, Head, head, placed

SMALL = ZhongSettings((8, 32, 32), (160.0, 192.0, 160.0), 2)


@pytest.fixture(scope="module")
def subject() -> Head:
    return head()


def test_the_defaults_are_the_papers():
    settings = ZhongSettings()
    assert settings.shape == (32, 256, 256)
    assert settings.field_mm == (160, 112, 112)
    steps = np.array(settings.field_mm) / settings.shape
    assert steps.tolist() == [5, 0.4375, 0.4375]


def test_otsus_thresholds_lie_between_the_classes():
    """Equal parts of air, brain and bone, at -200 (cut off), 40 and 300 HU (cut off)."""
    hu = np.repeat([-1000.0, 40.0, 1200.0], 1000).astype(np.float32)
    air, bone = otsu_thresholds(hu)
    assert -200 < air < 40 < bone < 300


def test_the_deep_piece_is_kept_and_the_scalp_is_not():
    """Soft tissue in a shell of 4 mm round a shell of bone is as connected as the brain, but thin."""
    z, y, x = np.mgrid[-30:31, -30:31, -30:31]
    r = np.sqrt(z**2 + y**2 + x**2)
    soft = (r < 20) | ((r > 24) & (r < 26))
    found = inside_skull(soft, 2.0)
    assert not found[r > 21].any()
    assert found[r < 19].all()


def test_the_scan_may_end_inside_the_head():
    """A brain that reaches the first and the last slice is whole there."""
    y, x = np.mgrid[-30:31, -30:31]
    soft = np.broadcast_to(y**2 + x**2 < 25**2, (12, 61, 61))
    assert np.array_equal(inside_skull(soft, 2.0)[0], inside_skull(soft, 2.0)[6])


def test_the_stripped_brain_is_the_brain(subject: Head):
    found = sitk.GetArrayFromImage(skull_strip(subject.scan)) > 0
    a, b, c = BRAIN_MM
    assert found.sum() * subject.scan.voxel_ml == pytest.approx(4 / 3 * np.pi * a * b * c / 1000, rel=0.04)
    hu = subject.scan.hu
    assert found[(hu == 65)].all()
    assert not found[hu == 900].any()


def test_real_and_simulated_heads_are_stripped_as_by_the_brain_mask(sample):
    scan = read_ct(sample / "baseline.nii.gz")
    one, other = (sitk.GetArrayFromImage(mask) > 0 for mask in (skull_strip(scan), brain_mask(scan)))
    assert 2 * (one & other).sum() / (one.sum() + other.sum()) > 0.98


def test_what_has_no_brain_is_refused(subject: Head, monkeypatch):
    monkeypatch.setattr(stripping, "PLAUSIBLE_ML", (300.0, 1000.0))
    with pytest.raises(NotAHeadCT, match=r"head: skull stripping by Otsu's thresholds .* leaves 1\d{3} mL"):
        skull_strip(subject.scan)


def test_outside_the_brain_the_stripped_scan_is_0(subject: Head):
    brain = skull_strip(subject.scan)
    hu, inside = sitk.GetArrayFromImage(stripped(subject.scan, brain)), sitk.GetArrayFromImage(brain) > 0
    assert (hu[~inside] == 0).all()
    assert np.array_equal(hu[inside], subject.scan.hu[inside])


def test_the_field_is_centred_on_the_brains_box():
    """Slices 4-7, rows 10-19, columns 20-39 of voxels of 6 x 2.2 x 2.2 mm from (-80, -100, -60) mm."""
    voxels = np.zeros((24, 96, 80), np.uint8)
    voxels[4:8, 10:20, 20:40] = 1
    grid = field_of_view(placed(voxels), ZhongSettings((4, 8, 8), (160.0, 112.0, 112.0)))
    assert grid.spacing_mm == pytest.approx((40, 14, 14))
    middle = (-80 + 29.5 * 2.2, -100 + 14.5 * 2.2, -60 + 5.5 * 6)
    first = (middle[0] - 56 + 7, middle[1] - 56 + 7, middle[2] - 80 + 20)
    assert grid.origin_mm == pytest.approx(first)


def test_the_window_cuts_off_at_0_and_100():
    found = windowed(np.array([-1000, -0.5, 0, 35.5, 100, 100.5, 3000], np.float32))
    assert found.tolist() == [0, 0, 0, 35.5, 100, 100, 100]


def test_values_are_standard_deviations_above_the_brains_mean():
    """20, 40, 60 in the brain: mean 40, standard deviation sqrt(800 / 3); 90 outside does not count."""
    hu = np.array([[[20, 40, 60, 90]]], np.float32)
    brain = np.array([[[True, True, True, False]]])
    assert normalised(hu, brain)[0, 0] == pytest.approx([0, 0, 20 / np.sqrt(800 / 3), 0])


@pytest.mark.parametrize("brain", [np.ones((1, 1, 2), bool), np.zeros((1, 1, 2), bool)])
def test_a_brain_without_contrast_has_no_values(brain: np.ndarray):
    assert (normalised(np.full((1, 1, 2), 30, np.float32), brain) == 0).all()


def test_all_steps(subject: Head):
    """Blood stands out by many standard deviations; brain, skull and air are 0."""
    image, grid = prepare(subject.scan, SMALL)
    assert image.shape == (8, 32, 32)
    outline = prepare_outline(subject.labels, grid)
    ml = outline.sum() * np.prod(grid.spacing_mm) / 1000
    assert ml == pytest.approx(4 / 3 * np.pi * 1.8**3, rel=0.15)
    assert image[outline].mean() > 4
    assert np.median(image[~outline]) == 0
    assert image.min() == 0


def test_only_parenchymal_blood_is_outlined(subject: Head):
    """The paper's readers told it from intraventricular blood."""
    grid = prepare(subject.scan, SMALL)[1]
    assert not prepare_outline(subject.labels * 2, grid).any()


def test_settings_come_back():
    assert ZhongSettings.read(SMALL.record()) == SMALL


def test_a_scan_without_a_head_never_gets_so_far():
    with pytest.raises(NotAHeadCT):
        head_ct_from_image(placed(np.full((24, 96, 80), 35, np.int16)), "block", "NIfTI")

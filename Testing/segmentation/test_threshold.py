"""The threshold back-end on drawn brains, and on the sample and real scans."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.anatomy import Anatomy
from HematomaExpansionLib.ct.scan import Geometry, HeadCT, SliceGeometry
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.segmentation.threshold import ThresholdParameters, ThresholdSegmenter
from Testing.located import located

SHAPE = (40, 80, 80)  # 1 mm cubes


def _ball(centre: tuple[int, int, int], radius: float) -> np.ndarray:
    grid = np.ogrid[tuple(slice(n) for n in SHAPE)]
    return sum((axis - c) ** 2 for axis, c in zip(grid, centre, strict=True)) <= radius**2


def _segment(hu: np.ndarray, ventricles: np.ndarray | None = None) -> np.ndarray:
    noisy = hu + np.random.default_rng(0).normal(0, 3, SHAPE)
    image = sitk.GetImageFromArray(noisy.astype(np.float32))
    scan = HeadCT(image, "drawn", "NIfTI", Geometry(SliceGeometry.REGULAR, SHAPE[0], (1.0,)))
    brain = np.zeros(SHAPE, np.uint8)
    brain[2:-2, 4:-4, 4:-4] = 1
    probability = np.zeros(SHAPE, np.float32) if ventricles is None else ventricles.astype(np.float32)
    anatomy = Anatomy(
        *(sitk.GetImageFromArray(a) for a in (brain, probability, brain)), sitk.Transform(), 1.0
    )
    return sitk.GetArrayFromImage(ThresholdSegmenter().segment(scan, anatomy, Progress()).labels)


def _brain() -> np.ndarray:
    return np.full(SHAPE, 33.0)


@pytest.mark.parametrize("blood_hu", [58, 65, 75])
@pytest.mark.parametrize("radius", [6, 10])
def test_a_ball_of_blood_is_found_at_its_size(blood_hu: int, radius: int):
    hu, ball = _brain(), _ball((20, 40, 40), radius)
    hu[ball] = blood_hu
    labels = _segment(hu)
    # A 1 mm grid and a boundary half way: within 6 % of the voxels of the ball.
    assert np.count_nonzero(labels == Label.ICH) == pytest.approx(np.count_nonzero(ball), rel=0.06)
    assert not np.any(labels == Label.IVH)


@pytest.mark.parametrize(
    ("what", "where", "hu"),
    [
        ("calcification", _ball((20, 40, 40), 4), 160),
        ("dural fold, 3 mm thick", np.s_[5:35, 10:70, 40:43], 60),
        ("vessel, 5 mm wide", np.s_[5:35, 38:43, 38:43], 60),
        ("partial volume of bone, 4 mm", np.s_[2:38, 4:76, 4:8], 70),
        ("tiny dense spot", _ball((20, 40, 40), 3), 65),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_dense_and_no_haematoma_is_not_taken(what: str, where: object, hu: int):
    drawn = _brain()
    drawn[where] = hu
    assert not _segment(drawn).any()


def test_thin_blood_in_a_ventricle_is_found():
    ventricle = np.zeros(SHAPE, bool)
    ventricle[10:30, 30:50, 34:46] = True
    hu = _brain()
    hu[ventricle] = 8
    hu[10:30, 44:50, 34:46] = 58  # layered at the back
    labels = _segment(hu, ventricle)
    found = np.count_nonzero(labels == Label.IVH) / 1000
    assert found == pytest.approx(20 * 6 * 12 / 1000, rel=0.2)
    assert not np.any(labels == Label.ICH)


def test_nothing_dense_is_no_blood_and_no_error():
    assert not _segment(_brain()).any()


def test_it_tells_ich_and_ivh_only():
    assert ThresholdSegmenter().capabilities.classes == {Label.ICH, Label.IVH}


def test_the_parameters_are_recorded_and_count(sample: Path, shared: Path):
    scan, anatomy = located(sample / "baseline.nii.gz", shared)
    default = ThresholdSegmenter().segment(scan, anatomy, Progress())
    assert default.parameters["seed_low_hu"] == 47.0
    assert default.parameters["boundaries_found_hu"] == pytest.approx([47.0, 35.5], abs=2)
    blind = ThresholdSegmenter(replace(ThresholdParameters(), seed_low_hu=90.0, ventricle_low_hu=90.0))
    nothing = blind.segment(scan, anatomy, Progress())
    assert nothing.parameters["seed_low_hu"] == 90.0
    assert sitk.GetArrayFromImage(default.labels).any()
    assert not sitk.GetArrayFromImage(nothing.labels).any()

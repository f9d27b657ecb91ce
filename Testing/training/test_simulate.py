"""Parts of the simulator, held against figures worked out by hand, and the command."""

import sys

import numpy as np
import pytest

from training.simulate.__main__ import main
from training.simulate.bleed import box_around, fullest
from training.simulate.draw import draw_case
from training.simulate.host import Head
from training.simulate.scanner import PADDING_HU, Pose, Protocol, Scanner
from training.simulate.template import FIRST_VOXEL_MM, SHAPE, axes_mm, load_maps
from training.simulate.ventricles import Ventricle, template_ventricles, widened


def ball_head(radius_mm=40.0):
    """A ball of 30 HU in a grid of 1 mm with its middle at the origin of the head."""
    count = 101
    line = np.arange(count, dtype=np.float32) - 50
    distance = np.sqrt(line[:, None, None] ** 2 + line[None, :, None] ** 2 + line[None, None, :] ** 2)
    inside = distance < radius_mm
    return Head(
        hu=np.where(inside, 30.0, -1000.0).astype(np.float32),
        ventricles=np.zeros(inside.shape, dtype=np.uint8),
        white=inside.astype(np.float32),
        depth_mm=np.maximum(radius_mm - distance, 0).astype(np.float32),
        head=inside,
        spacing_mm=(1.0, 1.0, 1.0),
        origin_mm=(-50.0, -50.0, -50.0),
    )


def test_template_lies_in_lps():
    maps = load_maps()
    superior, anterior, right = (axis.ravel() for axis in axes_mm())

    def brain_at(up, forward, aside):
        return maps.brain[
            np.argmin(abs(superior - up)), np.argmin(abs(anterior - forward)), np.argmin(abs(right - aside))
        ]

    # The cerebellum is below and behind; below the forehead there is none.
    assert brain_at(-40, -65, 20)
    assert not brain_at(-40, 65, 20)
    assert brain_at(60, -20, 25)
    assert maps.grey.shape == SHAPE
    assert right[0] == -FIRST_VOXEL_MM[2] > 0 > right[-1]
    inside = maps.grey + maps.white + maps.csf
    assert inside[maps.brain] == pytest.approx(1.0, abs=1e-5)
    assert not inside[~maps.brain].any()


def test_ventricles_of_the_template():
    ventricles = template_ventricles()
    volumes_ml = np.bincount(ventricles.ravel(), minlength=5)[1:] / 1000
    # The template is symmetric.
    assert volumes_ml[0] == pytest.approx(volumes_ml[1], rel=0.02)
    assert volumes_ml[0] == pytest.approx(9.2, abs=0.5)
    _, _, right = axes_mm()
    left = np.nonzero(ventricles == Ventricle.LEFT)
    assert np.all(right[0, 0, left[2]] < 0)


def test_wider_ventricles_hold_csf_alone_and_contain_the_narrow_ones():
    narrow = template_ventricles() > 0
    maps, ventricles = widened(2.5)
    wide = ventricles > 0
    assert wide.sum() > 1.6 * narrow.sum()
    assert (narrow & ~wide).sum() < 0.03 * narrow.sum()
    assert not maps.grey[wide].any()
    assert not maps.white[wide].any()


@pytest.mark.parametrize(
    ("angles", "translation", "point", "expected"),
    [
        # The middle of the head, (0, 14, 10), goes to the translation.
        ((0, 0, 90), (1, 2, 3), (0, 14, 10), (1, 2, 3)),
        # A quarter turn about z takes x to y.
        ((0, 0, 90), (1, 2, 3), (1, 14, 10), (1, 3, 3)),
        # A quarter turn about x takes y to z.
        ((90, 0, 0), (0, 0, 0), (0, 15, 10), (0, 0, 1)),
        ((0, 0, 0), (5, -1, 2), (2, 14, 20), (7, -1, 12)),
    ],
)
def test_pose(angles, translation, point, expected):
    assert (Pose(angles, translation).matrix() @ [*point, 1])[:3] == pytest.approx(expected)


def test_scanner_samples_where_the_pose_says():
    head = ball_head()
    z, y, x = (offset + np.zeros(head.hu.shape, np.float32) for offset in head.offsets_mm((0.0, 0.0, 0.0)))
    pose, protocol = Pose((10.0, -5.0, 20.0), (1.0, 2.0, 3.0)), Protocol(size=(5, 7, 3), slice_mm=4.0)
    scanner = Scanner(head, pose, protocol)
    sampled = [scanner.mean_over_slices(field, 0.0)[2, 6, 4] for field in (x, y, z)]
    # The mean of a linear field over a slice is its value at the middle of the slice.
    point = scanner.image(np.zeros((3, 7, 5))).TransformIndexToPhysicalPoint((4, 6, 2))
    assert point == pytest.approx((1.875, 2.8125, 4.0))
    expected = np.linalg.inv(pose.matrix()) @ [*point, 1]
    assert sampled == pytest.approx(expected[:3], abs=1e-3)


def test_scan_of_a_ball_has_its_volume_and_the_noise_asked_for():
    head = ball_head()
    protocol = Protocol(size=(128, 128, 24), noise_hu=4.0)
    scanner = Scanner(head, Pose((0.0, 0.0, 0.0), (0.0, 14.0, 10.0)), protocol)
    share = scanner.mean_over_slices(head.head.astype(np.float32), 0.0)
    assert share.sum() * protocol.voxel_ml == pytest.approx(head.head.sum() / 1000, rel=2e-3)
    scan = scanner.acquire(head.hu, head.head, np.random.default_rng(5))
    assert scan.dtype == np.int16
    assert np.all(scan[share == 0] == PADDING_HU)
    assert scan[share == 1].mean() == pytest.approx(30.0, abs=0.2)
    assert scan[share == 1].std() == pytest.approx(4.0, abs=0.2)


def test_fullest_takes_the_largest_allowed():
    potential = np.array([[5.0, 4.0], [3.0, 9.0]])
    allowed = np.array([[True, True], [True, False]])
    assert fullest(potential, allowed, 2).tolist() == [[True, True], [False, False]]
    assert not fullest(potential, allowed, 0).any()
    assert (fullest(potential, allowed, 3) == allowed).all()
    with pytest.raises(ValueError, match="no room for 4 voxels of blood: 3 are allowed"):
        fullest(potential, allowed, 4)


def test_box_around_stays_in_the_grid_below():
    mask = np.zeros((9, 9), dtype=bool)
    mask[1, 4] = mask[2, 5] = True
    assert box_around(mask, 2) == (slice(0, 5), slice(2, 8))


def test_patients_are_varied_and_do_not_depend_on_each_other():
    cases = [draw_case(7, number, followup=True) for number in range(1, 201)]
    assert draw_case(7, 5, followup=True) == cases[4]
    assert draw_case(8, 5, followup=True) != cases[4]
    assert draw_case(7, 5, followup=False).time_points == cases[4].time_points[:1]
    first, second = zip(*(case.time_points for case in cases), strict=True)
    assert 12 < np.median([point.ich_ml for point in first]) < 18
    assert 0.2 < np.mean([point.ivh_ml > 0 for point in first]) < 0.5
    grown = [b.ich_ml - a.ich_ml > 0.33 * a.ich_ml for a, b in zip(first, second, strict=True)]
    assert 0.25 < np.mean(grown) < 0.45
    assert all(b.ivh_ml >= a.ivh_ml for a, b in zip(first, second, strict=True))
    assert {np.sign(case.bleed.centre_mni_mm[2]) for case in cases} == {-1.0, 1.0}


def test_command_writes_the_same_bytes_twice(tmp_path, monkeypatch, capsys):
    for name in ("one", "two"):
        arguments = ["simulate", "--cases", "1", "--seed", "3", "--out", str(tmp_path / name)]
        monkeypatch.setattr(sys, "argv", arguments)
        main()
    assert "case-0001: ICH" in capsys.readouterr().out
    written = sorted(file.name for file in (tmp_path / "one" / "case-0001").iterdir())
    assert written == ["baseline-labels.nii.gz", "baseline.nii.gz", "truth.json"]
    for name in written:
        one, two = (tmp_path / run / "case-0001" / name for run in ("one", "two"))
        assert one.read_bytes() == two.read_bytes(), name


def test_command_refuses_no_cases(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["simulate", "--cases", "0", "--out", str(tmp_path / "none")])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "--cases must be at least 1" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()

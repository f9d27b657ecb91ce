"""Time points of a bleed in a ball, and what is true of their scans."""

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.markers.marker import Marker
from training.simulate.bleed import BleedSettings, Shape, make_shape
from training.simulate.extra_axial import CollectionSettings, Space
from training.simulate.followup import TimePoint, scan_at
from training.simulate.head import Head
from training.simulate.oedema import OedemaSettings
from training.simulate.pose import Pose
from training.simulate.protocol import Protocol
from training.simulate.simulated_scan import CLASSES, SimulatedScan

CENTRED = Pose((0.0, 0.0, 0.0), (0.0, 14.0, 10.0))
PROTOCOL = Protocol(pixel_mm=1.0, slice_mm=4.0, size=(136, 136, 34), noise_hu=3.0, beam_hardening=0.0)
FIRST = TimePoint(0.0, 6.0, 0.0, pose=CENTRED, protocol=PROTOCOL, oedema=OedemaSettings(2.0, 21.0))
SEEDS = (7, 8)


@pytest.fixture(scope="module")
def shape(ball_head: Head) -> Shape:
    settings = BleedSettings(centre_mni_mm=(0.0, 0.0, -28.0), reach_ml=6.0, yielding=0.1)
    return make_shape(ball_head, settings, np.random.default_rng(2))


@pytest.fixture(scope="module")
def baseline(ball_head: Head, shape: Shape) -> SimulatedScan:
    return scan_at(ball_head, shape, None, FIRST, SEEDS)


def middle_mm(scan: SimulatedScan, label: Label) -> np.ndarray:
    z, y, x = (float(index.mean()) for index in np.nonzero(scan.labels == label))
    return (scan.affine @ [x, y, z, 1])[:3]


def test_truth_is_the_volume_of_the_labelled_voxels(baseline: SimulatedScan):
    for name, label in CLASSES.items():
        assert baseline.truth_ml[name] == np.count_nonzero(baseline.labels == label) * 0.004
    assert baseline.fine_ml["ich"] == pytest.approx(6.0, abs=0.001)
    assert baseline.truth_ml["ich"] == pytest.approx(6.0, abs=0.002)
    assert baseline.truth_ml["oedema"] == pytest.approx(baseline.fine_ml["oedema"], abs=0.0021)
    assert baseline.truth_ml["ivh"] == baseline.truth_ml["extra_axial"] == 0.0


def test_blood_has_its_density_where_the_label_is(baseline: SimulatedScan):
    assert baseline.hu.shape == baseline.labels.shape == baseline.ventricles.shape == (34, 136, 136)
    assert 56 < np.median(baseline.hu[baseline.labels == Label.ICH]) < 64
    assert middle_mm(baseline, Label.ICH) == pytest.approx((28, 0, 0), abs=3)
    # A little compressed: two bars of 9 x 41 x 11 mm, a sheet of 3 x 17 x 11 mm, and a cube of 11 mm.
    space_ml = np.count_nonzero(baseline.ventricles) * PROTOCOL.voxel_ml
    assert space_ml == pytest.approx((2 * 9 * 41 * 11 + 3 * 17 * 11 + 11**3) / 1000, rel=0.05)


def test_the_geometry_is_that_of_the_protocol(baseline: SimulatedScan):
    image = baseline.labels_image()
    assert image.GetSpacing() == pytest.approx((1.0, 1.0, 4.0))
    assert image.TransformIndexToPhysicalPoint((2, 5, 9)) == pytest.approx(
        (baseline.affine @ [2, 5, 9, 1])[:3]
    )


def test_growth_rupture_and_a_move(ball_head: Head, shape: Shape, baseline: SimulatedScan):
    turned = Pose((4.0, 0.0, 10.0), (2.0, 12.0, 9.0))
    point = replace(FIRST, hours=20.0, ich_ml=9.0, ivh_ml=2.0, pose=turned)
    later = scan_at(ball_head, shape, None, point, SEEDS)
    assert later.truth_ml["ich"] == pytest.approx(9.0, abs=0.002)
    assert later.truth_ml["ivh"] == pytest.approx(2.0, abs=0.002)
    # All ventricular blood lies in ventricles.
    assert later.ventricles[later.labels == Label.IVH].mean() > 0.6
    moved = turned.matrix() @ np.linalg.inv(CENTRED.matrix()) @ [*middle_mm(baseline, Label.ICH), 1]
    assert middle_mm(later, Label.ICH) == pytest.approx(moved[:3], abs=3)
    assert later.midline_shift_mm < 0


def test_a_clot_that_resolves_shrinks_and_fades(ball_head: Head, shape: Shape, baseline: SimulatedScan):
    point = replace(FIRST, hours=150.0, ich_ml=4.0, faded_hu=10.0)
    later = scan_at(ball_head, shape, None, point, SEEDS)
    before, after = (np.median(scan.hu[scan.labels == Label.ICH]) for scan in (baseline, later))
    assert before - after == pytest.approx(10.0, abs=1.5)
    # The grid and the pose are the same, and the blood left lies in what was blood.
    assert (baseline.labels[later.labels == Label.ICH] > 0).mean() > 0.95


def test_blood_outside_the_brain(ball_head: Head, shape: Shape):
    crescent = CollectionSettings(Space.SUBDURAL, (10.0, 0.0, 56.0), 8.0, 40.0)
    scan = scan_at(ball_head, shape, crescent, replace(FIRST, sah_ml=1.5), SEEDS)
    assert scan.truth_ml["extra_axial"] == pytest.approx(9.5, abs=0.05)
    assert scan.truth_ml["ich"] == pytest.approx(6.0, abs=0.002)


def test_a_head_without_blood_has_no_truth_but_its_ventricles(ball_head: Head, shape: Shape):
    scan = scan_at(ball_head, shape, None, replace(FIRST, ich_ml=0.0), SEEDS)
    assert not scan.labels.any()
    assert scan.ventricles.any()
    assert not any(mask.any() for mask in scan.markers.values())
    assert scan.midline_shift_mm == 0.0
    assert np.percentile(scan.hu[10:24, 58:78, 90:100], 50) == pytest.approx(30, abs=1)


def test_a_scan_that_ends_in_the_clot_counts_what_it_holds(ball_head: Head, shape: Shape):
    # The lowest slice begins at z = 0: half of the clot is in the scan.
    short = replace(
        FIRST, pose=Pose((0.0, 0.0, 0.0), (0.0, 14.0, -30.0)), protocol=replace(PROTOCOL, size=(136, 136, 20))
    )
    scan = scan_at(ball_head, shape, None, short, SEEDS)
    assert scan.fine_ml["ich"] == pytest.approx(6.0, abs=0.001)
    assert 2.0 < scan.truth_ml["ich"] < 4.0


def test_markers_lie_on_the_grid_of_the_scan(ball_head: Head):
    settings = BleedSettings((0.0, 0.0, -30.0), 9.0, yielding=0.1, markers=frozenset({Marker.BLACK_HOLE}))
    shape = make_shape(ball_head, settings, np.random.default_rng(2))
    scan = scan_at(ball_head, shape, None, replace(FIRST, ich_ml=9.0), SEEDS)
    present = {marker for marker, mask in scan.markers.items() if mask.any()}
    assert present == {Marker.BLACK_HOLE, Marker.HYPODENSITY}
    hole = scan.markers[Marker.BLACK_HOLE] > 0
    assert (scan.labels[hole] == Label.ICH).mean() > 0.9
    assert np.median(scan.hu[hole]) < np.median(scan.hu[(scan.labels == Label.ICH) & ~hole]) - 15
    bits = sitk.GetArrayFromImage(scan.markers_image())
    assert np.array_equal((bits >> list(Marker).index(Marker.BLACK_HOLE)) & 1, hole)

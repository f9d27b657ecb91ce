"""Patients drawn at random are as patients are, and do not depend on each other."""

from collections import Counter

import numpy as np
import pytest

from HematomaExpansionLib.markers.marker import Marker
from training.simulate.case import Case
from training.simulate.draw import draw_case
from training.simulate.draw_markers import PREVALENCES, draw_markers
from training.simulate.kernel import Kernel
from training.simulate.markers.rules import EXCLUSIVE, IMPLIED, least_volume_ml

COUNT = 400


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [draw_case(7, number, followup=True) for number in range(1, COUNT + 1)]


def test_a_patient_depends_on_seed_and_number_alone(cases: list[Case]):
    assert draw_case(7, 5, followup=True) == cases[4]
    assert draw_case(8, 5, followup=True) != cases[4]
    assert draw_case(7, 5, followup=True, attempt=1) != cases[4]
    alone = draw_case(7, 5)
    assert alone.time_points == cases[4].time_points[:1]
    assert alone.host == cases[4].host
    assert len({case.seed for case in cases}) == COUNT


def test_volumes(cases: list[Case]):
    ich = np.array([case.time_points[0].ich_ml for case in cases])
    assert 0.02 < np.mean(ich == 0) < 0.08
    bleeds = ich[ich > 0]
    assert bleeds.min() >= 0.3
    assert bleeds.max() <= 120
    assert 11 < np.median(bleeds) < 17
    ivh = np.array([case.time_points[0].ivh_ml for case in cases])
    assert 0.25 < np.mean(ivh > 0) < 0.45
    assert 0.03 < np.mean([case.outside is not None for case in cases]) < 0.11
    assert {np.sign(case.bleed.centre_mni_mm[2]) for case in cases} == {-1.0, 1.0}


def test_courses(cases: list[Case]):
    pairs = [case.time_points for case in cases if case.time_points[0].ich_ml > 0]
    ratios = np.array([later.ich_ml / first.ich_ml for first, later in pairs])
    assert 0.25 < np.mean(ratios > 1.33) < 0.4
    assert 0.05 < np.mean(ratios < 0.92) < 0.16
    for (first, later), ratio in zip(pairs, ratios, strict=True):
        assert later.pose != first.pose
        assert later.protocol != first.protocol
        assert (later.faded_hu > 0) == (ratio < 0.92)
        assert later.ivh_ml <= 35
    without = [case.time_points for case in cases if case.time_points[0].ich_ml == 0]
    assert all(later.ich_ml == 0 for _, later in without)


def test_scanners(cases: list[Case]):
    protocols = [point.protocol for case in cases for point in case.time_points]
    kernels = Counter(protocol.kernel for protocol in protocols)
    assert min(kernels[kernel] for kernel in Kernel) > 0.08 * len(protocols)
    assert {protocol.size[0] for protocol in protocols} == {256, 512}
    tilted = [abs(protocol.tilt_degrees) for protocol in protocols if protocol.tilt_rows]
    assert 0.1 < len(tilted) / len(protocols) < 0.35
    assert max(tilted) < 30
    for protocol in protocols:
        assert 0.6 <= protocol.slice_mm <= 5
        assert 0.4 < protocol.pixel_mm < 1.05
        assert -8 <= protocol.hu_offset <= 8
        assert 139 < protocol.size[2] * protocol.slice_mm < 175


def test_clean_patients_have_no_blood():
    drawn = [draw_case(3, number, followup=True, clean=0.5) for number in range(1, 101)]
    clean = [
        case
        for case in drawn
        if case.outside is None
        and all(point.ich_ml == point.ivh_ml == point.sah_ml == 0 for point in case.time_points)
    ]
    assert 35 <= len(clean) <= 65
    for number in (1, 2):
        (point,) = draw_case(3, number, clean=1.0).time_points
        assert point.ich_ml == point.ivh_ml == point.sah_ml == 0


def test_markers_are_as_frequent_as_in_patients():
    rng = np.random.default_rng(1)
    drawn = [draw_markers(80.0, rng) for _ in range(2000)]
    for marker, share in PREVALENCES.items():
        implied = any(IMPLIED[other] is marker for other in IMPLIED)
        expected = share * (0.96 if marker is EXCLUSIVE[1] else 1.0)
        found = np.mean([marker in markers for markers in drawn])
        # A marker that another implies comes with that one, too.
        assert expected - 0.04 < found < expected + (0.12 if implied else 0.04), marker


@pytest.mark.parametrize("ich_ml", [0.5, 3.0, 6.0, 11.0, 30.0])
def test_markers_fit_the_bleed(ich_ml: float):
    rng = np.random.default_rng(4)
    for _ in range(200):
        markers = draw_markers(ich_ml, rng)
        assert least_volume_ml(*markers) <= ich_ml
        assert not all(marker in markers for marker in EXCLUSIVE)
        assert all(IMPLIED[marker] in markers for marker in markers if marker in IMPLIED)
    assert ich_ml > 2 or not draw_markers(ich_ml, rng) & set(Marker)


def test_collections_are_as_frequent_as_asked() -> None:
    drawn = [draw_case(3, number, collections=0.7) for number in range(1, 201)]
    alone = [case for case in drawn if case.outside and case.time_points[0].ich_ml == 0]
    # Drawn one by one: 0.4 beside a bleed, 0.3 with nothing else, together 1 - 0.6 x 0.7.
    assert 0.5 < sum(case.outside is not None for case in drawn) / 200 < 0.66
    assert 0.22 < len(alone) / 200 < 0.38
    assert not any(draw_case(3, number, collections=0.0).outside for number in range(1, 101))

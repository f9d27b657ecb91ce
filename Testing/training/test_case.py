"""A case gives its scans, the same every time."""

from dataclasses import replace

import numpy as np
import pytest

from training.simulate.bleed import BleedSettings
from training.simulate.case import Case, simulate
from training.simulate.followup import TimePoint
from training.simulate.head import Head
from training.simulate.host import HostSettings
from training.simulate.pose import Pose
from training.simulate.protocol import Protocol

POINT = TimePoint(
    0.0,
    5.0,
    0.0,
    pose=Pose((0.0, 0.0, 0.0), (0.0, 14.0, 10.0)),
    protocol=Protocol(pixel_mm=1.0, slice_mm=5.0, size=(136, 136, 26), noise_hu=3.0),
)
CASE = Case(
    seed=5,
    host=HostSettings(),
    bleed=BleedSettings(centre_mni_mm=(0.0, 0.0, -28.0), reach_ml=5.0, yielding=0.1),
    time_points=(POINT, replace(POINT, hours=20.0, ich_ml=7.0)),
)


def test_the_same_case_gives_the_same_voxels(ball_head: Head):
    first, again = simulate(CASE, head=ball_head), simulate(CASE, head=ball_head)
    assert [scan.truth_ml["ich"] for scan in first] == pytest.approx([5.0, 7.0], abs=0.003)
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.hu, other.hu)
        assert np.array_equal(one.labels, other.labels)


def test_a_follow_up_leaves_the_baseline_as_it_is_and_has_its_own_noise(ball_head: Head):
    alone = simulate(replace(CASE, time_points=(POINT,)), head=ball_head)
    unchanged = simulate(replace(CASE, time_points=(POINT, POINT)), head=ball_head)
    assert np.array_equal(alone[0].hu, unchanged[0].hu)
    assert np.array_equal(unchanged[0].labels, unchanged[1].labels)
    assert not np.array_equal(unchanged[0].hu, unchanged[1].hu)


def test_more_blood_than_there_is_room_for_is_refused(ball_head: Head):
    flooded = replace(CASE, time_points=(replace(POINT, ich_ml=2000.0),))
    with pytest.raises(ValueError, match="no room for"):
        simulate(flooded, head=ball_head)

"""Growth: distance, connection, density, the size of seeds; all expected voxels counted by hand."""

import numpy as np
import pytest

from HematomaExpansionLib.segmentation.growing import grow, large_components


def _line(*values: float) -> np.ndarray:
    """A scan of one row along x."""
    return np.array(values, dtype=np.float32).reshape(1, 1, -1)


def _grow(hu: np.ndarray, seeds: list[int], **options: float) -> list[int]:
    mask = np.zeros(hu.shape, dtype=bool)
    mask[0, 0, seeds] = True
    settings = {"min_seed_ml": 0.0, "smoothing_mm": 0.0, **options}
    grown = grow(mask, hu, np.ones(hu.shape, dtype=bool), (1.0, 1.0, 1.0), **settings)
    return np.flatnonzero(grown[0, 0]).tolist()


def test_density_limits_are_inclusive() -> None:
    assert _grow(_line(44.9, 45, 60, 95, 95.1), [2]) == [1, 2, 3]


def test_growth_stops_at_the_distance_and_at_the_edge_of_it() -> None:
    assert _grow(_line(*[60] * 20), [0], max_distance_mm=8.0) == list(range(9))


def test_blood_that_no_seed_touches_is_left_out() -> None:
    assert _grow(_line(60, 60, 30, 60, 60), [0]) == [0, 1]


def test_a_seed_outside_the_density_limits_is_kept() -> None:
    assert _grow(_line(30, 30, 60), [1]) == [1, 2]


def test_no_distance_keeps_the_seeds() -> None:
    assert _grow(_line(60, 60, 60), [1], max_distance_mm=0.0) == [1]


def test_distance_is_in_millimetres_on_each_axis() -> None:
    seeds = np.zeros((5, 1, 9), dtype=bool)
    seeds[2, 0, 4] = True
    hu = np.full(seeds.shape, 60, dtype=np.float32)
    grown = grow(
        seeds, hu, np.ones_like(seeds), (5.0, 1.0, 2.0), max_distance_mm=6.0, min_seed_ml=0, smoothing_mm=0
    )
    # One slice (5 mm) up and down; three voxels (6 mm) along x in the seed's slice, one (2 mm) in the next:
    # sqrt(25 + 4) = 5.39, sqrt(25 + 16) = 6.40.
    assert [np.flatnonzero(row[0]).tolist() for row in grown] == [
        [],
        [3, 4, 5],
        [1, 2, 3, 4, 5, 6, 7],
        [3, 4, 5],
        [],
    ]


def test_growth_stays_where_blood_is_allowed() -> None:
    hu = np.full((1, 1, 7), 60, dtype=np.float32)
    seeds = np.zeros(hu.shape, dtype=bool)
    seeds[0, 0, [0, 5]] = True
    allowed = np.ones(hu.shape, dtype=bool)
    allowed[0, 0, [2, 5]] = False
    grown = grow(seeds, hu, allowed, (1, 1, 1), min_seed_ml=0, smoothing_mm=0)
    assert np.flatnonzero(grown[0, 0]).tolist() == [0, 1]


@pytest.mark.parametrize(("voxels", "kept"), [(999, False), (1000, True), (1001, True)])
def test_a_seed_of_exactly_one_millilitre_is_kept(voxels: int, kept: bool) -> None:
    mask = np.zeros((13, 10, 10), dtype=bool)
    mask.ravel()[:voxels] = True
    assert large_components(mask, (1.0, 1.0, 1.0), 1.0).any() == kept


def test_a_corner_does_not_connect_two_components() -> None:
    mask = np.zeros((2, 2, 2), dtype=bool)
    mask[0, 0, 0] = mask[1, 1, 1] = True
    assert not large_components(mask, (1.0, 1.0, 1.0), 0.002).any()
    assert large_components(mask, (1.0, 1.0, 1.0), 0.001).sum() == 2


def test_smoothing_bridges_a_noisy_voxel() -> None:
    hu = _line(60, 60, 43, 60, 60)
    assert _grow(hu, [0]) == [0, 1]
    assert _grow(hu, [0], smoothing_mm=1.0) == [0, 1, 2, 3, 4]


def test_nothing_grows_from_nothing() -> None:
    empty = np.zeros((3, 4, 5), dtype=bool)
    grown = grow(empty, np.full(empty.shape, 60, dtype=np.float32), ~empty, (1, 1, 1))
    assert grown.shape == (3, 4, 5)
    assert not grown.any()


def test_the_working_box_does_not_change_the_result() -> None:
    random = np.random.default_rng(7)
    hu = random.normal(50, 10, (20, 40, 40)).astype(np.float32)
    seeds = np.zeros(hu.shape, dtype=bool)
    seeds[9:12, 18:22, 18:22] = True
    small = grow(seeds, hu, np.ones_like(seeds), (2, 1, 1), max_distance_mm=4, min_seed_ml=0)
    # A far second seed makes the box span the whole array.
    seeds[0, 0, 0] = seeds[-1, -1, -1] = True
    large = grow(seeds, hu, np.ones_like(seeds), (2, 1, 1), max_distance_mm=4, min_seed_ml=0)
    np.testing.assert_array_equal(small[5:15, 10:30, 10:30], large[5:15, 10:30, 10:30])

"""Bootstrap intervals."""

import numpy as np
import pytest
from scipy.stats import bootstrap as theirs

from HematomaExpansionLib.statistics.bootstrap import bootstrap, cluster_bootstrap


def test_a_paired_statistic_is_that_of_scipy():
    rng = np.random.default_rng(0)
    x = rng.normal(size=80)
    y = x + rng.normal(size=80)

    def difference(first, second, axis=-1):
        return first.mean(axis=axis) - second.mean(axis=axis)

    found = bootstrap((x, y), difference, np.random.default_rng(1), paired=True, method="difference")
    expected = theirs((x, y), difference, paired=True, n_resamples=2000, rng=np.random.default_rng(1))
    assert (found.interval.low, found.interval.high) == tuple(expected.confidence_interval)
    assert (found.n, found.method) == (80, "difference")
    reach = 1.96 * (x - y).std(ddof=1) / np.sqrt(80)
    assert found.interval.high - found.value == pytest.approx(reach, rel=0.15)


@pytest.mark.parametrize(
    ("values", "value", "reason"),
    [
        ([], None, "a bootstrap needs two patients of each kind"),
        ([3.0], 3.0, "a bootstrap needs two patients of each kind"),
        ([3.0] * 20, 3.0, "the resamples have no spread, or all lie on one side of the estimate"),
    ],
)
def test_what_has_no_interval_says_why(values, value, reason):
    found = bootstrap((np.array(values),), np.mean, np.random.default_rng(0))
    assert (found.value, found.interval, found.reason) == (value, None, reason)


def test_clusters_are_drawn_whole():
    """Two patients: with one chance in four both draws are the first one, whose scans all say 0."""

    def median(rows):
        return np.nanmedian(rows[..., 0], axis=-1)

    rows = [(0,), (0,), (10,), (10,), (10,)]
    found = cluster_bootstrap(rows, ["a", "a", "b", "b", "b"], median, np.random.default_rng(0))
    assert (found.value, found.interval.low, found.interval.high, found.n) == (10, 0, 10, 2)
    none = cluster_bootstrap([], [], median, np.random.default_rng(0))
    assert (none.value, none.reason) == (None, "there are no patients")
    single = cluster_bootstrap([(3,), (5,)], ["a", "a"], median, np.random.default_rng(0))
    assert (single.value, single.interval, single.reason) == (4, None, "one patient is all there is")

"""Intervals of proportions, against the published ones."""

import pytest
from statsmodels.stats.proportion import proportion_confint

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.proportion import ProportionMethod, clopper_pearson, proportion


@pytest.mark.parametrize(
    ("count", "of", "low", "high", "places"),
    [
        (17, 21, 60.00, 92.33, 2),
        (80, 107, 65.78, 82.04, 2),
        (63, 86, 63.055, 81.468, 3),  # 63.05 to two places; 63.06 is 63.055 rounded once more
        (87, 107, 72.89, 87.56, 2),
        (16, 21, 54.91, 89.37, 2),
        (71, 86, 73.20, 89.14, 2),
        (72, 107, 57.936, 75.445, 3),
        (55, 86, 53.41, 73.30, 2),
    ],
)
def test_wilson_is_that_of_lee_2024_table_3(count, of, low, high, places):
    found = proportion(count, of)
    assert found.value == count / of
    assert (found.n, found.method, found.interval.level) == (of, "Wilson", 0.95)
    assert (round(100 * found.interval.low, places), round(100 * found.interval.high, places)) == (low, high)


def test_the_interval_printed_for_55_of_86_is_a_misprint():
    """Lee 2024, Table 3 has [63.5, 88.7] for 63.95 %, whose lower end cannot lie 0.4 below the share."""
    found = proportion(55, 86)
    for method in ProportionMethod:
        interval = proportion(55, 86, method).interval
        assert interval.low < 0.54
        assert interval.high < 0.75
    assert found.value == pytest.approx(0.6395, abs=1e-4)


@pytest.mark.parametrize(
    ("count", "of", "method", "low", "high", "places"),
    [
        (17, 21, ProportionMethod.CLOPPER_PEARSON, 0.5809, 0.9455, 4),
        # Zhong 2021, Table 2: sensitivity of the swirl and hypodensity, 17 of 22.
        (17, 22, ProportionMethod.WILSON_CORRECTED, 0.542, 0.913, 3),
    ],
)
def test_other_methods(count, of, method, low, high, places):
    found = proportion(count, of, method)
    assert (round(found.interval.low, places), round(found.interval.high, places)) == (low, high)
    assert found.interval.method == method


@pytest.mark.parametrize(
    ("auc", "of", "low", "high"),
    [
        (0.777, 219, 0.716, 0.830),
        (0.782, 167, 0.712, 0.842),
        (0.682, 167, 0.605, 0.752),
        (0.692, 167, 0.616, 0.761),
        (0.694, 219, 0.629, 0.755),
        (0.703, 219, 0.638, 0.763),
    ],
)
def test_the_exact_interval_of_a_fraction_of_a_patient_is_ning_2025_table_3(auc, of, low, high):
    """The AUC is printed to three places, so that the third place of its interval may differ by one."""
    found = clopper_pearson(auc * of, of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1.4e-3)


def test_the_exact_interval_of_the_best_network_is_ning_2025_table_3():
    found = clopper_pearson(0.777 * 219, 219)
    assert (round(found.low, 3), round(found.high, 3)) == (0.716, 0.830)


@pytest.mark.parametrize("count", [0, 1, 7, 29, 30])
@pytest.mark.parametrize(
    ("method", "theirs"), [(ProportionMethod.WILSON, "wilson"), (ProportionMethod.CLOPPER_PEARSON, "beta")]
)
def test_against_statsmodels(count, method, theirs):
    found = proportion(count, 30, method, level=0.9).interval
    low, high = proportion_confint(count, 30, alpha=0.1, method=theirs)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)


def test_nothing_to_count_is_said():
    found = proportion(0, 0)
    assert (found.value, found.interval, found.n) == (None, None, 0)
    assert found.reason == "there is nothing to count (0 of 0)"
    assert found.text() == "not available"


def test_one_patient_has_a_wide_interval():
    found = proportion(1, 1)
    assert found.value == 1
    assert found.interval.low == pytest.approx(0.2065, abs=1e-4)
    assert found.interval.high == 1


@pytest.mark.parametrize(("count", "of"), [(-1, 3), (4, 3)])
def test_what_is_no_proportion_is_refused(count, of):
    with pytest.raises(UsageError, match="is not a proportion"):
        proportion(count, of)

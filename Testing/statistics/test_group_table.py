"""Tables of characteristics, against Ning 2025, Table 1 and scipy."""

import numpy as np
import pytest
from scipy import stats

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.group_table import Counted, Measured, Shown, group_table
from HematomaExpansionLib.statistics.group_tests import (
    Means,
    compare_counts,
    compare_means,
    compare_ranks,
    looks_normal,
)


@pytest.mark.parametrize(
    ("variable", "non_he", "of_non_he", "he", "of_he", "p"),
    [
        # Ning 2025, Table 1: training, internal and external.
        ("diabetes", 36, 271, 26, 118, "0.030"),
        ("antithrombotic", 12, 271, 14, 118, "0.007"),
        ("SAH", 24, 271, 17, 118, "0.101"),
        ("irregular shape", 78, 271, 51, 118, "0.005"),
        ("satellite", 71, 271, 46, 118, "0.011"),
        ("swirl", 53, 271, 39, 118, "0.004"),
        ("IVH, internal", 36, 116, 23, 51, "0.080"),
        ("black hole, internal", 25, 116, 11, 51, "0.998"),
        ("hypodensity, external", 50, 139, 30, 80, "0.821"),
        ("fluid level, internal (Fisher)", 3, 116, 0, 51, "0.554"),
    ],
)
def test_ning_2025_table_1(variable, non_he, of_non_he, he, of_he, p):
    found = compare_counts([[non_he, he], [of_non_he - non_he, of_he - he]])
    assert f"{found.p_value:.3f}" == p
    assert (found.method == "Fisher's exact test") == ("Fisher" in variable)


def test_location_over_three_categories_is_ning_2025_table_1():
    found = compare_counts([[40, 5], [177, 92], [54, 21]])
    assert f"{found.p_value:.3f}" == "0.007"
    assert found.degrees_of_freedom == 2


def test_a_table_with_everything():
    columns = {
        "age": [60, 70, 80, 50, 60, None],
        "sex": ["man", "woman", "man", "man", None, "woman"],
        "warfarin": [True, False, False, False, False, True],
        "GCS": [3, 4, 4, 3, 3, 3],
    }
    found = group_table(columns, [1, 1, 1, 0, 0, 0], (0, 1), categorical={"GCS"}, shown={"age": Shown.MEDIAN})
    assert (found.groups, found.sizes, found.missing) == (("0", "1"), (3, 3), 0)
    age, sex, warfarin, gcs = found.rows
    assert age.cells == (Measured(2, 1, 55, np.sqrt(50), 55, 52.5, 57.5), Measured(3, 0, 70, 10, 70, 65, 75))
    assert age.cells[1].text(Shown.MEDIAN) == "70.0 [65.0-75.0]"
    assert age.cells[1].text(Shown.MEAN) == "70.0 ± 10.0"
    assert age.test.method == "Mann-Whitney U test"
    assert sex.levels == {
        "man": (Counted(1, 2, 1), Counted(2, 3, 0)),
        "woman": (Counted(1, 2, 1), Counted(1, 3, 0)),
    }
    assert sex.levels["man"][1].text() == "2 (66.7)"
    assert list(warfarin.levels) == ["no", "yes"]
    assert list(gcs.levels) == ["3", "4"]
    assert gcs.test.p_value == pytest.approx(stats.fisher_exact([[3, 1], [0, 2]]).pvalue)


def test_means_or_medians_are_chosen_by_the_distribution():
    rng = np.random.default_rng(0)
    groups = np.repeat([0, 1], 60)
    found = group_table({"sbp": rng.normal(170, 20, 120), "volume": rng.lognormal(2, 1, 120)}, groups, (0, 1))
    assert [row.shown for row in found.rows] == [Shown.MEAN, Shown.MEDIAN]
    assert [row.test.method for row in found.rows] == ["Student's t-test", "Mann-Whitney U test"]


@pytest.mark.parametrize(
    ("columns", "groups", "reason"),
    [
        ({"x": [None, None, 1.0, 2.0]}, [0, 0, 1, 1], "a group has fewer than 1 known values"),
        ({"x": [np.nan] * 4}, [0, 0, 1, 1], "a group has fewer than 1 known values"),
        ({"x": [5.0, 5, 5, 5]}, [0, 0, 1, 1], "every value is the same"),
        ({"x": [1.0, 2.0]}, [0, 0], "a group has fewer than 1 known values"),
        ({"x": ["a", "b"]}, [0, 0], "a group has no known value"),
        ({"x": ["a", "a"]}, [0, 1], "every patient has the same value"),
        ({"x": [True, None]}, [0, 1], "a group has no known value"),
    ],
)
def test_what_cannot_be_tested_says_why(columns, groups, reason):
    (row,) = group_table(columns, groups, (0, 1)).rows
    assert (row.test.p_value, row.test.reason) == (None, reason)


def test_an_empty_group_is_a_dash_and_missing_values_are_counted():
    (row,) = group_table({"x": [None, 1.0]}, [0, 1], (0, 1)).rows
    assert row.cells[0] == Measured(0, 1, None, None, None, None, None)
    assert row.cells[0].text(Shown.MEAN) == "-"
    assert row.cells[1].standard_deviation is None
    assert row.cells[1].text(Shown.MEAN) == "1.0"
    assert Counted(0, 0, 4).text() == "-"


def test_a_category_that_nobody_has_known():
    (row,) = group_table({"x": [None, None]}, [0, 1], (0, 1), categorical={"x"}).rows
    assert (row.levels, row.test.reason) == ({}, "no value is known")


def test_patients_without_a_group_are_counted():
    found = group_table({"x": [1.0, 2, 3]}, ["a", None, "b"], ("a", "b"))
    assert (found.sizes, found.missing) == ((1, 1), 1)


def test_bad_input_is_refused():
    with pytest.raises(UsageError, match="x: 1 values for 2 patients"):
        group_table({"x": [1.0]}, [0, 1], (0, 1))
    with pytest.raises(UsageError, match="group 2 is not in the order"):
        group_table({"x": [1.0]}, [2], (0, 1))


def test_tests_of_three_groups():
    groups = [np.array([1.0, 2, 3]), np.array([2.0, 3, 5]), np.array([6.0, 7, 9])]
    assert compare_means(groups).method == "one-way analysis of variance"
    assert compare_means(groups).p_value == pytest.approx(stats.f_oneway(*groups).pvalue)
    assert compare_ranks(groups).p_value == pytest.approx(stats.kruskal(*groups).pvalue)


def test_students_t_by_hand():
    """Means 2 and 4, pooled variance 1, n 3 and 3: t = -2 / sqrt(2/3) = -2.449, 4 degrees of freedom."""
    groups = [np.array([1.0, 2, 3]), np.array([3.0, 4, 5])]
    found = compare_means(groups)
    assert found.statistic == pytest.approx(-2.449, abs=1e-3)
    assert (found.degrees_of_freedom, found.method) == (4, "Student's t-test")
    assert compare_means(groups, Means.WELCH).method == "Welch's t-test"
    assert compare_means([groups[0]]).reason == "there is only one group"
    assert (
        compare_means([np.full(3, 2.0), np.full(3, 3.0)]).reason == "the values do not vary within any group"
    )


def test_mann_whitney_by_brute_force():
    rng = np.random.default_rng(1)
    for _ in range(50):
        one, other = rng.integers(0, 6, 12).astype(float), rng.integers(0, 9, 20).astype(float)
        u = (one[:, None] > other).sum() + 0.5 * (one[:, None] == other).sum()
        assert compare_ranks([one, other]).statistic == u


def test_few_values_do_not_look_normal():
    assert not looks_normal([np.array([1.0, 2.0]), np.arange(30.0)])
    assert not looks_normal([np.full(30, 2.0)])

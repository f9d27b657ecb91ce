"""Tests of a variable between groups of patients."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from .significance import SignificanceTest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LEAST_EXPECTED = 5
"""Where fewer than this are expected in a cell, a 2 x 2 table is tested by Fisher's exact test."""
NORMAL_FROM = 0.05
"""Values with a p-value of Shapiro and Wilk from here on are taken for normal."""


class Means(StrEnum):
    """Which t-test; the papers use Student's."""

    STUDENT = "Student's t-test"
    WELCH = "Welch's t-test"


def compare_means(groups: "Sequence[NDArray[np.float64]]", kind: Means = Means.STUDENT) -> SignificanceTest:
    """t-test of two groups, one-way analysis of variance of more.

    Args:
        groups: the known values of each, ``[n]``.
        kind: for two groups.
    """
    from scipy import stats

    method = str(kind) if len(groups) == 2 else "one-way analysis of variance"
    n = sum(map(len, groups))
    reason = _too_few(groups, 2)
    if reason is None and not any(np.ptp(values) for values in groups):
        reason = "the values do not vary within any group"
    if reason:
        return SignificanceTest.unavailable(method, n, reason)
    if len(groups) > 2:
        found = stats.f_oneway(*groups)
        return SignificanceTest(float(found.statistic), float(found.pvalue), method, n, len(groups) - 1)
    found = stats.ttest_ind(*groups, equal_var=kind is Means.STUDENT)
    return SignificanceTest(float(found.statistic), float(found.pvalue), method, n, float(found.df))


def compare_ranks(groups: "Sequence[NDArray[np.float64]]") -> SignificanceTest:
    """Mann-Whitney U of two groups, Kruskal-Wallis of more.

    scipy's choice of the null distribution: exact for small groups without ties, else normal with tie and
    continuity correction.
    """
    from scipy import stats

    method = "Mann-Whitney U test" if len(groups) == 2 else "Kruskal-Wallis test"
    n = sum(map(len, groups))
    reason = _too_few(groups, 1)
    if reason is None and np.ptp(np.concatenate(groups)) == 0:
        reason = "every value is the same"
    if reason:
        return SignificanceTest.unavailable(method, n, reason)
    if len(groups) == 2:
        found = stats.mannwhitneyu(*groups)
        return SignificanceTest(float(found.statistic), float(found.pvalue), method, n)
    found = stats.kruskal(*groups)
    return SignificanceTest(float(found.statistic), float(found.pvalue), method, n, len(groups) - 1)


def compare_counts(table: "ArrayLike", correction: bool = False) -> SignificanceTest:
    """Pearson's chi-squared, or Fisher's exact test of a 2 x 2 table with few expected in a cell.

    Args:
        table: counts ``[category, group]``; categories that nobody has are left out.
        correction: that of Yates, for 2 x 2 tables.
    """
    from scipy import stats

    counts = np.asarray(table, dtype=np.int64)
    counts = counts[counts.sum(axis=1) > 0]
    n = int(counts.sum())
    method = "chi-squared test"
    if (counts.sum(axis=0) == 0).any():
        return SignificanceTest.unavailable(method, n, "a group has no known value")
    if len(counts) < 2:
        return SignificanceTest.unavailable(method, n, "every patient has the same value")
    expected = stats.contingency.expected_freq(counts)
    if counts.shape == (2, 2) and expected.min() < LEAST_EXPECTED:
        return SignificanceTest(None, float(stats.fisher_exact(counts).pvalue), "Fisher's exact test", n)
    found = stats.chi2_contingency(counts, correction=correction)
    return SignificanceTest(float(found.statistic), float(found.pvalue), method, n, int(found.dof))


def looks_normal(groups: "Sequence[NDArray[np.float64]]") -> bool:
    """Whether no group departs from a normal distribution by the test of Shapiro and Wilk.

    A group of fewer than three, or without spread, cannot show that it is normal.
    """
    from scipy.stats import shapiro

    return all(
        len(values) > 2 and np.ptp(values) > 0 and shapiro(values).pvalue >= NORMAL_FROM for values in groups
    )


def _too_few(groups: "Sequence[NDArray[np.float64]]", least: int) -> str | None:
    if len(groups) < 2:
        return "there is only one group"
    if min(map(len, groups)) < least:
        return f"a group has fewer than {least} known values"
    return None

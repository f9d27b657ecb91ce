"""The six intraclass correlations."""

import numpy as np
import pytest
from pandas import DataFrame
from scipy.stats import f
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.icc import IccForm, icc

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
"""Psychol Bull 1979;86:420, Table 2: six targets, four judges."""


@pytest.mark.parametrize(
    ("form", "value", "low", "high"),
    [
        # Intervals as the package psych of R prints them for these data.
        ("1,1", 0.16574, -0.133, 0.723),
        ("2,1", 0.28976, 0.019, 0.761),
        ("3,1", 0.71484, 0.342, 0.946),
        ("1,k", 0.44280, -0.884, 0.912),
        ("2,k", 0.62005, 0.071, 0.927),
        ("3,k", 0.90932, 0.676, 0.986),
    ],
)
def test_shrout_and_fleiss(form, value, low, high):
    found = icc(SHROUT_FLEISS, IccForm(form))
    assert round(found.value, 5) == value
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=6e-4)
    assert (found.n, found.method) == (6, f"ICC({form})")


def test_against_an_analysis_of_variance():
    rng = np.random.default_rng(6)
    for _ in range(200):
        n, k = int(rng.integers(3, 15)), int(rng.integers(2, 5))
        table = rng.normal(size=(n, 1)) * rng.choice([0.1, 3]) + rng.normal(size=(n, k)) + rng.normal(size=k)
        if rng.random() < 0.3:
            table = np.round(table)
        subjects, readers = np.repeat(np.arange(n), k), np.tile(np.arange(k), n)
        mean = table.mean()
        between = k * table.mean(axis=1).var() * n / (n - 1)
        judges = n * table.mean(axis=0).var() * k / (k - 1)
        residual = ((table - table.mean(1)[:, None] - table.mean(0)[None] + mean) ** 2).sum() / (
            (n - 1) * (k - 1)
        )
        within = (table - table.mean(1)[:, None]).var() * n * k / (n * (k - 1))
        expected = {
            "1,1": (between - within) / (between + (k - 1) * within),
            "3,1": (between - residual) / (between + (k - 1) * residual),
            "2,k": (between - residual) / (between + (judges - residual) / n),
        }
        for form, value in expected.items():
            assert icc(table, IccForm(form)).value == pytest.approx(value)
        found = icc(table, IccForm.THREE_SINGLE).interval
        low = between / residual / f.isf(0.025, n - 1, (n - 1) * (k - 1))
        assert found.low == pytest.approx((low - 1) / (low + k - 1))
        assert found.low < found.high
    fitted = ols("v ~ C(s) + C(r)", DataFrame({"v": table.ravel(), "s": subjects, "r": readers})).fit()
    assert anova_lm(fitted)["mean_sq"].to_list() == pytest.approx([between, judges, residual])


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        (np.zeros((0, 2)), "it needs two subjects with two readers each; there are 0 with 2"),
        ([[1, 2]], "it needs two subjects with two readers each; there are 1 with 2"),
        ([[1], [2]], "it needs two subjects with two readers each; there are 2 with 1"),
        ([[np.nan, 1], [2, np.nan]], "it needs two subjects with two readers each; there are 0 with 2"),
        ([[5, 5], [5, 5]], "every measurement is the same"),
    ],
)
@pytest.mark.parametrize("form", list(IccForm))
def test_what_cannot_be_computed_says_why(ratings, reason, form):
    found = icc(ratings, form)
    assert (found.value, found.reason) == (None, reason)


def test_readers_without_error_have_no_interval():
    found = icc([[1, 1], [2, 2], [3, 3]])
    assert (found.value, found.interval) == (1, None)
    assert "without error" in found.reason


def test_consistency_does_not_mind_an_offset_and_agreement_does():
    table = [[1, 3], [2, 4], [3, 5]]
    assert icc(table, IccForm.THREE_SINGLE).value == 1
    absolute = icc(table, IccForm.TWO_SINGLE)
    # Subjects' mean square 2, readers' 6, residual 0: 2 / (2 + 2 x 6 / 3).
    assert absolute.value == pytest.approx(1 / 3)


def test_subjects_who_hardly_differ():
    # Means 1.5 and 1.5, no offset of the readers: mean squares 0, 0 and 1.
    none = icc([[1, 2], [2, 1]], IccForm.TWO_MEAN)
    assert (none.value, none.interval) == (None, None)
    assert none.reason.startswith("its denominator is not positive")
    # Mean squares of subjects, readers and residual 1/8, 9/8 and 9/8: (1/8 - 9/8) / (1/8 + 0).
    few = icc([[0, 2], [1, 1], [2, 1], [0, 2]], IccForm.TWO_MEAN)
    assert few.value == pytest.approx(-8)
    assert few.interval is None
    assert few.reason == "the subjects differ too little for an interval"


def test_subjects_with_a_missing_measurement_are_counted():
    found = icc([*SHROUT_FLEISS, [1, 2, None, 3]])
    assert (found.n, found.missing) == (6, 1)
    assert round(found.value, 5) == 0.28976


def test_what_is_no_table_is_refused():
    with pytest.raises(UsageError, match="subject, reader"):
        icc([1, 2, 3])

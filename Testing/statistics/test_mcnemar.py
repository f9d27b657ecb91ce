"""McNemar's test."""

import numpy as np
import pytest
from scipy.stats import binomtest

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.mcnemar import Among, McNemarMethod, compare_predictions, mcnemar

TABLE = [[794, 150], [86, 570]]
"""Agresti, Categorical Data Analysis: approval of the prime minister in two surveys."""


def test_a_known_table():
    assert round(mcnemar(TABLE, McNemarMethod.CHI_SQUARED).statistic, 4) == 17.3559
    assert round(mcnemar(TABLE, McNemarMethod.CORRECTED).statistic, 4) == 16.8178
    exact = mcnemar(TABLE)
    assert exact.p_value == pytest.approx(3.72e-5, abs=5e-8)
    assert (exact.statistic, exact.n, exact.method) == (None, 1600, "McNemar, exact binomial")


def test_two_tests_that_never_differ():
    for method in McNemarMethod:
        found = mcnemar([[5, 0], [0, 3]], method)
        assert (found.p_value, found.reason) == (None, "the two never differ")


@pytest.mark.parametrize("table", [[[1, 2, 3]], [[1, -1], [0, 2]], [[0.5, 1], [1, 1]]])
def test_what_is_no_table_is_refused(table):
    with pytest.raises(UsageError, match="2 x 2 table of whole counts"):
        mcnemar(table)


def test_predictions_are_compared_among_whom_one_asks():
    outcome = [1, 1, 1, 1, 0, 0, 0, None]
    first = [1, 1, 1, 0, 0, 1, 0, 1]
    second = [1, 0, 0, 1, 0, 0, 1, 1]
    found = compare_predictions(outcome, first, second)
    assert (found.both, found.first_only, found.second_only, found.neither, found.missing) == (2, 3, 2, 0, 1)
    found = compare_predictions(outcome, first, second, Among.WITH_OUTCOME)
    assert (found.both, found.first_only, found.second_only, found.neither) == (1, 2, 1, 0)
    assert found.test.p_value == 1
    found = compare_predictions(outcome, first, second, Among.WITHOUT_OUTCOME)
    assert (found.both, found.first_only, found.second_only, found.neither) == (1, 1, 1, 0)


@pytest.mark.parametrize(("outcome", "n"), [([], 0), ([None], 0), ([1], 1)])
def test_too_few_is_said(outcome, n):
    found = compare_predictions(outcome, [1] * len(outcome), [1] * len(outcome))
    assert (found.test.p_value, found.test.n) == (None, n)


def test_scores_are_refused():
    with pytest.raises(UsageError, match=r"0\.7 is neither 0 nor 1; apply a threshold first"):
        compare_predictions([1, 0], [1, 0], [0.7, 0])


def test_against_the_binomial_test():
    rng = np.random.default_rng(1)
    for _ in range(200):
        table = rng.integers(0, rng.choice([3, 50]), (2, 2))
        b, c = int(table[0, 1]), int(table[1, 0])
        if b + c:
            assert mcnemar(table).p_value == pytest.approx(binomtest(b, b + c).pvalue)
            assert mcnemar(table, McNemarMethod.CHI_SQUARED).statistic == pytest.approx(
                (b - c) ** 2 / (b + c)
            )

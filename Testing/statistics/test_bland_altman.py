"""Bias and limits of agreement."""

import numpy as np
import pytest
from scipy import stats

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.bland_altman import bland_altman

WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
"""Peak expiratory flow, l/min, first readings (Bland and Altman 1986, Table)."""


def test_peak_expiratory_flow():
    found = bland_altman(WRIGHT, MINI)
    assert round(found.bias.value, 3) == -2.118
    assert round(found.standard_deviation, 3) == 38.765
    assert found.lower_limit.value == pytest.approx(-2.118 - 1.96 * 38.765, abs=2e-3)
    assert found.upper_limit.value == pytest.approx(-2.118 + 1.96 * 38.765, abs=2e-3)
    assert (found.n, found.missing) == (17, 0)
    assert (found.means[0], found.differences[0]) == (503, -18)


def test_the_interval_of_the_bias_is_that_of_a_t_test():
    found = bland_altman(WRIGHT, MINI).bias.interval
    theirs = stats.ttest_rel(WRIGHT, MINI).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))


def test_the_interval_of_a_limit_by_hand():
    """t(16) = 2.1199; 38.765 sqrt(1/17 + 3.8415/32) = 16.392; 34.75 on either side of 73.86."""
    found = bland_altman(WRIGHT, MINI).upper_limit
    assert (found.interval.low, found.interval.high) == pytest.approx((39.11, 108.61), abs=0.02)


@pytest.mark.parametrize(("first", "second"), [([], []), ([None, 1], [2, np.nan])])
def test_no_pairs_is_said(first, second):
    found = bland_altman(first, second)
    assert (found.bias.value, found.bias.reason) == (None, "there are no pairs")
    assert found.missing == len(first)


def test_one_pair_has_a_difference_and_no_limits():
    found = bland_altman([3], [1])
    assert (found.bias.value, found.bias.interval, found.standard_deviation) == (2, None, None)
    assert found.lower_limit.reason == "limits of agreement need two pairs"


def test_pairs_must_be_pairs():
    with pytest.raises(UsageError, match="2 measurements and 1"):
        bland_altman([1, 2], [1])

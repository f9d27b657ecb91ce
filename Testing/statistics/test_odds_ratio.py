"""Odds ratios of 2 x 2 tables, against the published ones."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import Table2x2

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.odds_ratio import odds_ratio


@pytest.mark.parametrize(
    ("exposed", "unexposed", "ratio", "low", "high", "p"),
    [
        # Lee 2024, Table 1: GCS categories, HE / non-HE.
        ((28, 65), (53, 310), 2.5196, 1.4827, 4.2817, 6.36e-4),
        ((29, 40), (53, 310), 4.2406, 2.4227, 7.4223, 4.23e-7),
    ],
)
def test_lee_2024_table_1(exposed, unexposed, ratio, low, high, p):
    found = odds_ratio(exposed, unexposed)
    interval = found.estimate.interval
    assert (round(found.estimate.value, 4), round(interval.low, 4), round(interval.high, 4)) == (
        ratio,
        low,
        high,
    )
    assert found.test.p_value == pytest.approx(p, rel=2e-3)
    assert found.estimate.n == sum(exposed) + sum(unexposed)


def test_men_in_lee_2024_table_1():
    """1.42 [0.92, 2.18], p 0.112; 2.1762 to more places with 1.96, 2.1761 with 1.959964 standard errors."""
    found = odds_ratio((75, 262), (39, 193))
    interval = found.estimate.interval
    assert round(found.estimate.value, 4) == 1.4166
    assert (round(interval.low, 4), interval.high) == (0.9222, pytest.approx(2.1762, abs=1e-4))
    assert round(found.test.p_value, 4) == 0.1118
    assert found.estimate.n == 569


@pytest.mark.parametrize(
    ("variable", "exposed", "unexposed", "ratio", "low", "high"),
    [
        # Ning 2025, Table 2: 118 with and 271 without revised expansion in training.
        ("IVH", (55, 48), (63, 223), 4.056, 2.516, 6.539),
        ("hypodensity", (75, 90), (43, 181), 3.508, 2.232, 5.513),
        ("island", (27, 16), (91, 255), 4.729, 2.437, 9.177),
        ("deep vs lobar", (92, 177), (5, 40), 4.158, 1.587, 10.895),
        ("infratentorial vs lobar", (21, 54), (5, 40), 3.111, 1.081, 8.958),
        ("anticoagulation", (13, 6), (105, 265), 5.468, 2.025, 14.766),
    ],
)
def test_ning_2025_table_2(variable, exposed, unexposed, ratio, low, high):
    found = odds_ratio(exposed, unexposed).estimate
    ends = (found.value, found.interval.low, found.interval.high)
    assert tuple(round(end, 3) for end in ends) == (ratio, low, high)


@pytest.mark.parametrize("cell", range(4))
def test_an_empty_cell_is_said(cell):
    counts = [5, 6, 7, 8]
    counts[cell] = 0
    found = odds_ratio((counts[0], counts[1]), (counts[2], counts[3]))
    assert found.estimate.value is None
    assert found.test.p_value is None
    assert "a cell of the table is 0" in found.estimate.reason


def test_a_negative_count_is_refused():
    with pytest.raises(UsageError, match="-2 is not a count"):
        odds_ratio((1, -2), (3, 4))


def test_against_statsmodels():
    rng = np.random.default_rng(0)
    for _ in range(200):
        table = rng.integers(1, rng.choice([4, 400]), (2, 2))
        found = odds_ratio(tuple(map(int, table[0])), tuple(map(int, table[1])))
        theirs = Table2x2(table, shift_zeros=False)
        assert found.estimate.value == pytest.approx(theirs.oddsratio)
        assert (found.estimate.interval.low, found.estimate.interval.high) == pytest.approx(
            theirs.oddsratio_confint()
        )
        assert found.test.p_value == pytest.approx(theirs.oddsratio_pvalue(), abs=1e-12)

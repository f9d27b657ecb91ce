"""Kappa of two readers and of several."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as theirs

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.kappa import Weights, cohen_kappa, cross_table, fleiss_kappa


def test_a_known_table():
    found = cohen_kappa([[20, 5], [10, 15]])
    assert round(found.value, 4) == 0.4
    error = (found.interval.high - found.interval.low) / (2 * 1.959964)
    assert round(error, 4) == 0.1270
    assert (found.n, found.method) == (50, "Cohen's kappa, unweighted")


@pytest.mark.parametrize("weights", list(Weights))
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning:statsmodels")
def test_against_statsmodels_and_scikit_learn(weights):
    rng = np.random.default_rng(4)
    kind = {Weights.NONE: None, Weights.LINEAR: "linear", Weights.QUADRATIC: "quadratic"}[weights]
    compared = 0
    for _ in range(200):
        k = int(rng.integers(2, 5))
        rare = rng.dirichlet(np.full(k, rng.choice([0.3, 5])))
        first = rng.choice(k, 30, p=rare)
        second = np.where(rng.random(30) < 0.6, first, rng.choice(k, 30, p=rare))
        table = cross_table(first.tolist(), second.tolist(), range(k))
        found = cohen_kappa(table, weights)
        if found.value is None:
            assert len(set(first) | set(second)) == 1
            continue
        expected = cohens_kappa(table, wt=None if kind is None else kind)
        assert found.value == pytest.approx(expected.kappa)
        assert found.value == pytest.approx(
            cohen_kappa_score(first, second, weights=kind, labels=list(range(k)))
        )
        if found.interval is not None:
            compared += 1
            assert (found.interval.low, found.interval.high) == pytest.approx(
                (expected.kappa_low, expected.kappa_upp), abs=1e-9
            )
    assert compared > 150


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([[0, 0], [0, 0]], "nothing was read by both"),
        (
            [[7, 0], [0, 0]],
            "both readers give one and the same answer throughout: agreement by chance is complete",
        ),
    ],
)
def test_what_cannot_be_computed_says_why(table, reason):
    found = cohen_kappa(table)
    assert (found.value, found.reason) == (None, reason)


def test_full_agreement_has_no_interval():
    found = cohen_kappa([[3, 0], [0, 4]])
    assert (found.value, found.interval) == (1, None)
    assert "variance is 0" in found.reason


@pytest.mark.parametrize(
    ("table", "words"), [([[1, 2]], "square"), ([[1, 0.5], [0, 1]], "whole"), ([[1, -1], [0, 1]], "whole")]
)
def test_a_bad_table_is_refused(table, words):
    with pytest.raises(UsageError, match=words):
        cohen_kappa(table)


def test_answers_are_counted_in_pairs():
    table = cross_table(["a", "b", None, "b"], ["a", "a", "a", "b"], ["a", "b"])
    assert table.tolist() == [[1, 0], [1, 1]]
    with pytest.raises(UsageError, match="'c' is not one of a, b"):
        cross_table(["c"], ["a"], ["a", "b"])
    with pytest.raises(UsageError, match="2 answers of the first reader, 1"):
        cross_table(["a", "a"], ["a"], ["a"])


FLEISS = [
    # Fleiss 1971 as in textbooks: 10 subjects, 14 readers, 5 categories; kappa 0.210.
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def test_fleiss_of_a_known_table():
    assert round(fleiss_kappa(FLEISS).value, 3) == 0.210


def test_fleiss_against_statsmodels_and_the_jackknife():
    rng = np.random.default_rng(8)
    for _ in range(200):
        shares = rng.dirichlet([1, 1, 0.3], size=60)
        counts = np.array([rng.multinomial(4, share) for share in shares])
        found = fleiss_kappa(counts)
        assert found.value == pytest.approx(theirs(counts))
    left_out = np.array([fleiss_kappa(np.delete(counts, i, axis=0)).value for i in range(60)])
    jackknife = np.sqrt(59 / 60 * ((left_out - left_out.mean()) ** 2).sum())
    error = (found.interval.high - found.interval.low) / (2 * 1.959964)
    assert error == pytest.approx(jackknife, rel=0.05)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        (np.zeros((0, 2)), "there are no subjects"),
        ([[1, 0], [0, 1]], "agreement needs two readers"),
        (
            [[3, 0], [3, 0]],
            "all readers give one and the same answer throughout: agreement by chance is complete",
        ),
    ],
)
def test_fleiss_says_why_not(counts, reason):
    found = fleiss_kappa(counts)
    assert (found.value, found.reason) == (None, reason)


def test_fleiss_of_one_subject_and_of_full_agreement_has_no_interval():
    assert fleiss_kappa([[2, 1]]).reason == "an interval needs two subjects"
    full = fleiss_kappa([[3, 0], [0, 3]])
    assert (full.value, full.interval) == (1, None)


def test_fleiss_refuses_different_numbers_of_readers():
    with pytest.raises(UsageError, match="same number of readers"):
        fleiss_kappa([[2, 1], [1, 1]])

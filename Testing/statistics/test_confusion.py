"""What is read off a 2 x 2 table, against the published ones."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, class_likelihood_ratios, precision_recall_fscore_support

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.statistics.confusion import ConfusionMatrix, confusion_matrix, diagnostic_accuracy
from HematomaExpansionLib.statistics.proportion import ProportionMethod

WITH, WITHOUT = 22, 55
"""Zhong 2021, Table 2."""


@pytest.mark.parametrize(
    ("marker", "tp", "fp", "positive", "negative"),
    [
        ("hypodensity", 17, 27, 0.6296, 0.1786),
        ("black hole", 8, 4, 2.0000, 0.2745),
        ("swirl", 19, 25, 0.7600, 0.1000),
        ("blend", 4, 9, 0.4444, 0.3913),
        ("fluid level", 5, 4, 1.2500, 0.3333),
        ("irregular", 16, 34, 0.4706, 0.2857),
        ("heterogeneous", 16, 18, 0.8889, 0.1622),
        ("volume", 11, 9, 1.2222, 0.2391),
        ("BAT", 8, 13, 0.6154, 0.3333),
        ("CNN", 20, 23, 0.8696, 0.0625),
    ],
)
def test_prevalence_weighted_likelihood_ratios_are_zhong_2021_table_2(marker, tp, fp, positive, negative):
    found = diagnostic_accuracy(ConfusionMatrix(tp, fp, WITH - tp, WITHOUT - fp))
    assert round(found.prevalence_weighted_lr_positive.value, 4) == positive
    assert round(found.prevalence_weighted_lr_negative.value, 4) == negative
    # What the paper prints as LR is not the conventional ratio: that is larger by the odds of the prevalence.
    assert found.conventional_lr_positive.value == pytest.approx(positive * WITHOUT / WITH, abs=2e-4)
    assert found.conventional_lr_negative.value == pytest.approx(negative * WITHOUT / WITH, abs=2e-4)


def test_conventional_likelihood_ratios_of_zhongs_network():
    found = diagnostic_accuracy(ConfusionMatrix(20, 23, 2, 32))
    assert round(found.conventional_lr_positive.value, 3) == 2.174
    assert round(found.conventional_lr_negative.value, 3) == 0.156
    assert found.conventional_lr_positive.method == "conventional likelihood ratio"
    assert "prevalence-weighted" in found.prevalence_weighted_lr_positive.method


def test_likelihood_ratio_interval_by_hand():
    """ln(2.1739) +- 1.96 sqrt(1/20 - 1/22 + 1/23 - 1/55) = 0.7765 +- 0.3382."""
    interval = diagnostic_accuracy(ConfusionMatrix(20, 23, 2, 32)).conventional_lr_positive.interval
    assert (interval.low, interval.high) == pytest.approx((1.550, 3.049), abs=2e-3)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        # Ning 2025, Table 3: ResNet-101, external.
        (ConfusionMatrix(51, 22, 29, 117), (0.7671, 0.6375, 0.8417, 0.6986, 0.8014, 0.6667)),
        # BRAIN, external: 28 / 52 / 17 / 122.
        (ConfusionMatrix(28, 17, 52, 122), (0.6849, 0.3500, 0.8777, 0.6222, 0.7011, 0.4480)),
    ],
)
def test_ning_2025_table_3(matrix, expected):
    found = diagnostic_accuracy(matrix)
    measures = (found.accuracy, found.sensitivity, found.specificity, found.ppv, found.npv, found.f1)
    assert tuple(round(measure.value, 4) for measure in measures) == expected


@pytest.mark.parametrize(("tp", "fp", "precision", "recall"), [(19, 2, 0.905, 0.792), (18, 3, 0.857, 0.750)])
def test_lu_2024_table_2(tp, fp, precision, recall):
    found = diagnostic_accuracy(ConfusionMatrix(tp, fp, 24 - tp, 76 - fp))
    assert (round(found.ppv.value, 3), round(found.sensitivity.value, 3)) == (precision, recall)


def test_zhongs_intervals_are_wilson_with_correction():
    found = diagnostic_accuracy(ConfusionMatrix(17, 27, 5, 28), ProportionMethod.WILSON_CORRECTED)
    assert (round(found.sensitivity.interval.low, 3), round(found.sensitivity.interval.high, 3)) == (
        0.542,
        0.913,
    )


def test_a_ratio_of_nothing_is_not_available():
    found = diagnostic_accuracy(ConfusionMatrix(0, 0, 24, 76))
    assert (found.ppv.value, found.ppv.reason) == (None, "no test is positive")
    assert found.ppv.text() == "not available"
    assert found.prevalence_weighted_lr_positive.reason == "no test is positive"
    assert found.conventional_lr_positive.reason == "no false positive: the ratio is infinite"
    assert found.sensitivity.value == 0
    assert found.f1.value == 0
    assert found.conventional_lr_negative.value == 1


@pytest.mark.parametrize(
    ("matrix", "measure", "reason"),
    [
        (ConfusionMatrix(0, 0, 0, 0), "accuracy", "there are no patients"),
        (ConfusionMatrix(0, 3, 0, 4), "sensitivity", "no patient has the outcome"),
        (ConfusionMatrix(3, 0, 4, 0), "specificity", "no patient is without the outcome"),
        (ConfusionMatrix(3, 4, 0, 0), "npv", "no test is negative"),
        (ConfusionMatrix(0, 0, 0, 4), "f1", "no patient has the outcome and no test is positive"),
        (
            ConfusionMatrix(3, 0, 4, 5),
            "prevalence_weighted_lr_positive",
            "no false positive: the ratio is infinite",
        ),
        (ConfusionMatrix(3, 1, 0, 0), "conventional_lr_negative", "no true negative: the ratio is infinite"),
        (ConfusionMatrix(0, 3, 0, 4), "conventional_lr_positive", "no patient has the outcome"),
        (ConfusionMatrix(1, 0, 0, 0), "prevalence_weighted_lr_negative", "no test is negative"),
    ],
)
def test_what_cannot_be_computed_says_why(matrix, measure, reason):
    found = getattr(diagnostic_accuracy(matrix), measure)
    assert (found.value, found.interval, found.reason) == (None, None, reason)


def test_a_ratio_of_zero_has_no_log_interval():
    found = diagnostic_accuracy(ConfusionMatrix(0, 2, 5, 3)).conventional_lr_positive
    assert (found.value, found.interval) == (0, None)
    assert "no interval" in found.reason


def test_f1_interval_follows_the_jaccard_index():
    """TP / (TP + FP + FN) = 51/102; Wilson [.4046, .5954]; 2 j / (1 + j)."""
    found = diagnostic_accuracy(ConfusionMatrix(51, 22, 29, 117)).f1
    assert (found.interval.low, found.interval.high) == pytest.approx((0.5761, 0.7464), abs=2e-4)


def test_counting_leaves_out_what_is_missing():
    found = confusion_matrix([1, 1, 0, 0, None, 1], [1, 0, 1, 0, 1, np.nan])
    assert found == ConfusionMatrix(1, 1, 1, 1, missing=2)
    assert diagnostic_accuracy(found).accuracy.missing == 2


@pytest.mark.parametrize(
    ("outcome", "test", "words"),
    [
        ([1, 0], [0.4, 1], r"0\.4 is neither 0 nor 1; apply a threshold first"),
        ([1, 2], [1, 1], "outcome: 2 is neither 0 nor 1"),
        ([1, 0], [1], "different length: 2, 1 rows"),
        (["1", "0"], [1, 0], "must be numbers, not text"),
        ([[1, 0]], [1, 0], "must be one column"),
        ([1, 0], [np.inf, 0], "infinite in row 0"),
        ([1, object()], [1, 0], "must be numbers"),
    ],
)
def test_bad_input_is_refused(outcome, test, words):
    with pytest.raises(UsageError, match=words):
        confusion_matrix(outcome, test)


def test_a_negative_count_is_refused():
    with pytest.raises(UsageError, match="-1 is not a count"):
        ConfusionMatrix(1, -1, 0, 0)


def test_against_scikit_learn():
    rng = np.random.default_rng(3)
    compared = 0
    for _ in range(200):
        outcome = rng.random(40) < rng.choice([0.05, 0.3, 0.95])
        positive = rng.random(40) < rng.choice([0.05, 0.5, 0.95])
        found = diagnostic_accuracy(confusion_matrix(outcome, positive))
        assert found.accuracy.value == pytest.approx(accuracy_score(outcome, positive))
        precision, recall, f1, _ = precision_recall_fscore_support(
            outcome, positive, labels=[False, True], zero_division=np.nan
        )
        for measure, theirs in (
            (found.sensitivity, recall[1]),
            (found.ppv, precision[1]),
            (found.f1, f1[1]),
            (found.specificity, recall[0]),
            (found.npv, precision[0]),
        ):
            assert (np.nan if measure.value is None else measure.value) == pytest.approx(theirs, nan_ok=True)
        ratios = found.conventional_lr_positive.value, found.conventional_lr_negative.value
        if None not in ratios:
            compared += 1
            assert ratios == pytest.approx(class_likelihood_ratios(outcome, positive))
    assert compared > 100

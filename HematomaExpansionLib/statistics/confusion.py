"""The 2 x 2 table of a test against the outcome, and what is read off it."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from math import exp, log, sqrt
from typing import TYPE_CHECKING

from ..errors import UsageError
from .interval import LEVEL, Estimate, Interval, normal_quantile
from .proportion import ProportionMethod, proportion
from .samples import complete

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class ConfusionMatrix:
    """Counts of patients.

    Attributes:
        true_positives: with the outcome, test positive.
        false_positives: without the outcome, test positive.
        false_negatives: with the outcome, test negative.
        true_negatives: without the outcome, test negative.
        missing: left out because the outcome or the test is unknown.

    Raises:
        UsageError: a negative count.
    """

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    missing: int = 0

    def __post_init__(self) -> None:
        """Refuse negative counts."""
        for field in fields(self):
            if getattr(self, field.name) < 0:
                raise UsageError(f"{field.name}: {getattr(self, field.name)} is not a count")

    @property
    def n(self) -> int:
        """All patients counted."""
        return self.true_positives + self.false_positives + self.false_negatives + self.true_negatives


def confusion_matrix(outcome: "ArrayLike", positive: "ArrayLike") -> ConfusionMatrix:
    """Count the patients of a test.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        positive: whether the test is positive: 0 or 1, None or NaN where unknown.

    Raises:
        UsageError: lengths differ, or a value is neither 0 nor 1.
    """
    samples = complete(outcome, positive)
    (said,) = samples.columns
    wrong = said[(said != 0) & (said != 1)]
    if wrong.size:
        raise UsageError(f"test: {wrong[0]:g} is neither 0 nor 1; apply a threshold first")
    test = said == 1
    return ConfusionMatrix(
        true_positives=int((samples.outcome & test).sum()),
        false_positives=int((~samples.outcome & test).sum()),
        false_negatives=int((samples.outcome & ~test).sum()),
        true_negatives=int((~samples.outcome & ~test).sum()),
        missing=samples.missing,
    )


@dataclass(frozen=True)
class DiagnosticAccuracy:
    """What a 2 x 2 table says of a test.

    The two kinds of likelihood ratio answer different questions. The conventional one is a ratio of
    probabilities of the test's result, sensitivity / (1 - specificity), and does not depend on how many have
    the outcome. The prevalence-weighted one (which Zhong 2021, Table 2 prints as LR) is the odds of the
    outcome after the result: TP / FP and FN / TN.

    Attributes:
        matrix: the counts.
        prevalence: of the outcome.
        accuracy: share of right answers.
        sensitivity: recall.
        specificity: of those without the outcome.
        ppv: positive predictive value, precision.
        npv: negative predictive value.
        f1: 2 TP / (2 TP + FP + FN). Its interval is that of TP / (TP + FP + FN), carried over, since F1 is
            an increasing function of it.
        conventional_lr_positive: sensitivity / (1 - specificity).
        conventional_lr_negative: (1 - sensitivity) / specificity.
        prevalence_weighted_lr_positive: TP / FP, the odds of ``ppv``.
        prevalence_weighted_lr_negative: FN / TN, the odds of 1 - ``npv``.
    """

    matrix: ConfusionMatrix
    prevalence: Estimate
    accuracy: Estimate
    sensitivity: Estimate
    specificity: Estimate
    ppv: Estimate
    npv: Estimate
    f1: Estimate
    conventional_lr_positive: Estimate
    conventional_lr_negative: Estimate
    prevalence_weighted_lr_positive: Estimate
    prevalence_weighted_lr_negative: Estimate


def diagnostic_accuracy(
    matrix: ConfusionMatrix, method: ProportionMethod = ProportionMethod.WILSON, level: float = LEVEL
) -> DiagnosticAccuracy:
    """Everything that is read off a 2 x 2 table.

    A ratio whose denominator is 0 is not available: no positive test has no precision, not one of 0.

    Args:
        matrix: the counts.
        method: of the intervals of proportions, and of what is a function of one.
        level: coverage.
    """
    tp, fp, fn, tn = (
        matrix.true_positives,
        matrix.false_positives,
        matrix.false_negatives,
        matrix.true_negatives,
    )

    def share(count: int, of: int, nothing: str) -> Estimate:
        return replace(proportion(count, of, method, level, nothing), missing=matrix.missing)

    return DiagnosticAccuracy(
        matrix=matrix,
        prevalence=share(tp + fn, matrix.n, "there are no patients"),
        accuracy=share(tp + tn, matrix.n, "there are no patients"),
        sensitivity=share(tp, tp + fn, "no patient has the outcome"),
        specificity=share(tn, tn + fp, "no patient is without the outcome"),
        ppv=share(tp, tp + fp, "no test is positive"),
        npv=share(tn, tn + fn, "no test is negative"),
        f1=_carried(
            share(tp, tp + fp + fn, "no patient has the outcome and no test is positive"),
            lambda jaccard: 2 * jaccard / (1 + jaccard),
            "F1",
        ),
        conventional_lr_positive=_conventional(
            (tp, tp + fn), (fp, fp + tn), matrix, level, "no false positive"
        ),
        conventional_lr_negative=_conventional(
            (fn, tp + fn), (tn, fp + tn), matrix, level, "no true negative"
        ),
        prevalence_weighted_lr_positive=_odds(share(tp, tp + fp, "no test is positive"), "no false positive"),
        prevalence_weighted_lr_negative=_odds(share(fn, fn + tn, "no test is negative"), "no true negative"),
    )


def _carried(found: Estimate, function: Callable[[float], float], method: str) -> Estimate:
    """An increasing function of an estimate and of both ends of its interval."""
    value = None if found.value is None else function(found.value)
    interval = found.interval
    if interval is not None:
        interval = replace(interval, low=function(interval.low), high=function(interval.high))
    return replace(found, value=value, interval=interval, method=method)


def _odds(share: Estimate, never: str) -> Estimate:
    method = "prevalence-weighted likelihood ratio (odds of the outcome after the result)"
    if share.value == 1:
        reason = f"{never}: the ratio is infinite"
        return Estimate.unavailable(method, share.n, reason, share.missing)
    return _carried(share, _to_odds, method)


def _to_odds(probability: float) -> float:
    return probability / (1 - probability)


def _conventional(
    with_outcome: tuple[int, int], without: tuple[int, int], matrix: ConfusionMatrix, level: float, never: str
) -> Estimate:
    """Ratio of two shares with the log interval of Simel (J Clin Epidemiol 1991;44:763)."""
    method = "conventional likelihood ratio"
    (count, of), (other, of_other) = with_outcome, without
    if of == 0 or of_other == 0:
        reason = "no patient has the outcome" if of == 0 else "no patient is without the outcome"
        return Estimate.unavailable(method, matrix.n, reason, matrix.missing)
    if other == 0:
        return Estimate.unavailable(method, matrix.n, f"{never}: the ratio is infinite", matrix.missing)
    ratio = (count / of) / (other / of_other)
    if count == 0:
        reason = "the ratio is 0, whose logarithm has no interval"
        return Estimate(ratio, None, method, matrix.n, matrix.missing, reason)
    reach = normal_quantile(level) * sqrt(1 / count - 1 / of + 1 / other - 1 / of_other)
    interval = Interval(exp(log(ratio) - reach), exp(log(ratio) + reach), level, "log (Simel 1991)")
    return Estimate(ratio, interval, method, matrix.n, matrix.missing)

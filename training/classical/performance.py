"""How good models are, by set: the numbers every table of the papers is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.statistics.confusion import (
    ConfusionMatrix,
    DiagnosticAccuracy,
    confusion_matrix,
    diagnostic_accuracy,
)
from HematomaExpansionLib.statistics.interval import Estimate
from HematomaExpansionLib.statistics.proportion import ProportionMethod
from HematomaExpansionLib.statistics.roc import AucInterval, auc

from .fitted import Fitted


@dataclass(frozen=True)
class Performance:
    """One model on one set.

    Attributes:
        auc: with its interval.
        accuracy: at the locked threshold; None for a model without one.
    """

    auc: Estimate
    accuracy: DiagnosticAccuracy | None


def outcomes(patients: Sequence[Patient]) -> list[int]:
    """1 with expansion and 0 without."""
    return [int(patient.expansion is True) for patient in patients]


def matrix(model: Fitted, patients: Sequence[Patient]) -> ConfusionMatrix | None:
    """Counts at the locked threshold; patients without a probability are missing."""
    if model.threshold is None:
        return None
    positive = [model.threshold.reached_by(probability) for probability in model.of(patients)]
    return confusion_matrix(outcomes(patients), [None if one is None else int(one) for one in positive])


def performance(
    model: Fitted,
    patients: Sequence[Patient],
    method: ProportionMethod = ProportionMethod.WILSON,
    interval: AucInterval = AucInterval.DELONG,
) -> Performance:
    """Measure a model on patients.

    Args:
        model: fitted.
        patients: of one set.
        method: of the intervals of proportions, as the paper's.
        interval: of the AUC, likewise.
    """
    counts = matrix(model, patients)
    return Performance(
        auc(outcomes(patients), model.of(patients), interval),
        None if counts is None else diagnostic_accuracy(counts, method),
    )

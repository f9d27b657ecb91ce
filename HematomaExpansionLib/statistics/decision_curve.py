"""Decision curves (Vickers and Elkin, Med Decis Making 2006;26:565)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from .samples import complete_probabilities

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

THRESHOLDS = tuple(round(0.01 * step, 2) for step in range(1, 100))


@dataclass(frozen=True)
class DecisionCurve:
    """Net benefit over the thresholds at which one would treat; that of treating nobody is 0.

    Attributes:
        thresholds: probabilities, above 0 and below 1.
        net_benefit: of treating those whose predicted risk reaches the threshold.
        treat_all: of treating everybody.
        n: patients.
        missing: left out for a missing value.
        reason: why there is no curve; None where there is one.
    """

    thresholds: tuple[float, ...]
    net_benefit: tuple[float, ...]
    treat_all: tuple[float, ...]
    n: int
    missing: int = 0
    reason: str | None = None


def decision_curve(
    outcome: "ArrayLike", probability: "ArrayLike", thresholds: Sequence[float] = THRESHOLDS
) -> DecisionCurve:
    """Net benefit: TP / n - FP / n x threshold / (1 - threshold).

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        probability: 0-1, None or NaN where missing.
        thresholds: at which to compute it.

    Raises:
        UsageError: a threshold outside 0-1, or see :func:`.samples.complete_probabilities`.
    """
    outside = [each for each in thresholds if not 0 < each < 1]
    if outside:
        raise UsageError(f"threshold probability {outside[0]:g}: must lie between 0 and 1")
    samples = complete_probabilities(outcome, probability)
    if samples.n == 0:
        return DecisionCurve(tuple(thresholds), (), (), 0, samples.missing, samples.one_class)
    cuts = np.asarray(thresholds, dtype=np.float64)
    odds = cuts / (1 - cuts)
    treated = samples.columns[0] >= cuts[:, None]
    true = (treated & samples.outcome).mean(axis=1)
    false = (treated & ~samples.outcome).mean(axis=1)
    share = samples.outcome.mean()
    return DecisionCurve(
        thresholds=tuple(thresholds),
        net_benefit=tuple(map(float, true - false * odds)),
        treat_all=tuple(map(float, share - (1 - share) * odds)),
        n=samples.n,
        missing=samples.missing,
    )

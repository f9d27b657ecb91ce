"""What a new model adds to an old one: NRI and IDI (Pencina, Stat Med 2008;27:157)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from .interval import LEVEL, Estimate, two_sided_p, wald_interval
from .samples import complete_probabilities
from .significance import SignificanceTest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Moved:
    """Patients of one kind whom the new model moved.

    Attributes:
        up: to a higher risk.
        down: to a lower one.
        of: all of that kind, moved or not.

    Raises:
        UsageError: counts that are negative, or more than there are.
    """

    up: int
    down: int
    of: int

    def __post_init__(self) -> None:
        """Refuse impossible counts."""
        if min(self.up, self.down) < 0 or self.up + self.down > self.of:
            raise UsageError(f"{self.up} up and {self.down} down of {self.of} are not counts of patients")


@dataclass(frozen=True)
class NetReclassification:
    """Net reclassification improvement.

    Attributes:
        total: ``with_outcome`` + ``without``, from -2 to 2: not a share of patients.
        with_outcome: (up - down) / patients with the outcome.
        without: (down - up) / patients without.
        test: of no improvement; its statistic is z.
    """

    total: Estimate
    with_outcome: Estimate
    without: Estimate
    test: SignificanceTest


@dataclass(frozen=True)
class IntegratedDiscrimination:
    """Integrated discrimination improvement, with the test of no improvement (z)."""

    estimate: Estimate
    test: SignificanceTest


def net_reclassification(
    outcome: "ArrayLike",
    old: "ArrayLike",
    new: "ArrayLike",
    cuts: Sequence[float] | None = None,
    level: float = LEVEL,
) -> NetReclassification:
    """NRI of two models' probabilities.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        old: probabilities of the old model, 0-1.
        new: of the new.
        cuts: risks at which the next category begins; None for the category-free NRI (Stat Med 2011;30:11),
            where every change of the probability counts.
        level: coverage.

    Raises:
        UsageError: see :func:`.samples.complete_probabilities`.
    """
    samples = complete_probabilities(outcome, old, new)
    before, after = samples.columns
    if cuts is not None:
        before, after = (_category(risks, cuts) for risks in (before, after))
    with_outcome, without = (
        Moved(int((after > before)[who].sum()), int((after < before)[who].sum()), int(who.sum()))
        for who in (samples.outcome, ~samples.outcome)
    )
    kind = "category-free NRI" if cuts is None else "NRI"
    return reclassification_of_counts(with_outcome, without, kind, samples.missing, level)


def _category(risks: "NDArray[np.float64]", cuts: Sequence[float]) -> "NDArray[np.float64]":
    return np.searchsorted(sorted(cuts), risks, side="right").astype(np.float64)


def reclassification_of_counts(
    with_outcome: Moved, without: Moved, kind: str = "NRI", missing: int = 0, level: float = LEVEL
) -> NetReclassification:
    """NRI of counts, as papers print them.

    The test takes as many up as down for its variance, (up + down) / n^2 (Pencina 2008, equation 9); the
    intervals do not.

    Args:
        with_outcome: patients with the outcome.
        without: and without.
        kind: what it is called.
        missing: patients left out.
        level: coverage.
    """
    n = with_outcome.of + without.of
    if 0 in (with_outcome.of, without.of):
        who = "with" if with_outcome.of == 0 else "without"
        reason = f"there is no patient {who} the outcome" if n else "there are no patients"
        none = Estimate.unavailable(kind, n, reason, missing)
        return NetReclassification(none, none, none, SignificanceTest.unavailable(kind, n, reason))
    gains = [(m.up - m.down) / m.of for m in (with_outcome, without)]
    spreads = [
        ((m.up + m.down) / m.of - gain**2) / m.of
        for m, gain in zip((with_outcome, without), gains, strict=True)
    ]

    def around(value: float, variance: float, of: int, name: str) -> Estimate:
        if variance <= 0:
            reason = "all moved alike, or none, so that there is no interval"
            return Estimate(value, None, name, of, missing, reason)
        return Estimate(value, wald_interval(value, sqrt(variance), level), name, of, missing)

    total = gains[0] - gains[1]
    null = (with_outcome.up + with_outcome.down) / with_outcome.of**2
    null += (without.up + without.down) / without.of**2
    test = (
        SignificanceTest(total / sqrt(null), two_sided_p(total / sqrt(null)), kind, n)
        if null
        else SignificanceTest.unavailable(kind, n, "the new model moves no patient")
    )
    return NetReclassification(
        around(total, sum(spreads), n, kind),
        around(gains[0], spreads[0], with_outcome.of, f"{kind}, with the outcome"),
        around(-gains[1], spreads[1], without.of, f"{kind}, without the outcome"),
        test,
    )


def integrated_discrimination(
    outcome: "ArrayLike", old: "ArrayLike", new: "ArrayLike", level: float = LEVEL
) -> IntegratedDiscrimination:
    """IDI: gain in mean probability of those with the outcome, less that of those without.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        old: probabilities of the old model, 0-1.
        new: of the new.
        level: coverage.

    Raises:
        UsageError: see :func:`.samples.complete_probabilities`.
    """
    samples = complete_probabilities(outcome, old, new)
    n, missing, kind = samples.n, samples.missing, "IDI"
    if samples.one_class:
        return IntegratedDiscrimination(
            Estimate.unavailable(kind, n, samples.one_class, missing),
            SignificanceTest.unavailable(kind, n, samples.one_class),
        )
    gain = samples.columns[1] - samples.columns[0]
    parts = gain[samples.outcome], gain[~samples.outcome]
    value = float(parts[0].mean() - parts[1].mean())
    reason = "a variance needs two patients with the outcome and two without"
    if min(map(len, parts)) > 1:
        variance = sum(float(part.var(ddof=1)) / len(part) for part in parts)
        if variance > 1e-18:
            z = value / sqrt(variance)
            return IntegratedDiscrimination(
                Estimate(value, wald_interval(value, sqrt(variance), level), kind, n, missing),
                SignificanceTest(z, two_sided_p(z), kind, n),
            )
        reason = "the new model changes every probability alike"
    return IntegratedDiscrimination(
        Estimate(value, None, kind, n, missing, reason), SignificanceTest.unavailable(kind, n, reason)
    )

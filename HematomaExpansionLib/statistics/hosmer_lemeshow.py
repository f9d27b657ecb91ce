"""The goodness-of-fit test of Hosmer and Lemeshow (Commun Stat Theory Methods 1980;9:1043)."""

from typing import TYPE_CHECKING

from .risk_groups import GROUPS, risk_groups
from .samples import complete_probabilities
from .significance import SignificanceTest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_METHOD = "Hosmer-Lemeshow test"


def hosmer_lemeshow(
    outcome: "ArrayLike", probability: "ArrayLike", *, fitted_on_these: bool, groups: int = GROUPS
) -> SignificanceTest:
    """Observed against expected counts in groups of risk.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        probability: 0-1, None or NaN where missing.
        fitted_on_these: whether the model was fitted on these patients, which costs two degrees of freedom:
            groups - 2; on others there are as many as groups.
        groups: at most how many; ties make fewer.

    Raises:
        UsageError: see :func:`.samples.complete_probabilities`.
    """
    from scipy.stats import chi2

    samples = complete_probabilities(outcome, probability)
    if samples.one_class:
        return SignificanceTest.unavailable(_METHOD, samples.n, samples.one_class)
    (risks,) = samples.columns
    parts = risk_groups(risks, groups)
    freedom = len(parts) - 2 * fitted_on_these
    if freedom < 1:
        reason = f"the predictions make {len(parts)} groups, which leaves no degree of freedom"
        return SignificanceTest.unavailable(_METHOD, samples.n, reason)
    statistic = 0.0
    for part in parts:
        observed, expected = float(samples.outcome[part].sum()), float(risks[part].sum())
        variance = expected * (1 - expected / part.sum())
        if variance == 0 and observed != expected:
            reason = "a group predicted with certainty turned out otherwise"
            return SignificanceTest.unavailable(_METHOD, samples.n, reason)
        statistic += (observed - expected) ** 2 / variance if variance else 0.0
    return SignificanceTest(statistic, float(chi2.sf(statistic, freedom)), _METHOD, samples.n, freedom)

"""Two tests of the same patients compared by McNemar (Psychometrika 1947;12:153)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from .samples import complete
from .significance import SignificanceTest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class McNemarMethod(StrEnum):
    """How the p-value is found."""

    EXACT = "McNemar, exact binomial"
    CHI_SQUARED = "McNemar, chi-squared"
    CORRECTED = "McNemar, chi-squared with continuity correction"


class Among(StrEnum):
    """Whose right answers are compared."""

    ALL = "accuracy"
    WITH_OUTCOME = "sensitivity"
    WITHOUT_OUTCOME = "specificity"


@dataclass(frozen=True)
class PairedComparison:
    """Right answers of two tests of the same patients.

    Attributes:
        among: which share of right answers is compared.
        both: patients in whom both are right.
        first_only: the first only.
        second_only: the second only.
        neither: none.
        missing: patients left out for a missing value.
        test: of no difference.
    """

    among: Among
    both: int
    first_only: int
    second_only: int
    neither: int
    missing: int
    test: SignificanceTest


def mcnemar(table: "ArrayLike", method: McNemarMethod = McNemarMethod.EXACT) -> SignificanceTest:
    """Test of the discordant pairs of a 2 x 2 table, by statsmodels.

    Args:
        table: counts ``[first, second]``, both in the same order.
        method: of the p-value.

    Raises:
        UsageError: not a 2 x 2 table of counts.
    """
    counts = np.asarray(table)
    if counts.shape != (2, 2) or counts.dtype.kind not in "iu" or (counts < 0).any():
        raise UsageError("McNemar's test needs a 2 x 2 table of whole counts")
    n = int(counts.sum())
    if counts[0, 1] + counts[1, 0] == 0:
        return SignificanceTest.unavailable(method, n, "the two never differ")
    from statsmodels.stats.contingency_tables import mcnemar as test

    exact = method is McNemarMethod.EXACT
    found = test(counts, exact=exact, correction=method is McNemarMethod.CORRECTED)
    statistic = None if exact else float(found.statistic)
    return SignificanceTest(statistic, float(found.pvalue), method, n, None if exact else 1)


def compare_predictions(
    outcome: "ArrayLike",
    first: "ArrayLike",
    second: "ArrayLike",
    among: Among = Among.ALL,
    method: McNemarMethod = McNemarMethod.EXACT,
) -> PairedComparison:
    """Compare the accuracy, sensitivity or specificity of two tests.

    Args:
        outcome: 0 or 1, None or NaN where unknown.
        first: whether the first test is positive: 0 or 1, None or NaN where unknown.
        second: the same of the second.
        among: what to compare.
        method: of the p-value.

    Raises:
        UsageError: lengths differ, or a value is neither 0 nor 1.
    """
    samples = complete(outcome, first, second)
    for said in samples.columns:
        wrong = said[(said != 0) & (said != 1)]
        if wrong.size:
            raise UsageError(f"test: {wrong[0]:g} is neither 0 nor 1; apply a threshold first")
    counted = {
        Among.ALL: np.ones(samples.n, dtype=bool),
        Among.WITH_OUTCOME: samples.outcome,
        Among.WITHOUT_OUTCOME: ~samples.outcome,
    }[among]
    one, other = (((said == 1) == samples.outcome)[counted] for said in samples.columns)
    both, first_only = int((one & other).sum()), int((one & ~other).sum())
    second_only, neither = int((~one & other).sum()), int((~one & ~other).sum())
    test = mcnemar([[both, first_only], [second_only, neither]], method)
    return PairedComparison(among, both, first_only, second_only, neither, samples.missing, test)

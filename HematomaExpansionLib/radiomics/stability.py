"""Which features come out alike whoever drew the mask (Ning: those with an ICC above 0.80)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from ..statistics.icc import IccForm, icc
from ..statistics.interval import Estimate
from .features import Features, feature_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

THRESHOLD = 0.80
"""Ning 2025, Methods: "ICC > 0.80"."""


@dataclass(frozen=True)
class Stability:
    """The answer for each feature.

    Attributes:
        stable: names of the features kept, in their order.
        icc: coefficient with its interval, of every feature.
        rejected: why each of the others was not kept.
        threshold: the coefficient had to be larger.
        form: of the coefficient.
        cases: how many were measured.
        ratings: how often each.
    """

    stable: tuple[str, ...]
    icc: Mapping[str, Estimate]
    rejected: Mapping[str, str]
    threshold: float
    form: IccForm
    cases: int
    ratings: int


def stable_features(
    ratings: Sequence[Mapping[str, Features]],
    threshold: float = THRESHOLD,
    form: IccForm = IccForm.TWO_SINGLE,
) -> Stability:
    """Keep the features whose intraclass correlation over repeated masks is above a threshold.

    Ning does not say which coefficient. The default, ICC(2,1), asks for absolute agreement of single readers
    who stand for all readers; for perturbed masks (:mod:`.perturb`), which have no reader in common, take
    ``IccForm.ONE_SINGLE``. As in the paper the estimate is held against the threshold, not its interval.

    Args:
        ratings: features by case, once per reader or perturbation; of training cases only.
        threshold: keep what is larger.
        form: of the coefficient.

    Raises:
        UsageError: fewer than two ratings, or ratings of different cases.
    """
    if len(ratings) < 2:
        raise UsageError(f"stability needs two ratings of each case; there is {len(ratings)}")
    cases = list(ratings[0])
    for number, rating in enumerate(ratings[1:], start=2):
        differing = sorted(set(cases) ^ set(rating))
        if differing:
            raise UsageError(
                f"rating {number} and the first have different cases: {', '.join(differing[:5])}"
            )
    names = list(
        dict.fromkeys(name for rating in ratings for case in rating.values() for name in case.values)
    )
    tables = np.stack(
        [feature_matrix({case: rating[case] for case in cases}, names) for rating in ratings], -1
    )
    found = {name: icc(_scaled(tables[:, index]), form) for index, name in enumerate(names)}
    rejected = {name: reason for name in names if (reason := _reason(found[name], threshold))}
    stable = tuple(name for name in names if name not in rejected)
    return Stability(stable, found, rejected, threshold, form, len(cases), len(ratings))


def _scaled(table: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Features differ in size by twelve orders; the coefficient does not depend on it, its rounding does."""
    known = table[np.isfinite(table)]
    spread = float(known.std()) if known.size else 0.0
    # A spread that is no more than the rounding of the values is none.
    if spread <= 1e-12 * float(np.abs(known).max(initial=0.0)):
        return np.where(np.isfinite(table), 0.0, np.nan)
    scaled: NDArray[np.float64] = (table - known.mean()) / spread
    return scaled


def _reason(estimate: Estimate, threshold: float) -> str:
    """Why a feature is not kept; empty when it is."""
    if estimate.value is None:
        return f"not available: {estimate.reason}"
    return "" if estimate.value > threshold else f"{estimate.value:.2f} is not above {threshold:g}"

"""Whether predictors separate the two outcomes, so that no logit has finite odds ratios."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def separates(design: "NDArray[np.float64]", outcome: "NDArray[np.bool_]") -> bool:
    """Whether some linear combination is nowhere on the wrong side and somewhere on the right one.

    Complete and quasi-complete separation (Albert and Anderson, Biometrika 1984;71:1), by the linear
    programme of Konis (thesis, Oxford 2007).

    Args:
        design: ``[n, columns]``, standardised, its intercept included.
        outcome: ``[n]``.
    """
    from scipy.optimize import linprog

    signed = np.where(outcome, 1.0, -1.0)[:, None] * design
    found = linprog(
        -signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1), method="highs"
    )
    return bool(-found.fun > 1e-7 * len(signed))


def separation(
    design: "NDArray[np.float64]", outcome: "NDArray[np.bool_]", names: Sequence[str]
) -> str | None:
    """The predictors that separate, in words; None where none does.

    Args:
        design: ``[n, 1 + predictors]``, standardised, the intercept first.
        outcome: ``[n]``.
        names: of the predictors.
    """
    if not separates(design, outcome):
        return None
    alone = [name for number, name in enumerate(names, 1) if separates(design[:, [0, number]], outcome)]
    who = " and ".join(alone) if alone else f"{', '.join(names)} together"
    return f"{who} separate{'s' if len(alone) == 1 else ''} patients with and without the outcome"

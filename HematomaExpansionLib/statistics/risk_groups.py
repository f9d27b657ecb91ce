"""Patients in groups of rising predicted risk."""

from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUPS = 10


def risk_groups(probability: "NDArray[np.float64]", groups: int = GROUPS) -> "list[NDArray[np.bool_]]":
    """Split at quantiles; the same prediction is always in the same group, so that ties make fewer groups.

    Args:
        probability: ``[n]``, none missing.
        groups: at most how many.

    Returns:
        For each group which patients are in it, ``[n]``.

    Raises:
        UsageError: fewer than two groups.
    """
    if groups < 2:
        raise UsageError(f"{groups} groups of risk; at least two are needed")
    if not probability.size:
        return []
    edges = np.unique(np.quantile(probability, np.arange(1, groups) / groups))
    index = np.searchsorted(edges, probability, side="left")
    return [index == group for group in np.unique(index)]

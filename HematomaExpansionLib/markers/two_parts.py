"""A clot as two densities: the split that the blend sign and the fluid level start from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class TwoParts:
    """Voxels of a region by density.

    Attributes:
        limit_hu: Otsu's threshold; the low part is at or below it.
        low: bool, the low part.
        high: bool, the rest.
    """

    limit_hu: float
    low: "NDArray[np.bool_]"
    high: "NDArray[np.bool_]"


def two_parts(hu: "NDArray[np.float32]", region: "NDArray[np.bool_]") -> TwoParts | None:
    """Split a region of any shape by Otsu's threshold; None when it is of one density or empty."""
    values = hu[region]
    if values.size < 2 or float(np.ptp(values)) == 0.0:
        return None
    counts, edges = np.histogram(values, bins=256)
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)[:-1]
    above = values.size - below
    sums = np.cumsum(counts * middles)
    means = sums[:-1] / below, (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    between = below * above * (means[0] - means[1]) ** 2
    # Of equal splits, as between two exact densities, the middle one.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    limit = float(edges[1 + best[len(best) // 2]])
    low = region & (hu <= limit)
    return TwoParts(limit, low, region & ~low)

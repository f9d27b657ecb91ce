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


def two_parts(hu: "NDArray[np.float32]", region: "NDArray[np.bool_]") -> tuple[TwoParts, ...]:
    """Split a region of any shape at up to three limits; empty when it is of one density.

    The first is Otsu's threshold; the others are those of its two sides, for a clot that has holes beside two
    large parts has three densities.
    """
    values = hu[region]
    first = otsu_hu(values)
    if first is None:
        return ()
    limits = [first, otsu_hu(values[values > first]), otsu_hu(values[values <= first])]
    splits = []
    for limit in limits:
        if limit is not None:
            low = region & (hu <= limit)
            splits.append(TwoParts(limit, low, region & ~low))
    return tuple(splits)


def otsu_hu(values: "NDArray[np.float32]") -> float | None:
    """The threshold that parts two classes best (Otsu 1979); None when all values are the same.

    ``SimpleITK`` has it for images and their rectangular parts; here the values are those of a mask.
    """
    if values.size < 2 or float(np.ptp(values)) == 0.0:
        return None
    counts, edges = np.histogram(values, bins=256)
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)[:-1]
    above = values.size - below
    sums = np.cumsum(counts * middles)
    between = below * above * (sums[:-1] / below - (sums[-1] - sums[:-1]) / np.maximum(above, 1)) ** 2
    # Of equal splits, as between two exact densities, the middle one.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float(edges[1 + best[len(best) // 2]])

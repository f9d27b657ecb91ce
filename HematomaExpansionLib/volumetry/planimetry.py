"""Volume from the areas on the slices and the positions of the slices."""

from typing import TYPE_CHECKING

import numpy as np

from ..errors import GeometryError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def planimetry_ml(areas_mm2: "ArrayLike", positions_mm: "ArrayLike") -> float:
    """Sum over the slices of area x slice distance, in mL; right for uneven stacks too.

    A slice stands for the space half-way to each neighbour. The first and the last slice of the stack have
    one neighbour, and count as if another lay as far on their other side; so an even stack of n slices at
    distance d has the height n x d.

    Args:
        areas_mm2: ``[n]`` area on each slice of the stack, those without blood (0) included.
        positions_mm: ``[n]`` positions along the slice normal, ascending or descending.

    Raises:
        GeometryError: fewer than two slices, lengths that differ, or positions that are not in order.
    """
    areas = np.asarray(areas_mm2, dtype=np.float64)
    positions = np.asarray(positions_mm, dtype=np.float64)
    if areas.ndim != 1 or areas.shape != positions.shape or areas.size < 2:
        raise GeometryError(
            f"planimetry: {areas.size} areas and {positions.size} positions; "
            "as many of both, at least 2, are needed"
        )
    steps = np.diff(positions)
    if not (np.all(steps > 0) or np.all(steps < 0)):
        raise GeometryError("planimetry: slice positions must ascend or descend without a repeat")
    steps = np.abs(steps)
    heights = (np.concatenate([steps[:1], steps]) + np.concatenate([steps, steps[-1:]])) / 2
    return float(areas @ heights) / 1000.0

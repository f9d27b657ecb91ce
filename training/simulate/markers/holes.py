"""Encapsulated regions of low density: hypodensities, black holes, foci of a heterogeneous clot."""

from typing import TYPE_CHECKING, Literal

import numpy as np

from .part import Body

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Clot round a hole, mm, so that neither slices nor the closing of masks open it.
RIM_MM = 3.0
# A walk strays so far from the middle, and its steps are so wide, as shares of the radius of a hole.
_STRAY, _STEP_WIDTH, _STEPS = 0.35, 0.65, 5


def hole(
    body: Body,
    free: "NDArray[np.bool_]",
    size_mm: tuple[float, float],
    at_level: bool,
    family: Literal["lobes", "walk"],
    rng: np.random.Generator,
) -> "NDArray[np.bool_] | None":
    """Find a place for a hole with a rim of clot on all sides.

    ``lobes``: round on a slice. ``walk``: discs along a short random walk. Both are steep at top and bottom,
    so that a thick slice through the middle holds nothing else.

    Args:
        body: the clot.
        free: bool ``[z, y, x]``, where hole and rim may be.
        size_mm: radius on a slice, and half the height.
        at_level: put its middle on the slice of the largest area.
        family: its form.
        rng: the generator.

    Returns:
        bool ``[z, y, x]``; None where there is no place.
    """
    from scipy import ndimage

    radius, half_height = size_mm
    reach = (half_height + RIM_MM, radius + RIM_MM, radius + RIM_MM)
    scale = [spacing / extent for spacing, extent in zip(body.spacing_mm, reach, strict=True)]
    possible = np.zeros_like(free)
    levels = slice(body.level, body.level + 1) if at_level else slice(None)
    possible[levels] = (ndimage.distance_transform_edt(free, sampling=scale) >= 1)[levels]
    places = np.argwhere(possible)
    if not places.size:
        return None
    z, y, x = body.offsets_mm(places[rng.integers(len(places))])
    flat = np.maximum(1 - (z / half_height) ** 4, 0)
    if family == "lobes":
        long, turn = rng.uniform(0.8, 1.0), rng.uniform(0, np.pi)
        along, across = np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x
        return np.asarray(along**2 + (across / long) ** 2 < radius**2 * flat)
    inside = np.zeros_like(free)
    point = np.zeros(2)
    for _ in range(_STEPS):
        inside |= (y - point[0]) ** 2 + (x - point[1]) ** 2 < (_STEP_WIDTH * radius) ** 2 * flat
        point = point + rng.normal(0, 0.3 * radius, 2)
        point *= min(1.0, _STRAY * radius / max(float(np.hypot(*point)), 1e-6))
    return inside

"""Fluid level: blood settles; above one straight, horizontal line the clot is less dense than below."""

from typing import TYPE_CHECKING

import numpy as np

from .part import Body

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SHARE_ABOVE = (0.33, 0.45)


def fluid_level(
    body: Body, down: tuple[float, float, float], rng: np.random.Generator
) -> "NDArray[np.bool_]":
    """The upper layer of a clot that has settled along gravity (z, y, x), on beyond the body."""
    z, y, x = body.offsets_mm((0.0, 0.0, 0.0))
    height = -(z * down[0] + y * down[1] + x * down[2])
    return np.asarray(height > np.quantile(height[body.mask], 1 - rng.uniform(*_SHARE_ABOVE)))

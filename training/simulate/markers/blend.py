"""Blend: a low part of the clot beside a dense one, with a clear border; nothing encloses it."""

from typing import TYPE_CHECKING, Literal

import numpy as np

from .part import Body

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Share of the low part. The border is round, seen from so many radii of the clot away.
_SHARE, _AWAY = (0.3, 0.42), (2.0, 3.5)
# The low part lies at least this far (cosine) from straight above or below: else it would be a fluid level.
_LEAST_ASIDE = 0.8
_ROUGH_MM = 1.5


def blend(
    body: Body,
    down: tuple[float, float, float],
    family: Literal["lobes", "walk"],
    rng: np.random.Generator,
) -> "NDArray[np.bool_]":
    """The low part of a clot with a blend sign, on beyond the body.

    All of it is nearer to a point outside the clot, in the plane of the slices, than the border is; so on
    every slice it reaches the margin. The border of ``walk`` is a wavy plane.
    """
    middle = np.argwhere(body.mask).mean(axis=0)
    radius = float(np.cbrt(3 * body.mask.sum() * np.prod(body.spacing_mm) / (4 * np.pi)))
    gravity = np.arctan2(down[1], down[2])
    turn = gravity + rng.choice([-1.0, 1.0]) * (np.pi / 2 + rng.uniform(-1, 1) * np.arccos(_LEAST_ASIDE))
    z, y, x = body.offsets_mm(middle)
    along = y * float(np.sin(turn)) + x * float(np.cos(turn))
    if family == "lobes":
        away = float(rng.uniform(*_AWAY)) * radius
        across = y * float(np.cos(turn)) - x * float(np.sin(turn))
        order = np.sqrt((along - away) ** 2 + across**2 + z**2)
    else:
        start = rng.uniform(0, 2 * np.pi, 2)
        wave = np.sin(y / 3 + start[0]) + np.sin(z / 4 + start[1])
        order = _ROUGH_MM / 2 * wave - along
    return np.asarray(
        order < np.quantile(np.broadcast_to(order, body.mask.shape)[body.mask], rng.uniform(*_SHARE))
    )

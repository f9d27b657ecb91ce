"""The body of a bleed: potentials that fall from 0 at its middle to about -1 at its edge.

Two families that share no mechanism. ``lobes``: a regular bleed is an egg, the norm of several supports; an
irregular one a soft union of ellipsoids. ``walk``: a regular bleed is all that is near a short segment; an
irregular one all that is near a random walk. The potentials of regular bleeds are concave, so whatever
volume they are filled to, the bleed is convex.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from .bleed import BleedSettings

# Deep bleeds are longest from front to back.
_SPREAD = (0.45, 0.6, 0.35)
_LONG = (0.92, 1.15, 0.95)
_POWER = 4.0


def potential_of(
    offsets: list[torch.Tensor],
    reach_mm: float,
    settings: "BleedSettings",
    regular: bool,
    rng: np.random.Generator,
) -> torch.Tensor:
    """Potential of a body.

    Args:
        offsets: coordinates (z, y, x) from its middle, mm, that broadcast to ``[z, y, x]``.
        reach_mm: radius of the sphere of the volume that it is drawn for.
        settings: family and number of lobes.
        regular: whether it shall be convex.
        rng: the generator.

    Returns:
        float32 ``[z, y, x]``.
    """
    if settings.family == "walk":
        return _walk(offsets, reach_mm, 1 if regular else max(3, settings.lobes), rng)
    if regular:
        return _egg(offsets, reach_mm, settings.lobes, rng)
    return _lobes(offsets, reach_mm, settings.lobes, rng)


def _egg(
    offsets: list[torch.Tensor], reach_mm: float, supports: int, rng: np.random.Generator
) -> torch.Tensor:
    """An ellipsoid that several planes flatten, softly; a norm, hence convex."""
    radii = rng.uniform(0.85, 1.15, 3) * _LONG * reach_mm
    total = sum((offset / float(r)) ** 2 for offset, r in zip(offsets, radii, strict=True)) ** (_POWER / 2)
    for _ in range(supports):
        normal = rng.normal(size=3)
        normal /= np.linalg.norm(normal) * reach_mm * rng.uniform(0.85, 1.2)
        along = sum(offset * float(step) for offset, step in zip(offsets, normal, strict=True))
        total = total + along.clamp(min=0) ** _POWER
    return -(total ** (1 / _POWER))


def _lobes(
    offsets: list[torch.Tensor], reach_mm: float, lobes: int, rng: np.random.Generator
) -> torch.Tensor:
    """Ellipsoids that flow into each other."""
    union = torch.full((), 1e-26, device=offsets[0].device)
    for number in range(lobes):
        away = rng.normal(0, _SPREAD) * reach_mm * (number > 0)
        radii = rng.uniform(0.75, 1.1, 3) * reach_mm * (1.0 if number == 0 else 0.75)
        parts = zip(offsets, away, radii, strict=True)
        squared = sum(((offset - float(a)) / float(r)) ** 2 for offset, a, r in parts)
        union = union + torch.exp(-2.0 * squared.clamp(max=29))
    return -((1.0 - torch.log(union) / 2.0).clamp(min=0) ** 0.5)


def _walk(offsets: list[torch.Tensor], reach_mm: float, steps: int, rng: np.random.Generator) -> torch.Tensor:
    """Distance to a walk of straight steps that starts on one side of the middle and turns at each step."""
    direction = rng.normal(size=3) * _LONG
    length = reach_mm * (0.9 if steps == 1 else 2.4 / steps)
    points = [-0.5 * length * direction / np.linalg.norm(direction)]
    for _ in range(steps):
        direction = direction / np.linalg.norm(direction)
        points.append(points[-1] + length * direction)
        direction = direction + 0.9 * rng.normal(size=3)
    nearest = torch.full((), torch.inf, device=offsets[0].device)
    for start, end in pairwise(points):
        step = (end - start) / length
        local = [offset - float(first) for offset, first in zip(offsets, start, strict=True)]
        along = sum(o * float(s) for o, s in zip(local, step, strict=True)).clamp(0, length)
        squared = sum((o - along * float(s)) ** 2 for o, s in zip(local, step, strict=True))
        nearest = torch.minimum(nearest, squared)
    # A walk is thinner than the sphere of its volume.
    return -nearest.sqrt() / (0.8 * reach_mm)

"""Calcifications: denser than any blood, and where the inexperienced see blood."""

from dataclasses import dataclass

import numpy as np

from .canvas import Canvas
from .fields import smooth_noise


@dataclass(frozen=True)
class Calcification:
    """A grain of calcium, or a group of grains.

    Attributes:
        centre_mm: template point (superior, anterior, right).
        radii_mm: along (superior, anterior, right).
        density_hu: of the densest voxels, more than 100.
        filled: share of the ellipsoid that is calcified; the rest stays what it was.
    """

    centre_mm: tuple[float, float, float]
    radii_mm: tuple[float, float, float]
    density_hu: float = 160.0
    filled: float = 0.8


# Where they are, how often (the pineal in 71 %, the plexus in 66 %, the habenula in 20 %, the falx in 7 % of
# adults: Daghighi et al., Folia Morphol 2007;66:115-119; the old have more in the others), and radii.
_SITES: tuple[tuple[str, tuple[float, float, float], float, tuple[float, float, float]], ...] = (
    ("pineal", (2.0, -27.0, 0.0), 0.65, (2.5, 2.5, 2.2)),
    ("habenula", (4.0, -22.0, 0.0), 0.15, (1.2, 1.2, 1.8)),
    ("choroid plexus", (9.0, -41.0, 25.0), 0.6, (4.0, 3.5, 2.0)),
    ("globus pallidus", (0.0, -4.0, 19.0), 0.12, (4.0, 7.0, 3.0)),
    ("dentate nucleus", (-38.0, -58.0, 14.0), 0.04, (4.0, 6.0, 3.0)),
    ("petroclinoid ligament", (-24.0, -18.0, 17.0), 0.15, (1.5, 5.0, 1.5)),
    ("carotid siphon", (-28.0, 2.0, 12.0), 0.4, (2.0, 4.0, 2.0)),
    ("vertebral artery", (-60.0, -32.0, 10.0), 0.15, (3.0, 1.5, 1.5)),
    ("falx", (58.0, 15.0, 0.0), 0.1, (7.0, 10.0, 1.2)),
)
_BOTH_SIDES_CHANCE = 0.85


def draw_calcifications(rng: np.random.Generator) -> tuple[Calcification, ...]:
    """Draw which calcifications a head has."""
    drawn = []
    for _, (superior, anterior, aside), chance, radii in _SITES:
        if rng.random() > chance:
            continue
        sides = (1.0, -1.0) if aside > 0 and rng.random() < _BOTH_SIDES_CHANCE else (rng.choice([1.0, -1.0]),)
        for side in sides:
            centre = np.array([superior, anterior, side * aside]) + rng.normal(0, 1.0, 3) * (aside > 0)
            size = np.array(radii) * rng.uniform(0.6, 1.25)
            drawn.append(
                Calcification(
                    centre_mm=(float(centre[0]), float(centre[1]), float(centre[2])),
                    radii_mm=(float(size[0]), float(size[1]), float(size[2])),
                    density_hu=float(rng.uniform(110, 420)),
                    filled=float(rng.uniform(0.35, 0.95)),
                )
            )
    return tuple(drawn)


def draw_calcification(canvas: Canvas, calcification: Calcification, rng: np.random.Generator) -> None:
    """Draw one into a head: grains of varied density in an ellipsoid."""
    box, out = canvas.ellipsoid(calcification.centre_mm, calcification.radii_mm)
    grain = smooth_noise(out.shape, 1.2, rng, out.device)
    level = float(np.quantile(grain.cpu().numpy(), 1 - calcification.filled))
    spread = (0.85 + 0.15 * grain).clamp(0.5, 1.0)
    canvas.fill(box, (out < 1) & (grain > level), calcification.density_hu * spread)

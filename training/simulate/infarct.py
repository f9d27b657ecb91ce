"""Old damage that looks dark on CT: infarcts, lacunes, and rarefied white matter."""

from dataclasses import dataclass

import numpy as np
import torch

from .canvas import Box, Canvas
from .fields import smooth_noise

_DRAWN_IN = 0.92


@dataclass(frozen=True)
class Infarct:
    """A piece of brain that died.

    Attributes:
        centre_mm: template point (superior, anterior, right).
        radii_mm: along (superior, anterior, right).
        density_hu: 8-14 where CSF has filled it, 20-27 in the first weeks.
        softness_mm: width of its border.
    """

    centre_mm: tuple[float, float, float]
    radii_mm: tuple[float, float, float]
    density_hu: float = 12.0
    softness_mm: float = 3.0


def draw_infarct(canvas: Canvas, infarct: Infarct, rng: np.random.Generator) -> tuple[Box, torch.Tensor]:
    """Lower the density of a ragged ellipsoid of brain.

    Args:
        canvas: the head; what is denser than brain or lighter than the infarct stays.
        infarct: what to draw.
        rng: draws its border.

    Returns:
        The box it lies in, and in it float32 share of each voxel that is infarcted.
    """
    box, out = canvas.ellipsoid(infarct.centre_mm, infarct.radii_mm)
    size = min(infarct.radii_mm)
    ragged = 0.28 * smooth_noise(out.shape, max(1.0, size / 3), rng, out.device)
    # A border ragged in radius reaches further out than in; drawn in a little it keeps the volume.
    share = torch.sigmoid((_DRAWN_IN - out + ragged) * size * 2 / infarct.softness_mm) * canvas.paper[box]
    hu = canvas.hu[box]
    brain = (hu > infarct.density_hu) & (hu < 44)
    share = torch.where(brain, share, 0.0)
    canvas.hu[box] = hu + share * (infarct.density_hu - hu)
    return box, share

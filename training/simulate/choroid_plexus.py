"""The choroid plexus in the atria: denser than CSF, and no blood."""

import numpy as np

from .canvas import Canvas
from .fields import smooth_noise

_CENTRE_MM, _RADII_MM = (8.0, -41.0, 25.0), np.array([7.0, 5.0, 3.2])


def draw_choroid_plexus(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw the glomus of both sides.

    Args:
        canvas: the head; its paper is the ventricles.
        rng: draws size and density.
    """
    for side in (-1.0, 1.0):
        superior, anterior, aside = _CENTRE_MM
        radii = _RADII_MM * rng.uniform(0.4, 1.1)
        box, out = canvas.ellipsoid((superior, anterior, side * aside), radii.tolist())
        ragged = out + 0.3 * smooth_noise(out.shape, 1.5, rng, out.device)
        canvas.fill(box, ragged < 1, float(rng.uniform(26, 46)))

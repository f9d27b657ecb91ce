"""How a head differs in shape from the template: a smooth random displacement of every point.

Displacements come from cubic B-splines (:func:`.fields.smooth_noise`), so that contours of bone stay round;
linear interpolation of a coarse field would put kinks into the skull.
"""

from collections.abc import Sequence

import numpy as np
import torch

from .fields import smooth_noise

# Two scales: the proportions of the head, and the course of its folds; (correlation, share of the variance).
_SCALES = ((34.0, 0.8), (13.0, 0.2))


def displacement_mm(
    shape: Sequence[int], amplitude_mm: float, rng: np.random.Generator, device: torch.device
) -> torch.Tensor:
    """Random displacement of the points of a grid of about 1 mm.

    With an amplitude of 5 mm the steepest change is 0.5 mm a millimetre: nothing folds over.

    Args:
        shape: (z, y, x).
        amplitude_mm: standard deviation of each component.
        rng: the generator.
        device: where the field shall lie.

    Returns:
        float32 ``[3, z, y, x]``, components in the order of the axes; nothing moves on average.
    """
    total = torch.zeros((3, *shape), dtype=torch.float32, device=device)
    for correlation_mm, share in _SCALES:
        for component in total:
            component += amplitude_mm * share**0.5 * smooth_noise(shape, correlation_mm, rng, device)
    return total

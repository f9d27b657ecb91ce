"""How a head differs in shape from the template: a smooth random displacement of every point.

Displacements come from cubic B-splines (:func:`.fields.smooth_noise`), so that contours of bone stay round;
linear interpolation of a coarse field would put kinks into the skull.
"""

import numpy as np
import torch

from .fields import smooth_noise

# The proportions of the head vary over decimetres, the folds of the brain over centimetres.
_HEAD_MM, _BRAIN_MM = 36.0, 12.0
_BRAIN_SHARE = 0.5
# How deep under the skull the folds are free to vary.
_HELD_MM = 12.0


def displacement_mm(depth_mm: torch.Tensor, amplitude_mm: float, rng: np.random.Generator) -> torch.Tensor:
    """Random displacement of the points of a grid of about 1 mm.

    With an amplitude of 5 mm the steepest change is 0.5 mm a millimetre: nothing folds over.

    Args:
        depth_mm: ``[z, y, x]`` depth inside the skull, 0 outside: skull and face are moved at the long scale
            alone, so that they stay smooth.
        amplitude_mm: standard deviation of each component at the long scale.
        rng: the generator.

    Returns:
        float32 ``[3, z, y, x]``, components in the order of the axes.
    """
    shape, device = depth_mm.shape, depth_mm.device
    free = (depth_mm / _HELD_MM).clamp(max=1.0)
    components = []
    for _ in range(3):
        folds = smooth_noise(shape, _BRAIN_MM, rng, device) * free
        components.append(amplitude_mm * (smooth_noise(shape, _HEAD_MM, rng, device) + _BRAIN_SHARE * folds))
    return torch.stack(components)

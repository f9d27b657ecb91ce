"""How a head differs in shape from the template: smooth random displacements of its points.

Displacements come from cubic B-splines (:func:`.fields.smooth_noise`), so that contours of bone stay round;
linear interpolation of a coarse field would put kinks into the skull.
"""

from collections.abc import Sequence

import numpy as np
import torch

from .fields import smooth_noise

# The proportions of a head vary over decimetres, the folds of the brain over centimetres; voxels of a head.
_HEAD_VOXELS, _FOLD_VOXELS = 33.0, 11.0
# The folds vary by this share of what the head does, and only this deep under the skull, mm.
_FOLD_SHARE, _HELD_MM = 0.5, 12.0


def head_displacement_mm(
    shape: Sequence[int], amplitude_mm: float, rng: np.random.Generator, device: torch.device
) -> torch.Tensor:
    """Random displacement of all points of a head.

    With an amplitude of 4 mm the steepest change is 0.3 mm a millimetre: nothing folds over.

    Args:
        shape: (z, y, x) of the grid of the head.
        amplitude_mm: standard deviation of each component.
        rng: the generator.
        device: where the field shall lie.

    Returns:
        float32 ``[3, z, y, x]``, components in the order of the axes.
    """
    components = [amplitude_mm * smooth_noise(shape, _HEAD_VOXELS, rng, device) for _ in range(3)]
    return torch.stack(components)


def fold_displacement_mm(
    depth_mm: torch.Tensor, amplitude_mm: float, rng: np.random.Generator
) -> torch.Tensor:
    """Random displacement of the points of the brain, which leaves the skull alone.

    Args:
        depth_mm: ``[z, y, x]`` depth inside the skull, 0 outside.
        amplitude_mm: as for :func:`head_displacement_mm`.
        rng: the generator.
    """
    free = _FOLD_SHARE * amplitude_mm * (depth_mm / _HELD_MM).clamp(max=1.0)
    noises = [smooth_noise(depth_mm.shape, _FOLD_VOXELS, rng, depth_mm.device) for _ in range(3)]
    return torch.stack([free * noise for noise in noises])

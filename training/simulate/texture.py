"""The grain of a clot: fields of mean 0 and standard deviation 1, without peaks."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch

from .fields import smooth_noise

# Peaks are cut here: 2.2 HU of grain stay below the 10 HU of a focus of low attenuation.
_PEAK = 2.2
_GRAIN_MM = 3.0
_OCTAVES_MM = (8.0, 4.0, 2.0)


def texture(
    shape: Sequence[int],
    spacing_mm: float,
    family: Literal["lobes", "walk"],
    rng: np.random.Generator,
    device: torch.device,
) -> torch.Tensor:
    """Draw a grain.

    ``lobes``: one Gaussian random field. ``walk``: ridges, octaves of folded fields (Musgrave's ridged
    multifractal, *Texturing and Modeling*, 3rd edition, chapter 16, with equal falls between octaves).

    Args:
        shape: (z, y, x).
        spacing_mm: voxel size.
        family: which kind.
        rng: the generator.
        device: where the field shall lie.

    Returns:
        float32 ``[z, y, x]`` between -2.2 and 2.2.
    """
    if family == "lobes":
        field = smooth_noise(shape, _GRAIN_MM / spacing_mm, rng, device)
    else:
        octaves = (smooth_noise(shape, length / spacing_mm, rng, device).abs() for length in _OCTAVES_MM)
        field = -sum(octave / 2**number for number, octave in enumerate(octaves))
        field = (field - field.mean()) / field.std()
    return field.clamp(-_PEAK, _PEAK)

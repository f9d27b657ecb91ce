"""Sulci, which an average of 152 brains has lost."""

import numpy as np
import torch

from .fields import sample, smooth_noise

# Middle of the cerebrum (superior, anterior, right), and the radius of its convexity, template mm.
_MIDDLE_MM, _CONVEXITY_MM = (14.0, -18.0, 0.0), 64.0
# Half the width of a gyrus, about.
_CORRELATION_MM = 5.0
# How much of the way to the convexity the pattern is taken from: 1 is sheets that run straight inwards.
_RADIAL = 0.6


def sulcal_distance_mm(mni_mm: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Distance to the nearest sulcus of a random pattern, mm, ``[z, y, x]``; about right near sulci only.

    The sulci are the sheets where a random field on the convexity is zero, carried inwards: winding, dividing
    and never crossing, as in a brain.

    Args:
        mni_mm: ``[3, z, y, x]`` template coordinates.
        rng: draws the pattern.
    """
    middle = torch.tensor(_MIDDLE_MM, device=mni_mm.device)[:, None, None, None]
    offset = mni_mm - middle
    length = (offset**2).sum(dim=0).sqrt().clamp(min=1.0)
    # The pattern's own space: at half millimetres it would be larger than the head; 1.5 mm is enough.
    place = offset * ((1 - _RADIAL) + _RADIAL * _CONVEXITY_MM / length)
    count = 2 * int(_CONVEXITY_MM + 40)
    pattern = smooth_noise((count, count, count), _CORRELATION_MM, rng, mni_mm.device)
    field = sample(pattern, place + count / 2)
    # A standard field changes by 1 / correlation a millimetre.
    return field.abs() * _CORRELATION_MM

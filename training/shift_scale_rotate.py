"""The augmentation of Lee 2024: albumentations' ShiftScaleRotate and RandomScale, as one warp.

Albumentations itself is not needed: both are affine, and one interpolation blurs less than two. The limits
are its defaults, which the paper does not change: each transform on half of the examples, shifts of up to
6.25 % of the slice, scales of 0.9 to 1.1 in each of the two, turns of up to 45 degrees. RandomScale changes
the size of a slice, which the networks do not take; here the slice keeps its size, cut or filled with air
at the edges.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

SHARE = 0.5
SHIFT, SCALE, DEGREES = 0.0625, 0.1, 45.0


@dataclass(frozen=True)
class Move:
    """How one slice is moved.

    Attributes:
        shift: to the right and down, in sizes of the slice.
        scale: of what is shown; more than 1 enlarges.
        degrees: of the turn, counter-clockwise on a screen whose rows go down.
    """

    shift: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    degrees: float = 0.0

    def matrix(self) -> Tensor:
        """From a place in the moved slice to its source, ``[2, 3]``, for PyTorch's ``affine_grid``."""
        turned = radians(self.degrees)
        turn = np.array([[cos(turned), -sin(turned)], [sin(turned), cos(turned)]]) / self.scale
        # In the coordinates of affine_grid a slice is 2 wide.
        source = -turn @ (2 * np.array(self.shift))
        return torch.tensor(np.column_stack([turn, source]), dtype=torch.float32)


def draw_move(rng: np.random.Generator) -> Move:
    """Draw a move: ShiftScaleRotate on half of the draws, and RandomScale on half, independently."""
    shift, scale, degrees = (0.0, 0.0), 1.0, 0.0
    if rng.random() < SHARE:
        shift = (float(rng.uniform(-SHIFT, SHIFT)), float(rng.uniform(-SHIFT, SHIFT)))
        scale = float(rng.uniform(1 - SCALE, 1 + SCALE))
        degrees = float(rng.uniform(-DEGREES, DEGREES))
    if rng.random() < SHARE:
        scale *= float(rng.uniform(1 - SCALE, 1 + SCALE))
    return Move(shift, scale, degrees)


def moved(images: Tensor, moves: Sequence[Move]) -> Tensor:
    """Move each image, bilinearly; what comes from outside is 0.

    Args:
        images: ``[batch, channel, y, x]``, square.
        moves: one for each.
    """
    matrices = torch.stack([move.matrix() for move in moves]).to(images.device)
    grid = functional.affine_grid(matrices, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, padding_mode="zeros", align_corners=False)

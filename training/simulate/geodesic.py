"""Distance along a space instead of through its walls."""

import torch
from torch.nn import functional


def steps_from(seed: torch.Tensor, passable: torch.Tensor, most: int) -> torch.Tensor:
    """Steps that a front needs from a seed to each voxel of a space.

    The front grows by faces and by corners in turn, which keeps it close to round.

    Args:
        seed: bool ``[z, y, x]``; the part of it in the space starts at 0.
        passable: bool, the space.
        most: how many steps are taken.

    Returns:
        float32; infinite where the front has not come.
    """
    reached = (seed & passable).float()[None]
    space = passable.float()[None]
    steps = torch.full(seed.shape, torch.inf, device=seed.device)
    steps[reached[0] > 0] = 0
    for step in range(1, most + 1):
        if step % 2:
            grown = torch.maximum(
                functional.max_pool3d(reached, (3, 1, 1), 1, (1, 0, 0)),
                torch.maximum(
                    functional.max_pool3d(reached, (1, 3, 1), 1, (0, 1, 0)),
                    functional.max_pool3d(reached, (1, 1, 3), 1, (0, 0, 1)),
                ),
            )
        else:
            grown = functional.max_pool3d(reached, 3, 1, 1)
        grown = grown * space
        new = (grown > reached)[0]
        if not new.any() and step % 2 == 0:
            break
        steps[new] = step
        reached = grown
    return steps

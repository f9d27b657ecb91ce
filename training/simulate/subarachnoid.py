"""Blood that leaves a bleed through the cortex and spreads in sulci and cisterns."""

import torch
from torch.nn import functional

from .fields import box_around, fullest
from .geodesic import steps_from
from .head import Head

# What counts as CSF outside the ventricles.
_CSF_MOST_HU = 22.0
# How far blood is followed, and the coarse step in which.
_FARTHEST_MM, _STEP = 45.0, 2
# Sulci are thin: a voxel fills the sooner, the more of its CSF is pure.
_MM_PER_HU = 0.35


def spread(head: Head, ich: torch.Tensor, volume_ml: float) -> torch.Tensor:
    """Subarachnoid blood beside a bleed.

    The CSF between brain and skull that has the shortest way to the bleed fills first, round falx and
    tentorium and never through them.

    Args:
        head: the head, already pushed aside.
        ich: bool ``[z, y, x]``, blood in the brain; must not be empty.
        volume_ml: volume of the subarachnoid blood; exact to one voxel.

    Returns:
        bool ``[z, y, x]``.

    Raises:
        ValueError: when there is no such bleed, or less CSF than the volume within 45 mm of it.
    """
    if not ich.any():
        raise ValueError("there is no bleed that blood could come from")
    box = box_around(ich, [int(_FARTHEST_MM / spacing) for spacing in head.spacing_mm])
    inside = (head.depth_mm[box] > 0) & ~head.barrier[box]
    csf = inside & (head.ventricles[box] == 0) & (head.hu[box] < _CSF_MOST_HU) & ~ich[box]
    away = _way_mm(head, box, ich[box])
    potential = -away - _MM_PER_HU * head.hu[box].clamp(min=0)
    free = csf & (away < _FARTHEST_MM)
    count, room = round(volume_ml / head.voxel_ml), int(free.sum())
    if count > room:
        raise ValueError(
            f"no room for {volume_ml:.1f} mL of subarachnoid blood: "
            f"there are {room * head.voxel_ml:.1f} mL of CSF within {_FARTHEST_MM:.0f} mm"
        )
    blood = torch.zeros_like(ich)
    blood[box] = fullest(potential, free, count)
    return blood


def _way_mm(head: Head, box: tuple[slice, slice, slice], ich: torch.Tensor) -> torch.Tensor:
    """Shortest way from a bleed round falx and tentorium to each voxel of a box, mm."""
    step_mm = _STEP * sum(head.spacing_mm) / 3
    most = int(_FARTHEST_MM / step_mm)

    def coarse(mask: torch.Tensor) -> torch.Tensor:
        return functional.max_pool3d(mask.float()[None], _STEP, ceil_mode=True)[0] > 0

    seed = coarse(ich)
    steps = steps_from(seed, (coarse(head.depth_mm[box] > 0) & ~coarse(head.barrier[box])) | seed, most)
    fine = steps.clamp(max=10.0 * most)[None, None]
    size = [_STEP * count for count in steps.shape]
    nearest_cell = functional.interpolate(fine, size=size, mode="nearest")[0, 0]
    return step_mm * nearest_cell[tuple(slice(count) for count in ich.shape)]

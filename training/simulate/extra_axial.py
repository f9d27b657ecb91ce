"""Blood between skull and brain: the crescent of a subdural, the lens of an epidural haematoma."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import torch
from torch.nn import functional

from .fields import box_around, fullest, gaussian, smooth_noise
from .geodesic import steps_from
from .head import Head

# The shell under the skull that blood may fill, and the coarse step in which it is followed.
_THICKEST_MM, _STEP = 30.0, 3


class Space(StrEnum):
    """Which side of the dura the blood is on."""

    SUBDURAL = "subdural"
    EPIDURAL = "epidural"


# How thickness falls off from the middle to the edge: a crescent is even and tapers late, a lens is round.
_TAPER = {Space.SUBDURAL: 4.0, Space.EPIDURAL: 2.0}
_UNEVEN = {Space.SUBDURAL: 0.18, Space.EPIDURAL: 0.06}


@dataclass(frozen=True)
class CollectionSettings:
    """What a collection is like.

    Attributes:
        space: subdural or epidural.
        towards_mni_mm: template point (superior, anterior, right) whose nearest skull is the middle of it.
        volume_ml: its volume.
        radius_mm: how far it reaches along the skull: 40 to 65 for a crescent, 20 to 40 for a lens.
    """

    space: Space
    towards_mni_mm: tuple[float, float, float]
    volume_ml: float
    radius_mm: float


def collection(head: Head, settings: CollectionSettings, rng: np.random.Generator) -> torch.Tensor:
    """Blood under the skull, on one side of falx and tentorium.

    It takes the place of CSF and brain there; :func:`.mass_effect.push_aside` moves the rest.

    Args:
        head: the head.
        settings: space, place, volume and reach.
        rng: draws the unevenness of the thickness.

    Returns:
        bool ``[z, y, x]``; its volume is exact to one voxel.

    Raises:
        ValueError: when the blood would be thicker than 30 mm.
    """
    middle = _on_skull(head, settings.towards_mni_mm)
    offsets = [line.square() for line in head.offsets_mm(middle)]
    ball = (offsets[0] + offsets[1] + offsets[2]).sqrt() <= settings.radius_mm + _THICKEST_MM
    box = box_around(ball & (head.depth_mm > 0), 0)
    shell = (head.depth_mm[box] > 0) & (head.depth_mm[box] <= _THICKEST_MM)
    shell &= ~head.barrier[box] & (head.ventricles[box] == 0)
    along = _along_skull_mm(head, box, shell, middle)
    profile = (1 - (along / settings.radius_mm) ** _TAPER[settings.space]).clamp(min=0)
    uneven = _UNEVEN[settings.space] * smooth_noise(head.hu[box].shape, 9.0, rng, head.device)
    profile = profile * torch.exp(uneven)
    thickness = head.depth_mm[box] / profile.clamp(min=1e-3)
    allowed = shell & (profile > 0.02) & (thickness <= _THICKEST_MM)
    count, room = round(settings.volume_ml / head.voxel_ml), int(allowed.sum())
    if count > room:
        raise ValueError(
            f"no room for {settings.volume_ml:.1f} mL {settings.space} within {settings.radius_mm:.0f} mm: "
            f"{room * head.voxel_ml:.1f} mL is allowed"
        )
    blood = torch.zeros(head.hu.shape, dtype=torch.bool, device=head.device)
    blood[box] = fullest(-thickness, allowed, count)
    return blood


def _on_skull(head: Head, towards_mni_mm: tuple[float, float, float]) -> tuple[float, float, float]:
    """Head coordinates of the intracranial voxel at the skull nearest to a template point."""
    z, y, x = head.offsets_mm(head.point_mm(towards_mni_mm))
    at_skull = (head.depth_mm > 0) & (head.depth_mm <= 2.0) & ~head.barrier
    away = torch.where(at_skull, z**2 + y**2 + x**2, torch.inf)
    index = np.unravel_index(int(away.argmin()), away.shape)
    first, second, third = (
        o + s * float(i) for o, s, i in zip(head.origin_mm, head.spacing_mm, index, strict=True)
    )
    return (first, second, third)


def _along_skull_mm(
    head: Head, box: tuple[slice, slice, slice], shell: torch.Tensor, middle_mm: tuple[float, float, float]
) -> torch.Tensor:
    """Way from the middle of the collection within the shell, mm; very far where there is none."""
    step_mm = _STEP * sum(head.spacing_mm) / 3
    walls = ~shell & (head.depth_mm[box] > 0) | head.barrier[box]
    coarse_shell = functional.max_pool3d(shell.float()[None], _STEP, ceil_mode=True)[0] > 0
    coarse_walls = functional.max_pool3d(walls.float()[None], _STEP, ceil_mode=True)[0] > 0
    seed = torch.zeros_like(coarse_shell)
    index = [
        int(round((p - o) / s) - side.start) // _STEP
        for p, o, s, side in zip(middle_mm, head.origin_mm, head.spacing_mm, box, strict=True)
    ]
    seed[tuple(index)] = True
    steps = steps_from(seed, (coarse_shell & ~coarse_walls) | seed, int(120 / step_mm))
    # Smooth where the front came, or the rim of the collection shows its steps.
    far = 10.0 * float(steps[torch.isfinite(steps)].max()) + 1000.0
    came = torch.isfinite(steps).float()
    smooth = gaussian(torch.where(came > 0, steps, 0.0), 1.0) / gaussian(came, 1.0).clamp(min=1e-3)
    smooth = torch.where(gaussian(came, 0.6) > 0.15, smooth, far)
    size = [_STEP * count for count in steps.shape]
    fine = functional.interpolate(smooth[None, None], size=size, mode="trilinear", align_corners=False)[0, 0]
    return step_mm * fine[tuple(slice(count) for count in shell.shape)]

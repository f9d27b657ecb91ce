"""The skull as a shell of three layers round the intracranial space, the scalp on it, and holes in it."""

from dataclasses import dataclass

import torch

from .canvas import Canvas
from .face import FAT_HU

_TABLE_HU, _DIPLOE_HU, _SKIN_HU = 1350.0, 550.0, 42.0
# The foramen magnum, template mm.
_LOWEST_MM = -67.0


@dataclass(frozen=True)
class SkullDefect:
    """A piece of the skull that surgery took.

    Attributes:
        centre_mm: template point (superior, anterior, right) near the skull, the middle of the piece.
        radius_mm: of the piece; a burr hole has 7 mm.
        flap: the piece was put back, only the cut round it is left.
    """

    centre_mm: tuple[float, float, float]
    radius_mm: float
    flap: bool = False


def shell_mm(mni_mm: torch.Tensor) -> torch.Tensor:
    """Average thickness of the skull, ``[z, y, x]``; none below the foramen magnum.

    Args:
        mni_mm: ``[3, z, y, x]`` template coordinates.
    """
    superior, anterior, right = mni_mm
    temple = torch.exp(-(((superior + 5) / 25) ** 2) - ((anterior - 5) / 35) ** 2)
    temple = temple * ((right.abs() - 40) / 10).clamp(0, 1)
    ends = ((anterior + 15) / 85).clamp(-1, 1) ** 2
    # The floors of the middle and the posterior fossa are thin.
    base = ((-superior - 26) / 12).clamp(0, 1) * ((anterior + 80) / 12).clamp(0, 1)
    return (6.2 + 2.0 * ends - 2.4 * temple - 2.6 * base) * (superior > _LOWEST_MM)


def temporal_muscle_share(mni_mm: torch.Tensor) -> torch.Tensor:
    """0-1, ``[z, y, x]``: how thick the temporal muscle is; it makes the scalp thicker at the sides."""
    superior, anterior, right = mni_mm
    lateral = ((right.abs() - 40) / 20).clamp(0, 1) * ((35 - superior) / 30).clamp(0, 1)
    return lateral * ((anterior + 45) / 30).clamp(0, 1)


def draw_scalp(
    canvas: Canvas, outside: torch.Tensor, temporal: torch.Tensor, scalp_mm: float, muscle_hu: float
) -> torch.Tensor:
    """Draw fat, galea, skin and the temporal muscle.

    Args:
        canvas: the head.
        outside: distance outside the skull, mm.
        temporal: :func:`temporal_muscle_share`.
        scalp_mm: thickness over the crown.
        muscle_hu: density of muscle.

    Returns:
        bool, the scalp and all inside it.
    """
    surface = scalp_mm + 4.0 * temporal
    scalp = outside <= surface
    layer = torch.where(outside > surface - 2.0, _SKIN_HU, FAT_HU)
    muscle = (outside < 1.3) | ((outside > 0.8) & (outside < 7 * temporal))
    layer.masked_fill_(muscle, muscle_hu - 5)
    canvas.hu.copy_(torch.where(scalp & canvas.paper, layer, canvas.hu))
    return scalp


def draw_skull(
    canvas: Canvas,
    distance: torch.Tensor,
    thickness: torch.Tensor,
    texture: torch.Tensor,
    defects: tuple[SkullDefect, ...],
) -> None:
    """Draw the inner and outer table and the diploe between them, then cut the defects.

    Args:
        canvas: the head.
        distance: distance outside the intracranial space, mm.
        thickness: of the skull.
        texture: standard field, the marrow of the diploe.
        defects: what surgery took; soft tissue fills it.
    """
    # Where bone is thin there is no diploe; the tables are about a quarter of the thickness each.
    table = (0.26 * thickness).clamp(min=1.4)
    cortical = (distance <= table) | (distance >= thickness - table)
    bone = torch.where(cortical, _TABLE_HU + 60 * texture, _DIPLOE_HU + 150 * texture)
    within = (distance <= thickness) & canvas.paper
    canvas.hu.copy_(torch.where(within, bone, canvas.hu))
    for defect in defects:
        radii = (defect.radius_mm,) * 3
        box, out = canvas.ellipsoid(defect.centre_mm, radii)
        rim = 1.2 / defect.radius_mm
        cut = ((out - 1).abs() < rim) if defect.flap else (out < 1)
        canvas.fill(box, cut & within[box], 30.0 + 6 * texture[box])

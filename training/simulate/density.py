"""Blood and oedema in the HU of a head."""

from dataclasses import dataclass, replace

import numpy as np
import torch

from HematomaExpansionLib.markers.marker import Marker

from .bleed import Clot, Shape
from .fields import box_around, gaussian, to_numpy
from .head import Head
from .markers.part import Body
from .markers.regions import lay_out, shows
from .markers.rules import close, clot_hu, drop_hu
from .texture import texture

# CSF thins the blood in the ventricles, and thinner still is that round the brain.
_IVH_BELOW_ICH_HU, _OTHER_BELOW_ICH_HU = 2.0, 4.0
_EDGE_VOXELS = 0.7
# The border of a region of low density, and how much of the grain it keeps.
_BORDER_VOXELS, _LOW_GRAIN = 0.5, 0.5
# Low regions open to the brain go on a little beyond the clot, for its soft edge; satellites have none.
_NEAR_SHARE = 0.02


@dataclass(frozen=True)
class Density:
    """How dense a clot is.

    Attributes:
        hu: float32 ``[z, y, x]``, HU of blood, wherever in the head it is.
        markers: the evidence of all nine markers on the fine grid, bool; nothing is True where one is absent.
    """

    hu: torch.Tensor
    markers: dict[Marker, torch.Tensor]


def clot_density(head: Head, clot: Clot, shape: Shape, down: tuple[float, float, float]) -> Density:
    """Make a clot as dense as its markers need.

    Args:
        head: the head that the clot lies in.
        clot: the blood in the brain.
        shape: what the clot was filled from; its settings name the density and the markers.
        down: unit vector of gravity in head coordinates (z, y, x).

    Raises:
        ValueError: when the form of the clot leaves no place for one of its markers.
    """
    settings, markers = shape.settings, close(shape.settings.markers)
    level = clot_hu(markers, settings.blood_hu)
    hu = torch.full_like(head.hu, level)
    rng = np.random.default_rng([shape.seed, 0])
    grain = texture(shape.potential.shape, head.spacing_mm[0], settings.family, rng, head.device)
    hu[shape.box] += settings.texture_hu * grain
    absent = torch.zeros_like(clot.ich)
    truth = {marker: clot.markers.get(marker, absent) for marker in Marker}
    if not clot.body.any():
        return Density(hu, truth)
    box = box_around(clot.body, 4)
    body = Body(to_numpy(clot.body[box]), head.spacing_mm)
    lows = lay_out(body, markers, level, down, settings.family, np.random.default_rng([shape.seed, 1]))
    near = gaussian(clot.body[box].float(), 1.0) > _NEAR_SHARE
    grain = hu[box] - level
    for low in lows:
        mask = torch.from_numpy(low.mask).to(head.device) & near
        share = gaussian(mask.float(), _BORDER_VOXELS)
        # Serum and fresh blood have less grain than clot.
        low_hu = level - drop_hu(low.marker, markers, level) + _LOW_GRAIN * grain
        hu[box] += share * (low_hu - hu[box])
        for marker in shows(low, markers, level):
            truth[marker] = truth[marker].clone()
            truth[marker][box] |= mask & clot.body[box]
    return Density(hu, truth)


def with_blood(
    head: Head,
    ich: torch.Tensor,
    ivh: torch.Tensor,
    other: torch.Tensor,
    oedema: torch.Tensor,
    oedema_hu: float,
    density: torch.Tensor,
) -> Head:
    """Put blood and oedema into a head; edges are soft over about a millimetre.

    Args:
        head: the head without blood, already pushed aside.
        ich: bool ``[z, y, x]``, blood in the brain.
        ivh: bool, blood in the ventricles.
        other: bool, blood round the brain.
        oedema: float32, share of oedema in the tissue, 0-1.
        oedema_hu: density of tissue that is all oedema.
        density: float32, HU of blood, see :class:`Density`.

    Returns:
        The head with new ``hu``.
    """
    blood = ich | ivh | other
    changed = blood | (oedema > 0)
    if not changed.any():
        return head
    box = box_around(changed, 4)
    tissue = head.hu[box] + oedema[box] * (oedema_hu - head.hu[box])
    thinner = _IVH_BELOW_ICH_HU * ivh[box].float() + _OTHER_BELOW_ICH_HU * other[box].float()
    clot = density[box] - gaussian(thinner, 1.0)
    share = gaussian(blood[box].float(), _EDGE_VOXELS)
    hu = head.hu.clone()
    hu[box] = tissue * (1 - share) + clot * share
    return replace(head, hu=hu)

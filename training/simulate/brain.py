"""The densities of what lies inside the skull."""

from dataclasses import dataclass

import numpy as np
import torch

from . import dura
from .fields import sample, smooth_noise
from .sulci import sulcal_distance_mm
from .template_fields import template_fields
from .ventricles import Widened

# Where the template has no brain under the skull: a wider gap than this is a cistern.
_THIN_MM = 6.5
_SEPTUM_HU, _CORD_HU, _TEXTURE_HU = 24.0, 32.0, 0.8


@dataclass(frozen=True)
class Densities:
    """HU of the tissues of a head."""

    grey_hu: float = 37.0
    white_hu: float = 29.0
    csf_hu: float = 8.0
    dura_hu: float = 46.0
    sinus_hu: float = 54.0


def draw_brain(
    mni_mm: torch.Tensor,
    widened: Widened,
    depth_mm: torch.Tensor,
    densities: Densities,
    atrophy: float,
    leukoaraiosis: float,
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """HU of the intracranial space, and the share of white matter, both float32 ``[z, y, x]``.

    Args:
        mni_mm: ``[3, z, y, x]`` template coordinates of what is seen at each voxel.
        widened: the ventricles.
        depth_mm: depth inside the skull, 0 outside.
        densities: HU of the tissues.
        atrophy: 0 (a young brain that fills the skull) to 1.5 (wide sulci).
        leukoaraiosis: 0 (none) to 3 (confluent): the Fazekas grade of the rarefied white matter.
        rng: draws sulci and textures.
    """
    superior, anterior, right = mni_mm
    device = mni_mm.device
    white, csf, outside_mm = sample(template_fields(device).tissue, widened.source)
    patches = smooth_noise(depth_mm.shape, 9, rng, device)

    share = _csf_share(mni_mm, csf, outside_mm, depth_mm, atrophy, patches)
    sulcus = sulcal_distance_mm(mni_mm, rng)
    # A sulcus is 8-20 mm deep; the cerebellum has none of this kind.
    height = dura.above_tentorium_mm(mni_mm)
    cerebral = torch.sigmoid((9.0 + 5.0 * atrophy + 4.0 * patches - depth_mm) / 1.5) * (height > 2)
    cerebral = cerebral * ((superior > -22) | (anterior > -10))
    half_width = 0.35 + 0.55 * atrophy * (1 + 0.4 * patches).clamp(0.3, 2.0)
    share = torch.maximum(share, torch.exp(-((sulcus / half_width) ** 2)) * cerebral)
    # Cortex lines the sulci.
    white = white * (1 - 0.85 * torch.exp(-((sulcus / 3.2) ** 2)) * cerebral)
    share = torch.where(widened.ventricles > 0, 1.0, share)

    tissue_hu = densities.grey_hu + (densities.white_hu - densities.grey_hu) * white
    tissue_hu = tissue_hu + _TEXTURE_HU * smooth_noise(depth_mm.shape, 5, rng, device)
    tissue_hu = tissue_hu - _rarefied(white, widened.wall_mm, patches, leukoaraiosis)
    hu = share * densities.csf_hu + (1 - share) * tissue_hu
    cord = (superior < -64) & ((right / 1.2) ** 2 + (anterior + 45) ** 2 < 5.5**2)
    hu = torch.where(cord & (outside_mm > 1), _CORD_HU, hu)
    septum = (widened.ventricles > 0) & (right.abs() < 0.6) & (superior > 0) & (anterior > -25)
    hu = torch.where(septum, _SEPTUM_HU, hu)
    return hu, (white * (1 - share)).clamp(0, 1)


def draw_dura(
    hu: torch.Tensor, mni_mm: torch.Tensor, depth_mm: torch.Tensor, densities: Densities, width: float
) -> None:
    """Draw falx, tentorium and the venous sinuses into ``hu`` in place; arguments as :func:`draw_brain`."""
    sheets = dura.falx(mni_mm, depth_mm) | dura.tentorium(mni_mm, depth_mm)
    hu.copy_(torch.where(sheets, densities.dura_hu, hu))
    hu.copy_(torch.where(dura.venous_sinuses(mni_mm, depth_mm, width), densities.sinus_hu, hu))


def _csf_share(
    mni_mm: torch.Tensor,
    csf: torch.Tensor,
    outside_mm: torch.Tensor,
    depth_mm: torch.Tensor,
    atrophy: float,
    patches: torch.Tensor,
) -> torch.Tensor:
    """Share of CSF outside the ventricles: cisterns, gap under the skull, and the template's own sulci."""
    superior, anterior, right = mni_mm
    # Sulci of an average of 152 brains are shallow grooves of half CSF: a steeper curve opens them again.
    sulci = (csf * (0.8 + 1.0 * atrophy) - 0.10).clamp(0, 1)
    # The tentorium is blurred over a centimetre in the average: without this it looks like an old infarct.
    blurred = (superior < -6) & (anterior < -42) & (right.abs() > 10)
    sulci = torch.where(blurred, 0.45 * sulci, sulci)
    cistern = ((outside_mm + depth_mm - _THIN_MM) / 2).clamp(0, 1) * (outside_mm / 1.5).clamp(0, 1)
    # The brain of the young touches the skull; in the old it has sunk from it, most under the forehead.
    frontal = ((anterior + 20) / 60).clamp(0, 1) * ((superior + 10) / 30).clamp(0, 1)
    gap_mm = (2.2 * atrophy - 0.6) * (1 + 0.5 * frontal + 0.4 * patches)
    return torch.stack([sulci, cistern, torch.sigmoid((gap_mm - depth_mm) / 0.4)]).amax(dim=0)


def _rarefied(
    white: torch.Tensor, wall_mm: torch.Tensor, patches: torch.Tensor, grade: float
) -> torch.Tensor:
    """By how many HU white matter is lowered: caps and bands round the ventricles, patches further out."""
    if grade <= 0:
        return torch.zeros_like(white)
    reach_mm = 2.0 + 5.0 * grade * (1 + 0.5 * patches).clamp(0.2, 2.0)
    return 2.6 * grade**0.5 * 1.6 * white * torch.sigmoid((reach_mm - wall_mm) / 2.0)

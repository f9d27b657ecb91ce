"""A head without blood: the anatomy of the template, warped, at the HU of CT."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from . import dura
from .face import Points, surroundings
from .fields import box_around, gaussian, sample, smooth_noise
from .head import Head
from .skull import inner_table_mm
from .template import FIRST_VOXEL_MM, SHAPE, load_maps
from .ventricles import walls, widened
from .warp import displacement_mm

GREY_HU, WHITE_HU, CSF_HU, FALX_HU, CALCIUM_HU = 37.0, 29.0, 8.0, 46.0, 160.0


@dataclass(frozen=True)
class HostSettings:
    """How a head differs from the template.

    Attributes:
        scale: size along (z, y, x) relative to the template, whose brain is larger than most people's.
        warp_mm: standard deviation of the random displacement of its points; 0 keeps the template's shape.
        widening_mm: how far the walls of the ventricles are pushed out; negative makes them narrower.
        atrophy: 0 leaves the sulci of the template, 1 makes them as wide as in marked atrophy.
    """

    scale: tuple[float, float, float] = (0.91, 0.91, 0.91)
    warp_mm: float = 0.0
    widening_mm: float = 2.0
    atrophy: float = 1.0


def make_host(settings: HostSettings, rng: np.random.Generator, device: torch.device | None = None) -> Head:
    """Build a head without blood.

    Args:
        settings: size, shape, ventricles, atrophy.
        rng: draws the shape and the texture of the tissues.
        device: where its fields shall lie; the CPU when not given.

    Returns:
        The head on a grid of about 0.9 mm.
    """
    device = device or torch.device("cpu")
    counts = [torch.arange(count, dtype=torch.float32, device=device) for count in SHAPE]
    index = torch.stack(torch.meshgrid(*counts, indexing="ij"))
    if settings.warp_mm > 0:
        index += displacement_mm(SHAPE, settings.warp_mm, rng, device)
    distance, depth = sample(_on(device, "table"), index)
    mni_mm = _to_mni(index)
    hu, solid = surroundings(Points(*mni_mm, distance), rng)

    inside = box_around(depth > 0, 1)
    source, labels = widened(index[(slice(None), *inside)], settings.widening_mm)
    mni_mm[(slice(None), *inside)] = _to_mni(source)
    ventricles = torch.zeros(SHAPE, dtype=torch.uint8, device=device)
    ventricles[inside] = labels * (depth[inside] > 0)
    brain_hu, white_share = _brain(source, ventricles[inside], depth[inside], settings, rng)
    within = depth[inside] > 0
    hu[inside] = torch.where(within, brain_hu, hu[inside])
    white = torch.zeros(SHAPE, device=device)
    white[inside] = white_share * within
    barrier = dura.falx(mni_mm, depth) | dura.tentorium(mni_mm, depth)
    scale = settings.scale
    return Head(
        hu=gaussian(hu, 0.4),
        ventricles=ventricles,
        white=white,
        depth_mm=depth * float(np.mean(scale)),
        solid=solid,
        barrier=barrier & (ventricles == 0),
        mni_mm=mni_mm,
        spacing_mm=scale,
        origin_mm=tuple(s * first for s, first in zip(scale, FIRST_VOXEL_MM, strict=True)),
    )


def _brain(
    source: torch.Tensor,
    ventricles: torch.Tensor,
    depth: torch.Tensor,
    settings: HostSettings,
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """HU of the intracranial space and share of white matter, both ``[z, y, x]`` of its box."""
    mni_mm = _to_mni(source)
    superior, anterior, right = mni_mm
    grey, white, brain = sample(_on(source.device, "tissue"), source)
    csf = brain - grey - white
    # Sulci of an average of 152 brains are shallow grooves of half CSF: a steeper curve opens them again.
    share = (csf * (1.0 + 0.9 * settings.atrophy) - 0.06).clamp(0, 1)
    # The tentorium is blurred over a centimetre in the average: without this it looks like an old infarct.
    tentorial = (superior < -6) & (anterior < -42) & (right.abs() > 10) & (brain > 0.5)
    share = torch.where(tentorial, 0.45 * share, share)
    share[ventricles > 0] = 1.0
    white_of_solid = white / (grey + white).clamp(min=1e-3)
    tissue = WHITE_HU + (GREY_HU - WHITE_HU) * (1 - white_of_solid)
    tissue += 0.8 * smooth_noise(tissue.shape, 6, rng, source.device)
    hu = torch.where(brain > 0.5, share * CSF_HU + (1 - share) * tissue, CSF_HU)
    cord = (superior < -64) & ((right / 1.2) ** 2 + (anterior + 45) ** 2 < 5.5**2) & (brain <= 0.5)
    hu[cord] = 32.0
    sheets = dura.falx(mni_mm, depth) | dura.tentorium(mni_mm, depth) | dura.sagittal_sinus(mni_mm, depth)
    hu[sheets & (ventricles == 0)] = FALX_HU
    hu[_calcifications(superior, anterior, right)] = CALCIUM_HU
    return hu, white * (1 - share)


def _calcifications(superior: torch.Tensor, anterior: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Pineal gland and the choroid plexus of both atria, as in most older people."""
    pineal = ((superior - 2) / 2.2) ** 2 + ((anterior + 26.5) / 2.2) ** 2 + (right / 2.0) ** 2 < 1
    aside = right.abs() - 25
    plexus = ((superior - 9) / 2.5) ** 2 + ((anterior + 41) / 2.5) ** 2 + (aside / 1.6) ** 2 < 1
    return pineal | plexus


def _to_mni(index: torch.Tensor) -> torch.Tensor:
    """Template coordinates (superior, anterior, right) of fractional indices of the template grid."""
    z, y, x = index
    superior, posterior, left = (part + first for part, first in zip((z, y, x), FIRST_VOXEL_MM, strict=True))
    return torch.stack([superior, -posterior, -left])


@cache
def _on(device: torch.device, name: str) -> torch.Tensor:
    """Fields of the template, kept on a device: ``table`` ``[2, ...]``, or ``tissue`` ``[3, ...]``."""
    if name == "table":
        return torch.from_numpy(inner_table_mm()).to(device)
    from scipy import ndimage

    maps = load_maps()
    grey, white = maps.grey.copy(), maps.white.copy()
    # The template calls the half-filled voxels of the ventricular wall grey; they are white matter and CSF.
    rim = (walls().fields[0] < 3.0) & (ndimage.grey_opening(grey, size=5) < 0.5 * grey)
    white[rim] += grey[rim]
    grey[rim] = 0
    return torch.from_numpy(np.stack([grey, white, maps.brain.astype(np.float32)])).to(device)

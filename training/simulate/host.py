"""A head without blood: tissues of the template at the HU of CT, varied from case to case."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .noise import smooth_noise
from .skull import surroundings
from .template import FIRST_VOXEL_MM, axes_mm
from .ventricles import widened

if TYPE_CHECKING:
    from numpy.typing import NDArray

GREY_HU, WHITE_HU, CSF_HU, FALX_HU, CALCIUM_HU = 37.0, 29.0, 8.0, 46.0, 160.0


@dataclass(frozen=True)
class HostSettings:
    """How a head differs from the template.

    Attributes:
        scale: size along (z, y, x) relative to the template, whose brain is larger than most people's.
        widening_mm: how far the walls of the ventricles are pushed out.
        atrophy: 0 leaves the sulci of the template, 1 makes them as wide as in marked atrophy.
    """

    scale: tuple[float, float, float] = (0.91, 0.91, 0.91)
    widening_mm: float = 2.0
    atrophy: float = 1.0


@dataclass(frozen=True)
class Head:
    """A head on a fine grid, ``[z, y, x]`` in LPS, head coordinates: MNI millimetres times the scale.

    Attributes:
        hu: float32.
        ventricles: uint8 image of :class:`.ventricles.Ventricle`.
        white: float32 0-1 share of white matter.
        depth_mm: distance of an intracranial voxel to the skull; 0 outside.
        head: bool, all that is not air round the head.
        spacing_mm: voxel size along (z, y, x).
        origin_mm: head coordinates (z, y, x) of the first voxel.
    """

    hu: "NDArray[np.float32]"
    ventricles: "NDArray[np.uint8]"
    white: "NDArray[np.float32]"
    depth_mm: "NDArray[np.float32]"
    head: "NDArray[np.bool_]"
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel of the fine grid in millilitres."""
        return float(np.prod(self.spacing_mm)) / 1000.0

    def point_mm(self, mni_mm: tuple[float, float, float]) -> tuple[float, float, float]:
        """Head coordinates (z, y, x) of a template point (superior, anterior, right)."""
        superior, anterior, right = mni_mm
        z, y, x = self.spacing_mm
        return (superior * z, -anterior * y, -right * x)

    def offsets_mm(self, point_mm: tuple[float, float, float]) -> "list[NDArray[np.float32]]":
        """Coordinates of the grid relative to a point: three arrays that broadcast to ``[z, y, x]``."""
        axes = zip(self.origin_mm, self.spacing_mm, self.hu.shape, point_mm, strict=True)
        z, y, x = (
            (origin + spacing * np.arange(count) - start).astype(np.float32)
            for origin, spacing, count, start in axes
        )
        return [z[:, None, None], y[None, :, None], x[None, None, :]]


def make_host(settings: HostSettings, rng: np.random.Generator) -> Head:
    """Build a head without blood.

    Args:
        settings: size, ventricles, atrophy.
        rng: draws the texture of the tissues.

    Returns:
        The head on a grid of about 0.9 mm.
    """
    from scipy import ndimage

    around = surroundings()
    maps, ventricles = widened(settings.widening_mm)
    # Sulci of an average of 152 brains are shallow grooves of half CSF: a steeper curve opens them again.
    share = np.clip(maps.csf * (1.0 + 0.9 * settings.atrophy) - 0.06, 0, 1)
    # The tentorium is blurred over a centimetre in the average: without this it looks like an old infarct.
    superior, anterior, right = axes_mm()
    tentorial = (superior < -6) & (anterior < -42) & (np.abs(right) > 10) & maps.brain
    share[tentorial] *= 0.45
    share[ventricles > 0] = 1.0
    solid = np.maximum(maps.grey + maps.white, 1e-3)
    white_share = maps.white / solid
    tissue = WHITE_HU + (GREY_HU - WHITE_HU) * (1 - white_share)
    tissue += 0.8 * smooth_noise(rng, 6)
    brain_hu = np.where(maps.brain, share * CSF_HU + (1 - share) * tissue, CSF_HU)
    spinal_cord = _spinal_cord() & ~maps.brain
    brain_hu = np.where(spinal_cord, 32.0, brain_hu)
    dura = _falx_and_sinus(around.depth_mm)
    brain_hu = np.where(dura & (ventricles == 0), FALX_HU, brain_hu)
    brain_hu = np.where(_calcifications(), CALCIUM_HU, brain_hu)
    hu = np.where(around.intracranial, brain_hu, around.hu).astype(np.float32)
    scale = settings.scale
    return Head(
        hu=ndimage.gaussian_filter(hu, 0.4),
        ventricles=ventricles,
        white=(maps.white * (1 - share)).astype(np.float32),
        depth_mm=around.depth_mm * float(np.mean(scale)),
        head=around.head,
        spacing_mm=scale,
        origin_mm=tuple(s * first for s, first in zip(scale, FIRST_VOXEL_MM, strict=True)),
    )


def _spinal_cord() -> "NDArray[np.bool_]":
    superior, anterior, right = axes_mm()
    return (superior < -64) & (np.hypot(right / 1.2, anterior + 45) < 5.5)


def _falx_and_sinus(depth_mm: "NDArray[np.float32]") -> "NDArray[np.bool_]":
    """Falx: a sheet in the midline outside an arch over the corpus callosum; sinus along its outer edge."""
    superior, anterior, right = axes_mm()
    arch = np.hypot((anterior + 14) / 58, (superior - 4) / 40) > 1
    above_tentorium = superior > np.where(anterior < -40, -2 - 0.25 * (-anterior - 40), -8)
    inside = depth_mm > 0
    falx = (np.abs(right) < 0.9) & arch & above_tentorium & inside
    sinus = (depth_mm < 6) & (np.abs(right) < 1 + 0.6 * (6 - depth_mm)) & above_tentorium & (anterior < 45)
    return falx | (sinus & inside & (superior > -5))


def _calcifications() -> "NDArray[np.bool_]":
    """Pineal gland and the choroid plexus of both atria, as in most older people."""
    superior, anterior, right = axes_mm()
    pineal = ((superior - 2) / 2.2) ** 2 + ((anterior + 26.5) / 2.2) ** 2 + (right / 2.0) ** 2 < 1
    aside = np.abs(right) - 25
    plexus = ((superior - 9) / 2.5) ** 2 + ((anterior + 41) / 2.5) ** 2 + (aside / 1.6) ** 2 < 1
    return pineal | plexus

"""What a bleed has beside its body: protrusions of its margin, and small clots apart from it.

An irregular bleed has two or three broad lobules, each a focal irregularity on the slice of the largest area.
Islands are either small clots apart (which are satellites, too) or bubbles on stalks: small enough for an
opening to remove them, which lobules survive.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from HematomaExpansionLib.markers.marker import Marker

from ..fields import smooth_noise, to_numpy
from .rules import no_room

if TYPE_CHECKING:
    from numpy.typing import NDArray


# How far from round protrusions and satellites are, and over what length.
_WOBBLE, _WOBBLE_MM = 0.13, 2.5


@dataclass(frozen=True)
class Bump:
    """A protrusion or a small clot.

    Attributes:
        radius_mm: of its round end, on a slice.
        half_height_mm: half its height.
        gap_mm: from the body to its round end; clear brain where it is apart.
        stalk_mm: radius of what joins it to the body; 0 when apart.
        spread_mm: least distance between the middles of two.
    """

    radius_mm: float
    half_height_mm: float
    gap_mm: float
    stalk_mm: float
    spread_mm: float

    @property
    def volume_ml(self) -> float:
        """About what it adds to the body."""
        stalk = np.pi * self.stalk_mm**2 * (self.gap_mm + self.radius_mm / 2)
        return float((4 / 3 * np.pi * self.radius_mm**2 * self.half_height_mm + stalk) / 1000)


def bumps(
    markers: Collection[Marker], volume_ml: float, rng: np.random.Generator
) -> tuple[list[Bump], list[Bump]]:
    """The protrusions and the separate clots of a bleed.

    Args:
        markers: those that are present, closed (:func:`.rules.close`).
        volume_ml: of the bleed.
        rng: the generator.
    """
    joined, apart = [], []
    # Irregularities are judged against the square root of the area, here of a sphere's largest slice.
    side = float(np.sqrt(np.pi) * np.cbrt(3000 * volume_ml / (4 * np.pi)))
    island, irregular = Marker.ISLAND in markers, Marker.IRREGULAR_SHAPE in markers
    if Marker.SATELLITE in markers:
        number = int(rng.integers(3, 5)) if island else int(rng.integers(1, 3)) if irregular else 1
        apart = [
            Bump(float(rng.uniform(3.2, 3.6)), 3.8, float(rng.uniform(6, 9)), 0.0, 11.0)
            for _ in range(number)
        ]
    elif island:
        joined = [
            Bump(float(rng.uniform(3.2, 4.0)), 4.5, 1.2, 2.1, 11.0) for _ in range(int(rng.integers(5, 7)))
        ]
    if irregular and not island:
        radius = max(5.6, 0.17 * side)
        lobule = Bump(radius, 1.2 * radius, 0.4 * radius, 0.65 * radius, 3.6 * radius)
        joined = [lobule for _ in range(int(rng.integers(2, 4)))]
    return joined, apart


def place(
    body: torch.Tensor,
    brain: torch.Tensor,
    spacing_mm: tuple[float, float, float],
    wanted: list[Bump],
    marker: Marker,
    markers: Collection[Marker],
    rng: np.random.Generator,
) -> torch.Tensor:
    """Put protrusions or small clots round a body, on the slice of its largest area.

    Args:
        body: bool ``[z, y, x]``.
        brain: bool, where blood may be; outside the grid there is none.
        spacing_mm: voxel size along (z, y, x).
        wanted: what to place.
        marker: what it is for.
        markers: all that the bleed has, for the message.
        rng: the generator.

    Returns:
        bool ``[z, y, x]``, all of them.

    Raises:
        ValueError: when the brain has no place for one.
    """
    from scipy import ndimage

    mask = to_numpy(body)
    # Not beyond the falx: only in brain that is joined to the body.
    regions, _ = ndimage.label(to_numpy(brain))
    joined = np.isin(regions, regions[mask]) & (regions > 0)
    level = int(mask.sum(axis=(1, 2)).argmax())
    spacing = np.array(spacing_mm)
    away, nearest = ndimage.distance_transform_edt(~mask, sampling=spacing, return_indices=True)
    clear = ndimage.distance_transform_edt(np.pad(joined, 1), sampling=spacing)[1:-1, 1:-1, 1:-1]
    wobble = to_numpy(smooth_noise(mask.shape, _WOBBLE_MM / spacing_mm[0], rng, torch.device("cpu")))
    wobble = _WOBBLE * np.clip(wobble, -2, 2)
    placed = np.zeros(mask.shape, dtype=bool)
    middles: list[NDArray[np.float64]] = []
    for bump in wanted:
        distance = bump.gap_mm + bump.radius_mm
        possible = (abs(away[level] - distance) < 0.8) & (clear[level] > bump.radius_mm)
        # Beside the body, not over or under a part of it, where thick slices would hide it.
        possible &= abs(nearest[0, level] - level) * spacing[0] < 0.35 * distance
        places = np.argwhere(possible) * spacing[1:]
        for middle in middles:
            places = places[np.hypot(*(places - middle).T) >= bump.spread_mm]
        if middles:
            # The half of the places farther from the others: protrusions all round, and dents between them.
            nearest_one = np.min([np.hypot(*(places - middle).T) for middle in middles], axis=0)
            places = places[nearest_one >= np.median(nearest_one)] if places.size else places
        if not places.size:
            raise no_room(marker, markers)
        middles.append(places[rng.integers(len(places))])
        voxel = np.array([level, *np.rint(middles[-1] / spacing[1:]).astype(int)])
        placed |= _bump(bump, wobble, spacing, voxel, nearest[(slice(None), *voxel)])
    return torch.from_numpy(placed & joined).to(body.device)


def _bump(
    bump: Bump,
    wobble: "NDArray[np.generic]",
    spacing_mm: "NDArray[np.float64]",
    middle: "NDArray[np.int_]",
    base: "NDArray[np.int_]",
) -> "NDArray[np.bool_]":
    """A spheroid, less round by the wobble, and a stalk to the voxel of the body that is nearest to it."""
    grid = np.ogrid[tuple(slice(count) for count in wobble.shape)]
    z, y, x = (step * (axis - at) for step, axis, at in zip(spacing_mm, grid, middle, strict=True))
    flat = (z / bump.half_height_mm) ** 2 + wobble
    end = (y**2 + x**2) / bump.radius_mm**2 + flat < 1
    if bump.stalk_mm == 0:
        return np.asarray(end)
    way = ((base - middle) * spacing_mm)[1:]
    length = max(float(np.hypot(*way)), 1e-6)
    back, left = way / length
    along = np.clip(y * back + x * left, 0, length + bump.stalk_mm)
    across = (y - along * back) ** 2 + (x - along * left) ** 2
    return np.asarray(end | (across / bump.stalk_mm**2 + flat < 1))

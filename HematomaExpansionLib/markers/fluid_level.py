"""Fluid level: low density above, high density below one straight horizontal line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from .clot import Clot
from .finding import MarkerFinding, State, confidence, distinct, finding
from .foci import Focus, enclosed
from .marker import Marker
from .plane import PixelSize
from .two_parts import TwoParts, two_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Pixel = TypeVar("_Pixel", bound=np.generic)


@dataclass(frozen=True)
class FluidLevelSettings:
    """Limits of the fluid level (Morotti 2019).

    Attributes:
        difference_hu: between what lies above and below the line, at least.
        residual_mm: root mean square distance of the border to the line, at most.
        bend_mm: how far the middle of the border bulges from the line between its ends, at most.
        tilt_degrees: between the line and the horizontal, at most.
        length_mm: of the line, at least.
        reach_mm: how far above and below the line the two densities are looked at.
        rim_mm: farther than this from the border of M*, where partial volume ends.
        bridged_mm: a gap in the border that a line may pass over.
        width_share: the line's share of the widest extent of the low part above it, at least.
        hole_mm: margin round encapsulated foci that is left out with them.
        slice_share: share of the slices of the clot that show a level, at least.
    """

    difference_hu: float = 10.0
    residual_mm: float = 1.0
    bend_mm: float = 1.0
    tilt_degrees: float = 15.0
    length_mm: float = 8.0
    reach_mm: float = 4.0
    rim_mm: float = 1.5
    bridged_mm: float = 2.0
    width_share: float = 0.6
    hole_mm: float = 2.0
    slice_share: float = 0.25


@dataclass(frozen=True, eq=False)
class _Level:
    """A straight border on one slice, with the low part above it and the dense part below."""

    index: int
    length_mm: float
    tilt_degrees: float
    residual_mm: float
    difference_hu: float
    pixels: int
    above: "NDArray[np.bool_]"
    below: "NDArray[np.bool_]"


def fluid_level(
    clot: Clot, foci: Sequence[Focus], down: "NDArray[np.float64]", settings: FluidLevelSettings
) -> MarkerFinding:
    """Look on every slice for a straight border with the dense part under it; the longest decides.

    The bottom of a hole in the clot is short, but straight within a millimetre: encapsulated foci are left
    out. A level within such a hole is missed for that.

    Args:
        clot: the clot.
        foci: its low-density foci.
        down: direction of gravity along (z, y, x), one of the axes y and x.
        settings: limits.
    """
    deep = clot.deep(settings.rim_mm) & ~enclosed(clot, foci, settings.hole_mm)
    levels = [
        longest
        for index, plane in enumerate(deep)
        if (longest := _longest(clot, index, plane, down, settings)) is not None
    ]
    seen = np.count_nonzero(deep.any(axis=(1, 2)))
    if len(levels) < settings.slice_share * seen:
        levels = []
    clear = [each for each in levels if distinct(each.difference_hu, clot.noise_hu, each.pixels)]
    state = State.PRESENT if clear else State.INDETERMINATE if levels else State.ABSENT
    best = max(clear or levels, key=lambda level: level.length_mm, default=None)
    if best is None:
        return finding(Marker.FLUID_LEVEL, clot, state, 1.0, {"slices": 0.0}, clot.nothing())
    where = clot.nothing()
    for level in clear or levels:
        where[level.index] |= level.above | level.below
    measures = {
        "slices": float(len(levels)),
        "length_mm": best.length_mm,
        "tilt_degrees": best.tilt_degrees,
        "residual_mm": best.residual_mm,
        "difference_hu": best.difference_hu,
    }
    sureness = confidence(best.difference_hu, settings.difference_hu, clot.smooth_noise_hu)
    return finding(Marker.FLUID_LEVEL, clot, state, sureness, measures, where)


def _longest(
    clot: Clot,
    index: int,
    plane: "NDArray[np.bool_]",
    down: "NDArray[np.float64]",
    settings: FluidLevelSettings,
) -> _Level | None:
    """The longest level of a slice over the ways to part its densities."""
    # Turned so that rows run down.
    hu, raw = _turned(clot.smooth[index], down), _turned(clot.hu[index], down)
    pixel_mm = clot.pixel_mm if down[1] else clot.pixel_mm[::-1]
    deep = _turned(plane, down)
    levels = [_level(hu, raw, deep, parts, pixel_mm, settings) for parts in two_parts(hu, deep)]
    found = max(
        (level for level in levels if level is not None), key=lambda level: level.length_mm, default=None
    )
    if found is None:
        return None
    above, below = _turned_back(found.above, down), _turned_back(found.below, down)
    return replace(found, index=index, above=above, below=below)


def _level(
    hu: "NDArray[np.float32]",
    raw: "NDArray[np.float32]",
    deep: "NDArray[np.bool_]",
    parts: TwoParts,
    pixel_mm: PixelSize,
    settings: FluidLevelSettings,
) -> _Level | None:
    """The level between two parts of a turned slice, if their border is one."""
    across, height = _border(hu, parts.low, parts.high, parts.limit_hu, pixel_mm, settings)
    run = _straightest(across, height, settings)
    if run is None:
        return None
    across, height = across[run], height[run]
    slope, offset = np.polyfit(across, height, 1)
    tilt = float(np.degrees(np.arctan(slope)))
    residual = float(np.sqrt(np.mean((slope * across + offset - height) ** 2)))
    length = float((np.ptp(across) + pixel_mm[1]) * np.hypot(1.0, slope))
    rows, columns = (step * np.arange(n) for step, n in zip(pixel_mm, hu.shape, strict=True))
    under = rows[:, np.newaxis] - (slope * columns + offset)[np.newaxis, :]
    beside = (columns >= across.min()) & (columns <= across.max()) & deep
    above = beside & (under < 0) & (under >= -settings.reach_mm)
    below = beside & (under >= 0) & (under <= settings.reach_mm)
    if not above.any() or not below.any():
        return None
    # A pixel on either side of the line is of both.
    far = np.abs(under) > max(pixel_mm[0], 1.0)
    upper, lower = (part & far if (part & far).any() else part for part in (above, below))
    difference = float(raw[lower].mean() - raw[upper].mean())
    if length < settings.length_mm:
        return None
    bulge = abs(float(np.polyfit(across, height, 2)[0])) * float(np.ptp(across)) ** 2 / 4
    layer = parts.low & (under < 0)
    widest = float(np.ptp(np.flatnonzero(layer.any(axis=0))) + 1) * pixel_mm[1] if layer.any() else np.inf
    straight = (
        abs(tilt) <= settings.tilt_degrees
        and residual <= settings.residual_mm
        and bulge <= settings.bend_mm
        and difference >= settings.difference_hu
        and float(np.ptp(across)) >= settings.width_share * widest
    )
    if not straight:
        return None
    return _Level(
        index=0,
        length_mm=length,
        tilt_degrees=abs(tilt),
        residual_mm=residual,
        difference_hu=difference,
        pixels=int(min(upper.sum(), lower.sum())),
        above=layer,
        below=parts.high & (under >= 0),
    )


def _turned(plane: "NDArray[_Pixel]", down: "NDArray[np.float64]") -> "NDArray[_Pixel]":
    upright = plane if down[1] else plane.T
    return upright if down[1] + down[2] > 0 else upright[::-1]


def _turned_back(plane: "NDArray[np.bool_]", down: "NDArray[np.float64]") -> "NDArray[np.bool_]":
    upright = plane if down[1] + down[2] > 0 else plane[::-1]
    return upright if down[1] else upright.T


def _border(
    hu: "NDArray[np.float32]",
    low: "NDArray[np.bool_]",
    high: "NDArray[np.bool_]",
    limit_hu: float,
    pixel_mm: PixelSize,
    settings: FluidLevelSettings,
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Where low lies straight above high: the largest step of each column, (across, down) in mm."""
    rows = max(1, round(settings.reach_mm / pixel_mm[0]))
    across, height = [], []
    for column in np.flatnonzero((low[:-1] & high[1:]).any(axis=0)):
        line = hu[:, column]
        crossings = np.flatnonzero(low[:-1, column] & high[1:, column])
        steps = [
            line[r + 1 : r + 1 + rows].mean() - line[max(0, r + 1 - rows) : r + 1].mean() for r in crossings
        ]
        row = int(crossings[int(np.argmax(steps))])
        part = (limit_hu - line[row]) / max(float(line[row + 1] - line[row]), 1e-6)
        across.append(column * pixel_mm[1])
        height.append((row + np.clip(part, 0, 1)) * pixel_mm[0])
    return np.array(across), np.array(height)


def _straightest(
    across: "NDArray[np.float64]", height: "NDArray[np.float64]", settings: FluidLevelSettings
) -> "NDArray[np.intp] | None":
    """The longest run of border points near one of the lines through two of them, within the tilt."""
    if len(across) < 3:
        return None
    first, second = np.triu_indices(len(across), 1)
    apart = across[second] - across[first]
    slopes = (height[second] - height[first]) / apart
    fits = (apart >= settings.length_mm / 2) & (
        np.abs(np.degrees(np.arctan(slopes))) <= settings.tilt_degrees + 5
    )
    best, longest = None, 0.0
    for start, slope in set(zip(first[fits].tolist(), np.round(slopes[fits], 2).tolist(), strict=True)):
        away = np.abs(height[start] + slope * (across - across[start]) - height)
        near = np.flatnonzero(away <= 2 * settings.residual_mm)
        breaks = np.flatnonzero(np.diff(across[near]) > settings.bridged_mm) + 1
        for low, high in pairwise([0, *breaks.tolist(), len(near)]):
            run = near[low:high]
            length = float(np.ptp(across[run])) - float(away[run].mean())
            if length > longest:
                best, longest = run, length
    return best

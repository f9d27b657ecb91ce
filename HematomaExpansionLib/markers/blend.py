"""Blend: a low-density part of the haematoma beside a dense one, over 18 HU apart, with a clear margin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .clot import Clot
from .finding import MarkerFinding, State, confidence, distinct, finding
from .foci import Focus, enclosed
from .marker import Marker
from .plane import away_mm, depth_mm, opened, pieces
from .two_parts import TwoParts, two_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class BlendSettings:
    """Limits of the blend sign (Li 2015; Morotti 2019).

    Attributes:
        difference_hu: the two parts differ by more than this.
        share: each part's share of the clot, at least.
        dominance: share of its class that the largest piece of each part has, at least.
        edge_mm: width of the margin from 10 to 90 % of the step, at most.
        encapsulated_share: the low part is no blend when so much of it lies in encapsulated foci.
        rim_mm: farther than this from the border of M*, where partial volume ends.
        solid_mm: radius of a disc that fits into each part.
    """

    difference_hu: float = 18.0
    share: float = 0.15
    dominance: float = 0.6
    edge_mm: float = 4.0
    encapsulated_share: float = 0.25
    rim_mm: float = 1.5
    solid_mm: float = 1.5


def blend(
    clot: Clot, foci: Sequence[Focus], layered: "NDArray[np.bool_]", settings: BlendSettings
) -> MarkerFinding:
    """Split the clot into two densities and look at how they meet.

    Args:
        clot: the clot.
        foci: its low-density foci.
        layered: the layers of a fluid level, which is not also a blend.
        settings: limits.
    """
    deep = clot.deep(settings.rim_mm)
    holes = enclosed(clot, foci)
    splits = [_split(clot, parts, deep, holes, layered, settings) for parts in two_parts(clot.smooth, deep)]
    if not splits:
        return finding(Marker.BLEND, clot, State.ABSENT, 1.0, {"difference_hu": 0.0}, clot.nothing())
    best = max(splits, key=lambda split: (split.beside, split.measures["difference_hu"]))
    difference = best.measures["difference_hu"]
    sureness = confidence(difference, settings.difference_hu, clot.smooth_noise_hu)
    state = State.ABSENT
    if best.beside and difference > settings.difference_hu:
        state = State.PRESENT if distinct(difference, clot.noise_hu, best.pixels) else State.INDETERMINATE
    elif difference > settings.difference_hu:
        sureness = 1.0
    return finding(Marker.BLEND, clot, state, sureness, best.measures, best.low)


@dataclass(frozen=True, eq=False)
class _Split:
    """Two parts of a clot, and whether they lie beside each other as those of a blend."""

    low: "NDArray[np.bool_]"
    pixels: int
    beside: bool
    measures: dict[str, float]


def _split(
    clot: Clot,
    parts: TwoParts,
    deep: "NDArray[np.bool_]",
    holes: "NDArray[np.bool_]",
    layered: "NDArray[np.bool_]",
    settings: BlendSettings,
) -> _Split:
    solid = [_solid(part, clot, settings) for part in (parts.low, parts.high)]
    low, high = (_largest(part) for part in solid)
    measures = {
        "difference_hu": _core_hu(clot, high) - _core_hu(clot, low),
        "low_share": float(low.sum() / deep.sum()),
        "high_share": float(high.sum() / deep.sum()),
        "edge_mm": _edge_mm(clot, low, high),
        "encapsulated_share": float((low & holes).sum() / max(low.sum(), 1)),
    }
    beside = (
        min(measures["low_share"], measures["high_share"]) >= settings.share
        and low.sum() >= settings.dominance * solid[0].sum()
        and high.sum() >= settings.dominance * solid[1].sum()
        and measures["edge_mm"] <= settings.edge_mm
        and measures["encapsulated_share"] < settings.encapsulated_share
        and 2 * (low & layered).sum() < low.sum()
    )
    # Where the low part goes on above and below, as far as the surface of the clot.
    reach = low.copy()
    reach[1:] |= low[:-1]
    reach[:-1] |= low[1:]
    whole = reach & clot.mask & (clot.smooth <= parts.limit_hu)
    return _Split(whole, int(min(low.sum(), high.sum())), bool(beside), measures)


def _solid(part: "NDArray[np.bool_]", clot: Clot, settings: BlendSettings) -> "NDArray[np.bool_]":
    """A part without what is thin: the grain of an even clot has no solid parts."""
    return np.stack([opened(plane, settings.solid_mm, clot.pixel_mm) for plane in part])


def _largest(part: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    return max(pieces(part), key=np.count_nonzero, default=part)


def _core_hu(clot: Clot, part: "NDArray[np.bool_]") -> float:
    """Mean HU without the rim."""
    inside = np.stack([depth_mm(plane, clot.pixel_mm) > max(1.0, *clot.pixel_mm) for plane in part])
    core = inside if inside.any() else part
    return float(clot.hu[core].mean()) if core.any() else 0.0


def _edge_mm(clot: Clot, low: "NDArray[np.bool_]", high: "NDArray[np.bool_]") -> float:
    """Width of the step between the parts from 10 to 90 %, over the mean profile across their border.

    Infinite where the parts do not meet on any slice.
    """
    reach, bin_mm = 6.0, 0.5
    across, values = [], []
    for index, (below, above) in enumerate(zip(low, high, strict=True)):
        if below.any() and above.any():
            outside = away_mm(below, clot.pixel_mm)
            inside = away_mm(above, clot.pixel_mm)
            near = (below | above) & (np.maximum(outside, inside) <= reach)
            # The border lies half a pixel before the first pixel of the other part.
            half = max(clot.pixel_mm) / 2
            across.append(np.where(below, half - inside, outside - half)[near])
            values.append(clot.smooth[index][near])
    if not across:
        return float("inf")
    distance, hu = np.concatenate(across), np.concatenate(values)
    if not (distance < 0).any() or not (distance > 0).any():
        return float("inf")
    numbers = np.floor((distance + reach) / bin_mm).astype(int)
    used = np.unique(numbers)
    profile = np.array([hu[numbers == number].mean() for number in used])
    middles = used * bin_mm - reach + bin_mm / 2
    bottom = float(np.median(profile[middles <= max(-reach / 2, middles[0])]))
    top = float(np.median(profile[middles >= min(reach / 2, middles[-1])]))
    relative = (profile - bottom) / max(top - bottom, 1e-6)
    start = middles[relative <= 0.1].max(initial=middles[0])
    end = middles[relative >= 0.9].min(initial=middles[-1])
    return float(max(end - start, 0.0))

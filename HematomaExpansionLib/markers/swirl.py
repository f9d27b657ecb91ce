"""Swirl: a region in the haematoma as dense as brain or less, of any form, encapsulated or not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .clot import Clot
from .finding import MarkerFinding, State, confidence, distinct, finding
from .foci import Focus
from .marker import Marker
from .plane import pieces


@dataclass(frozen=True)
class SwirlSettings:
    """Limits of the swirl sign (Selariu 2012; Morotti 2019).

    Attributes:
        above_brain_hu: iso-attenuating reaches so far above the brain.
        rim_mm: farther than this from the border of M*, where partial volume ends.
        area_mm2: on one slice, at least.
        below_clot_hu: the clot round it is denser by at least this; an old clot as dense as brain swirls not.
        height_mm: least height of the region; 0 asks for one slice.
    """

    above_brain_hu: float = 5.0
    rim_mm: float = 2.0
    area_mm2: float = 6.0
    below_clot_hu: float = 10.0
    height_mm: float = 0.0


def swirl(clot: Clot, foci: Sequence[Focus], settings: SwirlSettings) -> MarkerFinding:
    """Look for brain-like density well inside the clot.

    A region is encapsulated when it holds an encapsulated low-density focus; ``encapsulated`` is 1 then.

    Args:
        clot: the clot.
        foci: its low-density foci.
        settings: limits.
    """
    limit = clot.brain_hu + settings.above_brain_hu
    deep = clot.deep(settings.rim_mm)
    if not deep.any():
        return finding(Marker.SWIRL, clot, State.ABSENT, 1.0, {"regions": 0.0}, clot.nothing())
    where, indistinct, count, largest = clot.nothing(), clot.nothing(), 0, 0.0
    for region in pieces(deep & (clot.smooth <= limit)):
        areas = np.count_nonzero(region, axis=(1, 2)) * clot.pixel_mm2
        if areas.max() < settings.area_mm2:
            continue
        if np.count_nonzero(areas) * clot.spacing_mm[0] < settings.height_mm:
            continue
        rest = clot.inner & ~region & (areas > 0)[:, np.newaxis, np.newaxis]
        difference = float(clot.hu[rest].mean() - clot.hu[region].mean()) if rest.any() else 0.0
        if difference < settings.below_clot_hu:
            continue
        if distinct(difference, clot.noise_hu, int(region.sum())):
            where |= region
            count += 1
            largest = max(largest, float(areas.max()))
        else:
            indistinct |= region
    state = State.PRESENT if count else State.INDETERMINATE if indistinct.any() else State.ABSENT
    shown = where if count else indistinct
    chosen = float(clot.smooth[shown].mean() if shown.any() else clot.smooth[deep].min())
    encapsulated = any(
        focus.encapsulated and focus.counts and (focus.region & where[focus.index]).any() for focus in foci
    )
    measures = {
        "regions": float(count),
        "area_mm2": largest,
        "density_hu": chosen,
        "brain_hu": clot.brain_hu,
        "encapsulated": float(encapsulated),
    }
    sureness = confidence(chosen, limit, clot.smooth_noise_hu)
    return finding(Marker.SWIRL, clot, state, sureness, measures, shown)

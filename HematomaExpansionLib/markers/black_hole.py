"""Black hole: an encapsulated low-density area, over 28 HU below the clot round it, with a clear border."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .clot import Clot
from .finding import MarkerFinding, State, confidence, distinct, finding
from .foci import Focus
from .marker import Marker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class BlackHoleSettings:
    """Limits of the black hole sign (Li 2016; Morotti 2019).

    Attributes:
        difference_hu: the core lies below the clot round it by more than this.
        area_mm2: at least.
        edge_hu_mm: mean slope at the border, at least: the border is identifiable.
    """

    difference_hu: float = 28.0
    area_mm2: float = 10.0
    edge_hu_mm: float = 5.0


def black_hole(
    clot: Clot, foci: Sequence[Focus], blended: "NDArray[np.bool_]", settings: BlackHoleSettings
) -> MarkerFinding:
    """Choose among the encapsulated foci, so a black hole is always a hypodensity.

    Args:
        clot: the clot.
        foci: its low-density foci.
        blended: the low part of a blend sign; a focus of which half lies in it is no black hole.
        settings: limits.
    """
    candidates = [
        focus
        for focus in foci
        if focus.encapsulated
        and focus.counts
        and focus.area_mm2 >= settings.area_mm2
        and focus.edge_hu_mm >= settings.edge_hu_mm
        and 2 * (focus.region & blended[focus.index]).sum() < focus.region.sum()
    ]
    found = [focus for focus in candidates if focus.difference_hu > settings.difference_hu]
    clear = [focus for focus in found if distinct(focus.depth_hu, clot.noise_hu, focus.core_pixels)]
    state = State.PRESENT if clear else State.INDETERMINATE if found else State.ABSENT
    where = clot.nothing()
    for focus in clear or found:
        where[focus.index] |= focus.region
    where &= ~blended
    darkest = max(clear or candidates, key=lambda focus: focus.difference_hu, default=None)
    if darkest is None:
        return finding(Marker.BLACK_HOLE, clot, state, 1.0, {"foci": 0.0}, where)
    measures = {
        "foci": float(len(found)),
        "difference_hu": darkest.difference_hu,
        "core_hu": darkest.core_hu,
        "ring_hu": darkest.ring_hu,
        "area_mm2": darkest.area_mm2,
        "edge_hu_mm": darkest.edge_hu_mm,
    }
    error = clot.noise_hu * (2.0 / darkest.core_pixels) ** 0.5
    sureness = confidence(darkest.difference_hu, settings.difference_hu, max(error, clot.smooth_noise_hu / 2))
    return finding(Marker.BLACK_HOLE, clot, state, sureness, measures, where)

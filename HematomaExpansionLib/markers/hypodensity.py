"""Hypodensity: a low-density region strictly encapsulated in the haematoma, of any shape and density."""

from collections.abc import Sequence

from .clot import Clot
from .finding import MarkerFinding, State, confidence, distinct, finding
from .foci import FociSettings, Focus
from .marker import Marker


def hypodensity(clot: Clot, foci: Sequence[Focus], settings: FociSettings) -> MarkerFinding:
    """Look for a focus that the clot encloses on at least one slice (Morotti 2019).

    The deepest one decides. It is indeterminate when every such focus drowns in the noise.

    Args:
        clot: the clot.
        foci: its low-density foci.
        settings: what a focus is.
    """
    closed_in = [focus for focus in foci if focus.encapsulated]
    found = [focus for focus in closed_in if focus.counts]
    clear = [focus for focus in found if distinct(focus.depth_hu, clot.noise_hu, focus.core_pixels)]
    state = State.PRESENT if clear else State.INDETERMINATE if found else State.ABSENT
    where = clot.nothing()
    for focus in clear or found:
        where[focus.index] |= focus.region
    deepest = max(clear or closed_in, key=lambda focus: focus.depth_hu, default=None)
    if deepest is None:
        return finding(Marker.HYPODENSITY, clot, state, 1.0, {"foci": 0.0}, where)
    measures = {
        "foci": float(len(found)),
        "depth_hu": deepest.depth_hu,
        "area_mm2": deepest.area_mm2,
        "difference_hu": deepest.difference_hu,
    }
    sureness = confidence(deepest.depth_hu, settings.depth_hu, clot.smooth_noise_hu * 2**0.5)
    return finding(Marker.HYPODENSITY, clot, state, sureness, measures, where)

"""Heterogeneous density: at least three low-density foci on the largest slice (Barras >= III)."""

from collections.abc import Sequence

from .clot import Clot
from .finding import COUNT_ERROR, MarkerFinding, State, confidence, distinct, finding
from .foci import Focus
from .marker import Marker

LEAST = 3
"""Foci of Barras' third category."""


def heterogeneous_density(clot: Clot, foci: Sequence[Focus]) -> MarkerFinding:
    """Count the foci of the slice of largest area, encapsulated or not.

    Args:
        clot: the clot.
        foci: its low-density foci.
    """
    found = [focus for focus in foci if focus.index == clot.largest and focus.counts]
    clear = [focus for focus in found if distinct(focus.depth_hu, clot.noise_hu, focus.core_pixels)]
    where = clot.nothing()
    for focus in found:
        where[clot.largest] |= focus.region
    state = State.ABSENT
    if len(found) >= LEAST:
        state = State.PRESENT if len(clear) >= LEAST else State.INDETERMINATE
    measures = {
        "foci": float(len(found)),
        "encapsulated": float(sum(focus.encapsulated for focus in found)),
    }
    sureness = confidence(len(found), LEAST - 0.5, COUNT_ERROR)
    return finding(Marker.HETEROGENEOUS_DENSITY, clot, state, sureness, measures, where)

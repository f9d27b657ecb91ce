"""Irregular shape: at least two focal irregularities of the margin on the largest slice (Barras >= III)."""

from .clot import Clot
from .finding import COUNT_ERROR, MarkerFinding, State, confidence, finding
from .marker import Marker
from .outline import Outline

LEAST = 2
"""Irregularities of Barras' third category."""


def irregular_shape(clot: Clot, outline: Outline) -> MarkerFinding:
    """Count dents and separate pieces on the slice of largest area.

    Args:
        clot: the clot.
        outline: of its largest slice.
    """
    where = clot.nothing()
    for part in (*outline.dents, *outline.separate):
        where[clot.largest] |= part
    state = State.PRESENT if outline.irregularities >= LEAST else State.ABSENT
    measures = {
        "irregularities": float(outline.irregularities),
        "dents": float(len(outline.dents)),
        "separate": float(len(outline.separate)),
        "deepest_mm": outline.deepest_mm,
        "limit_mm": outline.limit_mm,
        "solidity": outline.solidity,
    }
    sureness = confidence(outline.irregularities, LEAST - 0.5, COUNT_ERROR)
    return finding(Marker.IRREGULAR_SHAPE, clot, state, sureness, measures, where)

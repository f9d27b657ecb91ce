"""Which markers a bleed has, drawn as often as patients have them."""

from collections.abc import Collection

import numpy as np

from HematomaExpansionLib.markers.marker import Marker

from .markers.rules import EXCLUSIVE, close, least_volume_ml

# Means of the training sets of Ning 2025 and Zhong 2021, of one where the other does not say.
PREVALENCES: dict[Marker, float] = {
    Marker.HYPODENSITY: 0.56,
    Marker.BLACK_HOLE: 0.16,
    Marker.SWIRL: 0.42,
    Marker.BLEND: 0.125,
    Marker.FLUID_LEVEL: 0.04,
    Marker.IRREGULAR_SHAPE: 0.55,
    Marker.HETEROGENEOUS_DENSITY: 0.33,
    Marker.SATELLITE: 0.30,
    Marker.ISLAND: 0.11,
}


def draw_markers(ich_ml: float, rng: np.random.Generator) -> frozenset[Marker]:
    """Draw the markers of a bleed; those that it is too small for are left out, the rarest last.

    Args:
        ich_ml: the smallest volume that the bleed has at any time.
        rng: the generator.
    """
    return that_fit([marker for marker, share in PREVALENCES.items() if rng.random() < share], ich_ml)


def that_fit(markers: Collection[Marker], ich_ml: float) -> frozenset[Marker]:
    """Those of the markers that a bleed has room for, with those that they imply; the rarest goes last.

    Args:
        markers: that it should have.
        ich_ml: the smallest volume that it has at any time.
    """
    drawn = list(markers)
    if all(marker in drawn for marker in EXCLUSIVE):
        drawn.remove(EXCLUSIVE[1])
    for marker in sorted(drawn, key=lambda each: -PREVALENCES[each]):
        if least_volume_ml(*drawn) <= ich_ml:
            break
        drawn.remove(marker)
    return close(drawn)

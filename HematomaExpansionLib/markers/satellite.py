"""Satellite: a small haematoma of at most 10 mm, 1 to 20 mm away from the main one."""

from dataclasses import dataclass

from .bleed_parts import BleedParts
from .clot import Clot
from .finding import MarkerFinding, State, confidence, finding
from .marker import Marker

_TOLERANCE_MM = 1e-6
"""What binary fractions make of a gap of 1.0 mm."""


@dataclass(frozen=True)
class SatelliteSettings:
    """Limits of the satellite sign (Shimoda 2017; Morotti 2019).

    Attributes:
        diameter_mm: largest diameter on a slice, at most.
        gap_mm: distance from the main haematoma, from and to, both included.
        least_ml: a smaller speck is noise of the segmentation.
    """

    diameter_mm: float = 10.0
    gap_mm: tuple[float, float] = (1.0, 20.0)
    least_ml: float = 0.01


def satellite(clot: Clot, parts: BleedParts, settings: SatelliteSettings) -> MarkerFinding:
    """Look for small pieces beside the largest.

    Args:
        clot: the clot.
        parts: its pieces.
        settings: limits.
    """
    nearest, farthest = settings.gap_mm
    possible = [part for part in parts.small if part.ml >= settings.least_ml]
    found = [
        part
        for part in possible
        if part.diameter_mm <= settings.diameter_mm + _TOLERANCE_MM
        and nearest - _TOLERANCE_MM <= part.gap_mm <= farthest + _TOLERANCE_MM
    ]
    where = clot.nothing()
    for part in found:
        where |= part.mask
    state = State.PRESENT if found else State.ABSENT
    shown = max(found or possible, key=lambda part: part.ml, default=None)
    if shown is None:
        return finding(Marker.SATELLITE, clot, state, 1.0, {"satellites": 0.0}, where)
    measures = {
        "satellites": float(len(found)),
        "diameter_mm": shown.diameter_mm,
        "gap_mm": shown.gap_mm,
    }
    sureness = min(
        confidence(shown.diameter_mm, settings.diameter_mm, max(clot.pixel_mm)),
        confidence(shown.gap_mm, nearest, max(clot.pixel_mm) / 2),
        confidence(shown.gap_mm, farthest, max(clot.pixel_mm)),
    )
    return finding(Marker.SATELLITE, clot, state, sureness, measures, where)

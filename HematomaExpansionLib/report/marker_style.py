"""How the evidence of each marker is named, drawn and coded."""

from ..labels import APPEARANCE, Label
from ..markers.marker import Marker
from ..segmentation.segment_style import SegmentStyle, terminology_entry

_BLOOD = terminology_entry(APPEARANCE[Label.ICH])
_LOOKS = {
    Marker.HYPODENSITY: ("Hypodensity", (0.337, 0.706, 0.914)),
    Marker.BLACK_HOLE: ("Black hole", (0.0, 0.447, 0.698)),
    Marker.SWIRL: ("Swirl", (0.0, 0.62, 0.451)),
    Marker.BLEND: ("Blend", (0.941, 0.894, 0.259)),
    Marker.FLUID_LEVEL: ("Fluid level", (0.902, 0.624, 0.0)),
    Marker.IRREGULAR_SHAPE: ("Irregular shape", (0.835, 0.369, 0.0)),
    Marker.HETEROGENEOUS_DENSITY: ("Heterogeneous density", (0.8, 0.475, 0.655)),
    Marker.SATELLITE: ("Satellite", (0.6, 0.85, 0.2)),
    Marker.ISLAND: ("Island", (0.95, 0.3, 0.3)),
}

MARKER_STYLES: dict[Marker, SegmentStyle] = {
    marker: SegmentStyle(marker.value, name, colour, _BLOOD) for marker, (name, colour) in _LOOKS.items()
}
"""The first seven colours are of Okabe and Ito; the name always stands beside the colour."""

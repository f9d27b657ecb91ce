"""The nine markers by name. This is the only list of them."""

from enum import StrEnum


class Marker(StrEnum):
    """A non-contrast CT marker, in the words of the standards of Morotti (Stroke 2019;50:2962-2968)."""

    HYPODENSITY = "hypodensity"
    BLACK_HOLE = "black_hole"
    SWIRL = "swirl"
    BLEND = "blend"
    FLUID_LEVEL = "fluid_level"
    IRREGULAR_SHAPE = "irregular_shape"
    HETEROGENEOUS_DENSITY = "heterogeneous_density"
    SATELLITE = "satellite"
    ISLAND = "island"

"""What markers go together, and how large and how dense a clot must be to show them.

Definitions: Morotti et al., Stroke 2019;50:2962-2968. A swirl is as dense as brain or less, a black hole more
than 28 HU below the clot, and a blend more than 18 HU: a clot of 60 HU with a black hole has a swirl, too. So
a clot without swirl is made dense enough for its low regions to stay above brain.
"""

from collections.abc import Collection

from HematomaExpansionLib.markers.marker import Marker

IMPLIED: dict[Marker, Marker] = {
    Marker.BLACK_HOLE: Marker.HYPODENSITY,
    Marker.ISLAND: Marker.IRREGULAR_SHAPE,
}
"""A marker, and the one that comes with it: the second cannot be forbidden where the first is asked for."""

EXCLUSIVE: tuple[Marker, Marker] = (Marker.BLEND, Marker.FLUID_LEVEL)
"""Both split the whole clot in two parts, so a clot has one of them."""

# A swirl here is as dense as white matter, no other region comes near the limit of 5 HU above brain.
SWIRL_HU = 29.0
_NO_SWIRL_HU = 45.0
# Above this a swirl that the clot encloses would be a black hole.
_LARGEST_SWIRL_DROP_HU = 24.0
# The clot of a fluid level whose upper layer is a swirl.
_PALE_HU = 46.0
_DROP_HU: dict[Marker, float] = {
    Marker.HYPODENSITY: 18.0,
    Marker.BLACK_HOLE: 36.0,
    Marker.BLEND: 27.0,
    Marker.FLUID_LEVEL: 15.0,
    Marker.HETEROGENEOUS_DENSITY: 17.0,
}
_LEAST_ML: dict[Marker, float] = {
    Marker.HYPODENSITY: 4.0,
    Marker.BLACK_HOLE: 7.0,
    Marker.SWIRL: 10.0,
    Marker.BLEND: 5.0,
    Marker.FLUID_LEVEL: 4.0,
    Marker.IRREGULAR_SHAPE: 7.0,
    Marker.HETEROGENEOUS_DENSITY: 12.0,
    Marker.SATELLITE: 2.0,
    Marker.ISLAND: 7.0,
}
# Holes and inlets have the dense part alone of a clot of two parts, and less depth in an irregular one.
_TWO_PARTS, _IRREGULAR = 2.6, 1.6


def close(markers: Collection[Marker]) -> frozenset[Marker]:
    """Markers and those that come with them, :data:`IMPLIED`.

    Raises:
        ValueError: when both of :data:`EXCLUSIVE` are asked for.
    """
    if all(marker in markers for marker in EXCLUSIVE):
        raise ValueError(f"a clot shows {EXCLUSIVE[0]} or {EXCLUSIVE[1]}, not both")
    return frozenset(markers) | {IMPLIED[marker] for marker in markers if marker in IMPLIED}


def swirl_carrier(markers: Collection[Marker], density_hu: float) -> Marker | None:
    """The marker whose region is as low as brain: another one's if it can be, else the swirl's own."""
    if Marker.SWIRL not in markers:
        return None
    for marker in (Marker.BLACK_HOLE, *EXCLUSIVE):
        if marker in markers:
            return marker
    enclosed = Marker.HYPODENSITY in markers and density_hu - SWIRL_HU <= _LARGEST_SWIRL_DROP_HU
    return Marker.HYPODENSITY if enclosed else Marker.SWIRL


def least_volume_ml(*markers: Marker) -> float:
    """The smallest bleed that has room for markers together, mL; 0 for none."""
    closed = close(markers)
    inside = closed & {Marker.HETEROGENEOUS_DENSITY, Marker.BLACK_HOLE, Marker.HYPODENSITY}
    if len(inside) > 1:
        # A hole is one of the foci of a heterogeneous clot, and a black hole is the hypodensity.
        inside -= {Marker.HYPODENSITY}
    if swirl_carrier(closed, float("inf")) is Marker.SWIRL:
        inside |= {Marker.SWIRL}
    spread = _TWO_PARTS if closed & set(EXCLUSIVE) else 1.0
    spread *= _IRREGULAR if Marker.IRREGULAR_SHAPE in closed else 1.0
    least = [spread * sum(_LEAST_ML[marker] for marker in inside)]
    return round(max(least + [_LEAST_ML[marker] for marker in closed - {Marker.SWIRL}]), 1)


def require_volume(markers: Collection[Marker], volume_ml: float) -> None:
    """Refuse a bleed that is too small for its markers.

    Raises:
        ValueError: names the markers and the least volume.
    """
    least = least_volume_ml(*markers)
    if volume_ml < least:
        raise ValueError(
            f"{volume_ml:g} mL is too little for {_names(markers)}: {least:g} mL or more is needed"
        )


def no_room(marker: Marker, markers: Collection[Marker]) -> ValueError:
    """The error of a bleed whose form leaves no place for a marker though its volume would."""
    least = least_volume_ml(*markers)
    return ValueError(
        f"no place for {marker} in this bleed with {_names(markers)}, though it has {least:g} mL or more"
    )


def clot_hu(markers: Collection[Marker], blood_hu: float) -> float:
    """Density of the clot: what is asked for, moved as far as its markers need."""
    carrier = swirl_carrier(markers, blood_hu)
    if carrier is None:
        drops = [drop for marker, drop in _DROP_HU.items() if marker in markers]
        return max(blood_hu, _NO_SWIRL_HU + max(drops)) if drops else blood_hu
    return min(blood_hu, _PALE_HU) if carrier is Marker.FLUID_LEVEL else blood_hu


def drop_hu(marker: Marker, markers: Collection[Marker], density_hu: float) -> float:
    """How far the region of a marker lies below a clot of ``density_hu``, see :func:`clot_hu`."""
    least = _DROP_HU.get(marker, 0.0)
    return max(least, density_hu - SWIRL_HU) if marker is swirl_carrier(markers, density_hu) else least


def _names(markers: Collection[Marker]) -> str:
    return ", ".join(sorted(markers)) or "no marker"

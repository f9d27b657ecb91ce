"""Laying out the regions of low density that the markers of a clot need, and no other."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

import numpy as np

from HematomaExpansionLib.markers.marker import Marker

from .blend import blend
from .fluid_level import fluid_level
from .holes import hole
from .inlets import inlet
from .part import Body, Low
from .rules import SWIRL_HU, drop_hu, no_room, swirl_carrier

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Radius on a slice and half the height, mm: of the least and largest black hole, a hypodensity, a focus.
_BLACK_HOLES_MM = ((4.0, 6.0), (6.0, 7.0))
_HYPODENSITY_MM, _FOCUS_MM = (3.2, 5.0), (2.8, 5.0)
# Length, radius and half the height of inlets, mm.
_SWIRL_MM, _OPEN_FOCUS_MM = (9.5, 3.0, 7.0), (6.0, 2.8, 6.0)
# At least three foci make a clot heterogeneous.
_FOCI = 4


def lay_out(
    body: Body,
    markers: Collection[Marker],
    density_hu: float,
    down: tuple[float, float, float],
    family: Literal["lobes", "walk"],
    rng: np.random.Generator,
) -> list[Low]:
    """Place the regions of low density of a clot.

    A part of the clot comes first (blend or fluid level); holes and inlets have the rest of it. With no more
    than one part and one hole or inlet, a clot that shall not be heterogeneous has at most two low regions.

    Args:
        body: the clot without satellites.
        markers: those that are present, closed (:func:`.rules.close`).
        density_hu: of the clot, as :func:`.rules.clot_hu` gives it.
        down: unit vector of gravity (z, y, x).
        family: the kind of forms.
        rng: the generator.

    Raises:
        ValueError: when the clot has no place for one of them.
    """
    lows = _parts(body, markers, down, family, rng)
    heterogeneous = Marker.HETEROGENEOUS_DENSITY in markers

    def add(marker: Marker, mask: "NDArray[np.bool_] | None", encapsulated: bool) -> None:
        if mask is None:
            raise no_room(marker, markers)
        lows.append(Low(marker, mask, encapsulated))

    def free() -> "NDArray[np.bool_]":
        return body.mask & ~np.any([low.mask for low in lows], axis=0) if lows else body.mask

    def small(size_mm: tuple[float, float]) -> "NDArray[np.bool_] | None":
        return hole(body, free(), size_mm, heterogeneous, family, rng)

    if Marker.BLACK_HOLE in markers:
        sizes = (tuple(rng.uniform(*_BLACK_HOLES_MM)), _BLACK_HOLES_MM[0])
        found = (small(size) for size in sizes)
        add(Marker.BLACK_HOLE, next((mask for mask in found if mask is not None), None), True)
    elif Marker.HYPODENSITY in markers:
        add(Marker.HYPODENSITY, small(_HYPODENSITY_MM), True)
    if swirl_carrier(markers, density_hu) is Marker.SWIRL:
        add(Marker.SWIRL, inlet(body, free(), *_SWIRL_MM, rng), False)
    while heterogeneous and sum(low.focus for low in lows) < _FOCI:
        mask = small(_FOCUS_MM) if Marker.HYPODENSITY in markers else None
        enclosed = mask is not None
        mask = mask if enclosed else inlet(body, free(), *_OPEN_FOCUS_MM, rng)
        add(Marker.HETEROGENEOUS_DENSITY, mask, enclosed)
    return lows


def _parts(
    body: Body,
    markers: Collection[Marker],
    down: tuple[float, float, float],
    family: Literal["lobes", "walk"],
    rng: np.random.Generator,
) -> list[Low]:
    """The low part of a clot that is split in two, if it is."""
    if Marker.BLEND in markers:
        return [Low(Marker.BLEND, blend(body, down, family, rng), encapsulated=False, focus=False)]
    if Marker.FLUID_LEVEL in markers:
        return [Low(Marker.FLUID_LEVEL, fluid_level(body, down, rng), encapsulated=False, focus=False)]
    return []


def shows(low: Low, markers: Collection[Marker], density_hu: float) -> set[Marker]:
    """The markers, of those that are present, that a region is evidence of."""
    shown = {low.marker}
    if low.encapsulated:
        shown.add(Marker.HYPODENSITY)
    if low.focus:
        shown.add(Marker.HETEROGENEOUS_DENSITY)
    if density_hu - drop_hu(low.marker, markers, density_hu) <= SWIRL_HU + 1:
        shown.add(Marker.SWIRL)
    return shown & set(markers)

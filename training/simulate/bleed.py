"""A bleed in the brain: the shape it grows by, and filling it up to a volume."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch

from HematomaExpansionLib.markers.marker import Marker

from .body import potential_of
from .fields import box_around, distance_mm, smooth_noise
from .growth import Landscape, convex_bounds, grown
from .head import Head
from .markers.outline import bumps, place
from .markers.rules import close, require_volume

# The wall of brain that a bleed leaves to a ventricle, and the width of the door where it breaks through.
_WALL_MM, _DOOR_RADIUS_MM = 5.0, 4.5
# Blood keeps this far from the inner table: cortex and meninges lie between.
_CORTEX_MM = 4.0
# Potential that protrusions have at least; the way that satellites keep the body off; how far above and
# below the largest slice, and how far beside the body, both are placed.
_EARLY, _MOAT_MM, _SLAB_MM = -0.25, 5.0, (14.0, 24.0, 24.0)


@dataclass(frozen=True)
class BleedSettings:
    """What a bleed is like.

    Attributes:
        centre_mni_mm: its middle in the template: (superior, anterior, right).
        reach_ml: the volume that the shape is drawn for, about that of the baseline bleed.
        lobes: how many lobes an irregular shape has, or how many supports a regular one.
        irregularity: 0 smooth, 1 ragged; a bleed without the irregular shape sign stays convex at any value.
        blood_hu: mean density of the clot, 45-85; raised where the markers need it.
        texture_hu: standard deviation of the density in a homogeneous part of the clot, at most 2.2.
        yielding: how far the brain gives way, see :func:`.mass_effect.push_aside`.
        markers: the markers that it has; every other one is absent.
        family: how shape and texture are made. ``walk`` is a mechanism of its own, for tests of readers that
            were tuned on ``lobes``.
    """

    centre_mni_mm: tuple[float, float, float]
    reach_ml: float
    lobes: int = 4
    irregularity: float = 0.5
    blood_hu: float = 62.0
    texture_hu: float = 1.8
    yielding: float = 0.25
    markers: frozenset[Marker] = frozenset()
    family: Literal["lobes", "walk"] = "lobes"


@dataclass(frozen=True)
class Shape:
    """How a bleed spreads, in a box of the fine grid.

    Attributes:
        box: where the box lies in the grid of the head.
        potential: float32 ``[z, y, x]`` in the box: the larger, the earlier a voxel fills with blood; 0 at
            the middle, about -1 at the edge of the baseline bleed.
        centre_mm: head coordinates (z, y, x).
        reach_mm: radius of the sphere of the baseline bleed's volume.
        settings: what was asked for.
        seed: of all that is drawn later, the same at every time point.
    """

    box: tuple[slice, slice, slice]
    potential: torch.Tensor
    centre_mm: tuple[float, float, float]
    reach_mm: float
    settings: BleedSettings
    seed: int


@dataclass(frozen=True)
class Clot:
    """Blood in the brain at one time.

    Attributes:
        ich: bool ``[z, y, x]`` on the fine grid, satellites and islands included.
        markers: the evidence of each marker of the outline that is present, bool ``[z, y, x]``.
    """

    ich: torch.Tensor
    markers: dict[Marker, torch.Tensor]

    @property
    def body(self) -> torch.Tensor:
        """The main piece: the blood without satellites."""
        apart = self.markers.get(Marker.SATELLITE)
        return self.ich if apart is None else self.ich & ~apart


def make_shape(head: Head, settings: BleedSettings, rng: np.random.Generator) -> Shape:
    """Draw the shape of a bleed; the same shape serves every time point: more volume fills more of it."""
    centre = head.point_mm(settings.centre_mni_mm)
    reach = sphere_radius_mm(settings.reach_ml)
    box = _box(head, centre, 1.8 * reach + 15.0)
    near = part(head, box)
    regular = Marker.IRREGULAR_SHAPE not in close(settings.markers)
    potential = potential_of(near.offsets_mm(centre), reach, settings, regular, rng)
    amplitude = settings.irregularity * (0.03 if regular else 0.1)
    rough = smooth_noise(potential.shape, 6.0 / near.spacing_mm[0], rng, head.device)
    return Shape(box, potential + amplitude * rough, centre, reach, settings, int(rng.integers(2**31)))


def fill(head: Head, shape: Shape, volume_ml: float, door_mm: tuple[float, float, float] | None) -> Clot:
    """Fill a shape with blood, in brain only, up to a volume.

    Args:
        head: the head, already pushed aside.
        shape: where the blood goes first.
        volume_ml: volume to reach; exact to one voxel.
        door_mm: head coordinates of the point where the bleed breaks into a ventricle; None keeps a wall of
            brain between the two.

    Returns:
        The blood in the brain.

    Raises:
        ValueError: when the brain has no room for the volume, or the bleed none for its markers.
    """
    markers = close(shape.settings.markers)
    require_volume(markers, volume_ml)
    count = round(volume_ml / head.voxel_ml)
    near = part(head, shape.box)
    brain = (near.ventricles == 0) & (near.depth_mm > _CORTEX_MM) & ~near.barrier
    potential = shape.potential
    wall = torch.zeros_like(brain)
    if (near.ventricles > 0).any():
        to_ventricle = distance_mm(near.ventricles > 0, near.spacing_mm)
        potential = potential - 1.5 * (1 - to_ventricle / _WALL_MM).clamp(0, 1)
        wall = to_ventricle < _WALL_MM
    if Marker.IRREGULAR_SHAPE not in markers:
        potential = potential + convex_bounds(near, shape.centre_mm, shape.potential, ~brain | wall, count)
    if door_mm is not None:
        way = _way_to(near, shape.centre_mm, door_mm, sphere_radius_mm(volume_ml))
        potential = torch.maximum(potential, way)
    # From where blood is early near the middle: a lobe beyond the falx is not where the bleed began.
    away = sum(offset**2 for offset in near.offsets_mm(shape.centre_mm)).sqrt()
    first = torch.where(brain, potential - away / shape.reach_mm, -torch.inf).argmax()
    z, y, x = (int(at) for at in torch.unravel_index(first, brain.shape))
    return _with_bumps(head, shape, Landscape(potential, brain, (z, y, x)), count, markers)


def _with_bumps(
    head: Head,
    shape: Shape,
    landscape: Landscape,
    count: int,
    markers: frozenset[Marker],
) -> Clot:
    """Grow the body round the protrusions and satellites that its markers need; ``count`` voxels in all."""
    rng = np.random.default_rng([shape.seed, 2])
    joined, apart = bumps(markers, count * head.voxel_ml, rng)
    protrusions, satellites = torch.zeros_like(landscape.allowed), torch.zeros_like(landscape.allowed)
    if joined or apart:
        # The body without them is near enough to the last one to place them by.
        less = sum(bump.volume_ml for bump in joined + apart)
        body = grown(landscape, max(1, count - round(less / head.voxel_ml)))
        slab = _slab(body, head.spacing_mm)
        room = landscape.allowed[slab]
        if joined:
            marker = Marker.ISLAND if Marker.ISLAND in markers else Marker.IRREGULAR_SHAPE
            protrusions[slab] = place(body[slab], room, head.spacing_mm, joined, marker, markers, rng)
            early = torch.where(protrusions, landscape.potential.clamp(min=_EARLY), landscape.potential)
            landscape = replace(landscape, potential=early)
        if apart:
            main = (body | protrusions)[slab]
            satellites[slab] = place(main, room, head.spacing_mm, apart, Marker.SATELLITE, markers, rng)
            brain = landscape.allowed.clone()
            brain[slab] &= distance_mm(satellites[slab], head.spacing_mm) > _MOAT_MM
            landscape = replace(landscape, allowed=brain)
    ich = grown(landscape, count - int(satellites.sum())) | satellites
    shown = {
        Marker.SATELLITE: satellites,
        Marker.ISLAND: satellites if apart else protrusions,
        Marker.IRREGULAR_SHAPE: protrusions | satellites,
    }
    return Clot(
        _whole(ich, head, shape),
        {marker: _whole(mask & ich, head, shape) for marker, mask in shown.items() if marker in markers},
    )


def _whole(mask: torch.Tensor, head: Head, shape: Shape) -> torch.Tensor:
    """A mask in the box of a shape on the grid of the head."""
    whole = torch.zeros(head.hu.shape, dtype=torch.bool, device=head.device)
    whole[shape.box] = mask
    return whole


def _slab(body: torch.Tensor, spacing_mm: tuple[float, float, float]) -> tuple[slice, slice, slice]:
    """The part of a box that protrusions and satellites are placed in."""
    level = int(body.sum(dim=(1, 2)).argmax())
    up, *sides = (round(reach / spacing) for reach, spacing in zip(_SLAB_MM, spacing_mm, strict=True))
    _, rows, columns = box_around(body, (0, *sides))
    return (slice(max(0, level - up), level + up + 1), rows, columns)


def sphere_radius_mm(volume_ml: float) -> float:
    """Radius of the sphere of a volume."""
    return float(np.cbrt(3000.0 * volume_ml / (4 * np.pi)))


def part(head: Head, box: tuple[slice, slice, slice]) -> Head:
    """The part of a head in a box of its grid."""
    corner = zip(head.origin_mm, head.spacing_mm, box, strict=True)
    z, y, x = (origin + spacing * side.start for origin, spacing, side in corner)
    return replace(
        head,
        hu=head.hu[box],
        ventricles=head.ventricles[box],
        white=head.white[box],
        depth_mm=head.depth_mm[box],
        solid=head.solid[box],
        barrier=head.barrier[box],
        mni_mm=head.mni_mm[(slice(None), *box)],
        origin_mm=(z, y, x),
    )


def _box(head: Head, centre_mm: tuple[float, float, float], extent_mm: float) -> tuple[slice, slice, slice]:
    """All voxels at most ``extent_mm`` from a point along each axis."""
    axes = zip(centre_mm, head.origin_mm, head.spacing_mm, head.hu.shape, strict=True)
    z, y, x = (
        slice(
            max(0, int(np.floor((centre - extent_mm - origin) / spacing))),
            min(count, int(np.ceil((centre + extent_mm - origin) / spacing)) + 1),
        )
        for centre, origin, spacing, count in axes
    )
    return (z, y, x)


def _way_to(
    near: Head, start_mm: tuple[float, float, float], end_mm: tuple[float, float, float], radius_mm: float
) -> torch.Tensor:
    """What the way from the middle of a bleed to a door adds: early blood in a cone, nothing elsewhere.

    The cone is as wide as the bleed at its middle and narrows to the width of the door.
    """
    direction = np.subtract(end_mm, start_mm)
    length = max(float(np.linalg.norm(direction)), 1e-6)
    z, y, x = near.offsets_mm(start_mm)
    up, back, left = (float(step) for step in direction / length)
    along = (z * up + y * back + x * left).clamp(0, length)
    across = ((z - along * up) ** 2 + (y - along * back) ** 2 + (x - along * left) ** 2).sqrt()
    narrow = min(_DOOR_RADIUS_MM, 0.7 * radius_mm)
    inside = across < narrow + (0.7 * radius_mm - narrow) * (1 - along / length)
    return torch.where(inside, -0.3 - 0.1 * along / length, -torch.inf)

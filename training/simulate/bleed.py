"""An irregular bleed in the brain: the shape it grows by, and filling it up to a volume."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .host import Head
from .noise import smooth_noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The wall of brain that a bleed leaves to a ventricle, and the width of the door where it breaks through.
_WALL_MM, _DOOR_RADIUS_MM = 5.0, 4.5


@dataclass(frozen=True)
class BleedSettings:
    """What a bleed is like.

    Attributes:
        centre_mni_mm: its middle in the template: (superior, anterior, right).
        reach_ml: the volume that the lobes are drawn for, about that of the baseline bleed.
        lobes: how many lobes the shape has.
        irregularity: 0 smooth, 1 ragged.
        blood_hu: mean density of the clot.
        oedema_mm: width of the rim of oedema.
        yielding: how far the brain gives way, see :func:`.mass_effect.push_aside`.
    """

    centre_mni_mm: tuple[float, float, float]
    reach_ml: float
    lobes: int = 4
    irregularity: float = 0.5
    blood_hu: float = 62.0
    oedema_mm: float = 3.0
    yielding: float = 0.25


@dataclass(frozen=True)
class Shape:
    """How a bleed spreads on the fine grid.

    Attributes:
        potential: float32 ``[z, y, x]``: the larger, the earlier a voxel fills with blood.
        texture: float32 of mean 0 and standard deviation 1, the density inside the clot.
        centre_mm: head coordinates (z, y, x).
    """

    potential: "NDArray[np.float32]"
    texture: "NDArray[np.float32]"
    centre_mm: tuple[float, float, float]


def make_shape(head: Head, settings: BleedSettings, rng: np.random.Generator) -> Shape:
    """Draw the shape of a bleed: ellipsoid lobes round a centre, roughened at two scales.

    The same shape serves every time point: more volume fills more of it.
    """
    centre = head.point_mm(settings.centre_mni_mm)
    reach = float(np.cbrt(3000.0 * settings.reach_ml / (4 * np.pi)))
    union = np.full(head.hu.shape, 1e-26, dtype=np.float32)
    for number in range(settings.lobes):
        # Deep bleeds are longest from front to back.
        away = rng.normal(0, (0.45, 0.6, 0.35)) * reach * (number > 0)
        radii = rng.uniform(0.75, 1.1, 3) * reach * (1.0 if number == 0 else 0.75)
        offsets = head.offsets_mm(tuple(float(c + a) for c, a in zip(centre, away, strict=True)))
        squared = sum((offset / radius) ** 2 for offset, radius in zip(offsets, radii, strict=True))
        # A soft union, so that lobes flow into each other.
        union += np.exp(-2.0 * np.minimum(squared, 29))
    away_from_lobes = np.sqrt(np.maximum(1.0 - np.log(union) / 2.0, 0.0))
    rough = 0.26 * smooth_noise(rng, 6) + 0.12 * smooth_noise(rng, 2.5)
    return Shape(settings.irregularity * rough - away_from_lobes, smooth_noise(rng, 3), centre)


def fill(
    head: Head, shape: Shape, volume_ml: float, door_mm: tuple[float, float, float] | None
) -> "NDArray[np.bool_]":
    """Fill a shape with blood, in brain only, up to a volume.

    Args:
        head: the head, already pushed aside.
        shape: where the blood goes first.
        volume_ml: volume to reach; exact to one voxel.
        door_mm: head coordinates of the point where the bleed breaks into a ventricle; None keeps a wall of
            brain between the two.

    Returns:
        bool ``[z, y, x]``: blood in the brain.

    Raises:
        ValueError: when the brain has no room for the volume.
    """
    from scipy import ndimage

    near = box_around(head.ventricles > 0, 8)
    to_ventricle = ndimage.distance_transform_edt(head.ventricles[near] == 0, sampling=head.spacing_mm)
    resistance = np.zeros(head.hu.shape, dtype=np.float32)
    resistance[near] = 1.5 * np.clip(1 - to_ventricle / _WALL_MM, 0, 1)
    if door_mm is not None:
        on_the_way = _distance_to_segment(head, shape.centre_mm, door_mm) < _DOOR_RADIUS_MM
        resistance[on_the_way] = -0.9
    brain = (head.ventricles == 0) & (head.depth_mm > 4)
    return fullest(shape.potential - resistance, brain, round(volume_ml / head.voxel_ml))


def fullest(
    potential: "NDArray[np.float32]", allowed: "NDArray[np.bool_]", count: int
) -> "NDArray[np.bool_]":
    """The ``count`` allowed voxels of the largest potential.

    Raises:
        ValueError: when fewer than ``count`` are allowed.
    """
    room = int(np.count_nonzero(allowed))
    if count > room:
        raise ValueError(f"no room for {count} voxels of blood: {room} are allowed")
    chosen = np.zeros(potential.shape, dtype=bool)
    if count > 0:
        candidates = np.flatnonzero(allowed)
        order = np.argpartition(potential.ravel()[candidates], room - count)
        chosen.ravel()[candidates[order[room - count :]]] = True
    return chosen


def box_around(mask: "NDArray[np.bool_]", margin: int) -> tuple[slice, ...]:
    """The smallest box round a mask and a margin of voxels, inside the grid; the mask must not be empty."""
    box = []
    for axis in range(mask.ndim):
        held = np.nonzero(mask.any(axis=tuple(other for other in range(mask.ndim) if other != axis)))[0]
        box.append(slice(max(0, int(held[0]) - margin), int(held[-1]) + 1 + margin))
    return tuple(box)


def _distance_to_segment(
    head: Head, start_mm: tuple[float, float, float], end_mm: tuple[float, float, float]
) -> "NDArray[np.float32]":
    """Distance of every voxel to the line between two points, mm."""
    direction = np.subtract(end_mm, start_mm)
    length = max(float(np.linalg.norm(direction)), 1e-6)
    offsets = head.offsets_mm(start_mm)
    along = sum(offset * float(step) for offset, step in zip(offsets, direction / length, strict=True))
    along = np.clip(along, 0, length)
    pairs = zip(offsets, direction / length, strict=True)
    return np.sqrt(sum((offset - along * float(step)) ** 2 for offset, step in pairs))

"""The blood of pasted cases: an irregular ellipsoid in the brain, CSF replaced in ventricles, a texture."""

from typing import TYPE_CHECKING

import numpy as np

from HematomaExpansionLib.ct.scan import HeadCT

from .host_anatomy import HostAnatomy
from .simulate.ventricles import Ventricle

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIM_MM = 0.8
"""Scale of the logistic rim: 10 to 90 % of blood within 3.5 mm."""
SUB_SLICES = 4
"""Heights within a slice over which the rim is averaged, as a scanner averages them."""
SKULL_MM = 2.0
CALCIUM_HU = 100.0


def parenchymal(
    scan: HeadCT, host: HostAnatomy, middle: tuple[int, ...], count: int, rng: np.random.Generator
) -> "tuple[NDArray[np.float32], NDArray[np.bool_]]":
    """An irregular ellipsoid in the brain, outside its ventricles.

    Returns:
        Share of blood in each voxel, float32 ``[z, y, x]`` from 0 to 1, and the ``count`` voxels of most
        blood, which are the truth.
    """
    from scipy import ndimage, optimize, special

    allowed = host.brain & (host.ventricles == 0) & (host.quiet < CALCIUM_HU)
    allowed &= ndimage.distance_transform_edt(host.brain, sampling=scan.spacing_mm) > SKULL_MM
    axes = rng.uniform(0.75, 1.35, 3)
    axes /= np.cbrt(axes.prod())
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    turns = 2 * np.pi
    waves = [
        (_direction(rng), rng.uniform(2, 6), rng.uniform(0, turns), rng.uniform(0.04, 0.12)) for _ in range(5)
    ]
    radius_mm = float(np.cbrt(3 * count * scan.voxel_ml * 1000 / (4 * np.pi)))
    reach = 2.2 * radius_mm + 6
    box = tuple(
        slice(max(0, int(m - reach / step)), int(m + reach / step) + 1)
        for m, step in zip(middle, scan.spacing_mm, strict=True)
    )
    radii = []
    for part in (np.arange(SUB_SLICES) + 0.5) / SUB_SLICES - 0.5:
        points = turn @ np.stack(_offsets_mm(scan, middle, box, part)).reshape(3, -1) / axes[:, None]
        length = np.maximum(np.linalg.norm(points, axis=0), 1e-3)
        wavy = 1 + sum(a * np.cos(k * (u @ (points / length)) + phase) for u, k, phase, a in waves)
        radii.append((length / wavy).reshape(allowed[box].shape))

    def shares(size_mm: float) -> "NDArray[np.float64]":
        mean = np.mean([special.expit((size_mm - radius) / RIM_MM) for radius in radii], axis=0)
        return np.asarray(mean * allowed[box])

    size_mm = optimize.brentq(lambda size: shares(size).sum() - count, 0.0, reach, xtol=1e-3)
    share = np.zeros(allowed.shape, dtype=np.float32)
    share[box] = shares(size_mm)
    return share, _first(share, allowed, count)


def intraventricular(
    scan: HeadCT,
    host: HostAnatomy,
    middle: tuple[int, ...],
    free: "NDArray[np.bool_]",
    count: int,
    cast_share: float,
) -> "tuple[NDArray[np.bool_], NDArray[np.float32]]":
    """Blood in the ventricles of a patient on the back.

    Args:
        scan: the scan.
        host: its anatomy.
        middle: voxel (z, y, x) of the bleed: the cast forms round the ventricle's voxel nearest to it.
        free: where no blood is yet, bool ``[z, y, x]``.
        count: voxels of blood.
        cast_share: share of them in the cast; the rest lies at the back of both lateral ventricles.

    Returns:
        The ``count`` voxels, and the share of each voxel that becomes blood: at the wall, where a voxel is
        CSF in part, only that part.
    """
    from scipy import ndimage

    room = (host.ventricles > 0) & free
    whole = tuple(slice(0, size) for size in room.shape)
    z, y, x = _offsets_mm(scan, middle, whole, 0.0)
    from_middle = np.sqrt(z**2 + y**2 + x**2)
    door = np.unravel_index(int(np.argmin(np.where(room, from_middle, np.inf))), room.shape)
    z, y, x = _offsets_mm(scan, door, whole, 0.0)
    cast = _first(-np.sqrt(z**2 + y**2 + x**2), room, round(cast_share * count))
    lateral = room & ~cast & np.isin(host.ventricles, (Ventricle.LEFT, Ventricle.RIGHT))
    # Sixteenths of a millimetre: a level surface, filled from below where heights are equal.
    level = np.broadcast_to(np.round(16 * y) / 16 - 1e-4 * z, room.shape)
    blood = cast | _first(level, lateral, min(count - int(cast.sum()), int(lateral.sum())))
    near = ndimage.gaussian_filter(blood.astype(np.float32), [0.8 / step for step in scan.spacing_mm])
    fluid = np.clip((host.brain_hu - host.quiet) / (host.brain_hu - host.csf_hu), 0, 1)
    reached = ndimage.binary_dilation(host.ventricles > 0) & host.brain & free
    return blood, (np.clip(1.6 * near, 0, 1) * fluid * reached).astype(np.float32)


def texture(scan: HeadCT, middle: tuple[int, ...], rng: np.random.Generator) -> "NDArray[np.float32]":
    """HU that a clot loses from place to place: towards its rim, and along five plane waves."""
    whole = tuple(slice(0, size) for size in scan.image.GetSize()[::-1])
    offsets = np.stack(np.broadcast_arrays(*_offsets_mm(scan, middle, whole, 0.0)))
    lost = np.full(offsets.shape[1:], 3.0, dtype=np.float32)
    eccentric = rng.normal(0, 3, 3)
    lost += 0.25 * np.sqrt(sum((o - e) ** 2 for o, e in zip(offsets, eccentric, strict=True)))
    for _ in range(5):
        wave = _direction(rng) * 2 * np.pi / rng.uniform(5, 25)
        phase = sum(float(w) * o for w, o in zip(wave, offsets, strict=True)) + rng.uniform(0, 2 * np.pi)
        lost += np.float32(rng.uniform(0.5, 2.0)) * np.cos(phase).astype(np.float32)
    return lost


def _offsets_mm(
    scan: HeadCT, middle: tuple[int, ...], box: tuple[slice, ...], part: float
) -> "list[NDArray[np.float32]]":
    """Millimetres (z, y, x) from a voxel, ``part`` of a slice higher; whole ``[z, y, x]`` of the box."""
    shape = scan.image.GetSize()[::-1]
    lines = [
        np.float32(step) * (np.arange(*side.indices(size), dtype=np.float32) - m)
        for step, side, size, m in zip(scan.spacing_mm, box, shape, middle, strict=True)
    ]
    lines[0] = lines[0] + np.float32(part * scan.spacing_mm[0])
    return list(np.meshgrid(*lines, indexing="ij"))


def _first(order: "NDArray[np.float32]", allowed: "NDArray[np.bool_]", count: int) -> "NDArray[np.bool_]":
    """The ``count`` allowed voxels of largest ``order``."""
    candidates = np.flatnonzero(allowed)
    ranked = candidates[np.argsort(-order.ravel()[candidates], kind="stable")]
    chosen = np.zeros(allowed.size, dtype=bool)
    chosen[ranked[:count]] = True
    return chosen.reshape(allowed.shape)


def _direction(rng: np.random.Generator) -> "NDArray[np.float64]":
    vector = rng.standard_normal(3)
    return np.asarray(vector / np.linalg.norm(vector))

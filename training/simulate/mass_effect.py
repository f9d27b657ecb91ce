"""A growing bleed pushes the brain aside: ventricles are compressed, the midline shifts.

The brain is taken as a fluid that seeps: pressure rises where blood takes room and falls where CSF leaves,
and tissue moves down the pressure. The displacement ``u = -k grad p`` with ``div u = source - sink p`` is
solved on a coarse grid of the intracranial space. It is incompressible but for CSF, ends at the skull by
itself, and is held back by falx and tentorium, where ``k`` is small.
"""

from dataclasses import replace

import numpy as np
import torch
from torch.nn import functional

from .fields import box_around, sample
from .head import Head

# Fine voxels along a side of a coarse cell.
_STEP = 4
# The pressure of a bleed is felt over this distance in CSF; smaller makes it local.
_REACH_MM = 55.0
# How much more easily tissue moves in the brain than across dura.
_DURA_CONDUCTANCE = 0.5
# What gives way: ventricles, sulci and cisterns, and brain itself (its veins empty).
_VENTRICLE_YIELD, _SULCUS_YIELD, _BRAIN_YIELD = 4.0, 0.15, 0.02
# Ventricles give way near the bleed more than on the other side.
_VENTRICLE_FADE_MM = 16.0
_CSF_HU, _BRAIN_HU = 8.0, 27.0
# The layer at the skull that does not move, and the least depth over which the rest begins to.
_FIXED_MM, _SOFT_MM = 2.0, 3.0
# Less is not seen.
_LEAST_MM = 0.2
_ROUNDS, _TOLERANCE = 300, 1e-3


def push_aside(head: Head, centre_mm: tuple[float, float, float], volume_ml: float, yielding: float) -> Head:
    """Displace the brain round a bleed.

    Args:
        head: the head without blood.
        centre_mm: head coordinates (z, y, x) of the middle of the bleed.
        volume_ml: volume of the bleed.
        yielding: displacement at the surface of the bleed as a share of its radius, were the brain boundless:
            0 is no mass effect; 0.2 to 0.45 is usual, and the blood takes the place of the brain left in it.

    Returns:
        The head with ``hu``, ``ventricles``, ``white``, ``barrier`` and ``mni_mm`` displaced; the skull has
        not moved.

    Raises:
        ValueError: when ``yielding`` is not from 0 to 0.5.
    """
    if not 0 <= yielding <= 0.5:
        raise ValueError(f"yielding is {yielding}: from 0 to 0.5 is allowed")
    if volume_ml <= 0 or yielding == 0:
        return head
    box = box_around(head.depth_mm > 0, 0)
    moved_mm = _displacement_mm(head, box, centre_mm, volume_ml, yielding)
    moves = moved_mm.square().sum(dim=0) > _LEAST_MM**2
    spacing = torch.tensor(head.spacing_mm, device=head.device)[:, None]
    source = moves.nonzero().T - moved_mm[:, moves] / spacing

    smooth = torch.cat([head.hu[box][None], head.white[box][None], head.mni_mm[(slice(None), *box)]])
    smooth = sample(smooth, source)
    named = torch.stack([head.ventricles[box], head.barrier[box].to(torch.uint8)])
    named = sample(named, source, nearest=True)

    def put(field: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        result = field.clone()
        result[(..., *box)][..., moves] = values.to(field.dtype)
        return result

    return replace(
        head,
        hu=put(head.hu, smooth[0]),
        white=put(head.white, smooth[1]),
        mni_mm=put(head.mni_mm, smooth[2:]),
        ventricles=put(head.ventricles, named[0]),
        barrier=put(head.barrier, named[1]),
    )


def midline_shift_mm(before: Head, after: Head) -> float:
    """Shift of the septum pellucidum, mm, where it is largest; positive to the left (+x).

    Args:
        before: the head without mass effect.
        after: the same head, pushed aside.
    """
    shifts = []
    for anterior in range(-4, 21, 4):
        z, y, x = before.point_mm((12.0, float(anterior), 0.0))
        here, left = (before.at(before.mni_mm[2], (z, y, x + away)) for away in (-1.0, 1.0))
        # Template millimetres to the right lost by one millimetre to the left.
        rate = (here - left) / 2
        came_from = after.at(after.mni_mm[2], (z, y, x)) - before.at(before.mni_mm[2], (z, y, x))
        shifts.append(came_from / rate)
    return max(shifts, key=abs)


def _displacement_mm(
    head: Head,
    box: tuple[slice, slice, slice],
    centre_mm: tuple[float, float, float],
    volume_ml: float,
    yielding: float,
) -> torch.Tensor:
    """Displacement ``[3, z, y, x]`` along (z, y, x) of the voxels of a box, mm."""
    inside = _coarse((head.depth_mm[box] > 0).float())
    cell_mm = [_STEP * spacing for spacing in head.spacing_mm]
    radius = float(np.cbrt(3000.0 * volume_ml / (4 * np.pi)))
    sides = zip(head.offsets_mm(centre_mm), box, strict=True)
    z, y, x = (_centres(offset, axis, side) for axis, (offset, side) in enumerate(sides))
    distance = (z**2 + y**2 + x**2).sqrt()

    csf = ((_BRAIN_HU - head.hu[box]) / (_BRAIN_HU - _CSF_HU)).clamp(0, 1) * (head.depth_mm[box] > 0)
    ventricle = _coarse((head.ventricles[box] > 0).float())
    sulcus = (_coarse(csf) - ventricle).clamp(min=0)
    near = torch.exp(-(distance - radius).clamp(min=0) / _VENTRICLE_FADE_MM)
    gives = _VENTRICLE_YIELD * near * ventricle + _SULCUS_YIELD * sulcus + _BRAIN_YIELD * inside
    sink = gives / _REACH_MM**2
    # Blood in the brain displaces; a ventricle that the ball reaches into is pushed, not widened.
    ball = ((radius - distance) / cell_mm[0] + 0.5).clamp(0, 1) * (inside > 0.5)
    ball = ball * (1 - ventricle) ** 2
    if not ball.any():
        ball = (distance == distance.min()).float() * (inside > 0)
    source = ball * (3 * yielding * 1000.0 * volume_ml / (float(ball.sum()) * float(np.prod(cell_mm))))

    dura = _coarse(head.barrier[box].float()) > 0.1
    ease = torch.where(inside > 0.5, torch.where(dura, _DURA_CONDUCTANCE, 1.0), 0.0)
    # A face between two cells is as open as the harmonic mean of both.
    faces = []
    for axis in range(3):
        low, high = _sides(ease, axis)
        faces.append(2 * low * high / (low + high).clamp(min=1e-6))
    pressure = _solve(source * (ease > 0), sink * (ease > 0), faces, cell_mm)
    flow = torch.zeros((3, *pressure.shape), device=head.device)
    for axis, (face, cell) in enumerate(zip(faces, cell_mm, strict=True)):
        through = -face * pressure.diff(dim=axis) / cell / 2
        low, high = _sides(flow[axis], axis)
        low += through
        high += through
    # Back to the fine grid; the layer at the skull stays.
    size = [_STEP * count for count in pressure.shape]
    fine = functional.interpolate(flow[None], size=size, mode="trilinear", align_corners=False)[0]
    fine = fine[(slice(None), *(slice(side.stop - side.start) for side in box))]
    # Nothing comes from the layer at the skull, or bone would be drawn in.
    reach = fine.square().sum(dim=0).sqrt().clamp(min=_SOFT_MM)
    return fine * ((head.depth_mm[box] - _FIXED_MM) / reach).clamp(0, 1)


def _solve(
    source: torch.Tensor, sink: torch.Tensor, faces: list[torch.Tensor], cell_mm: list[float]
) -> torch.Tensor:
    """The pressure with ``sink p - div(k grad p) = source``, by conjugate gradients."""

    def applied(pressure: torch.Tensor) -> torch.Tensor:
        result = sink * pressure
        for axis, (face, cell) in enumerate(zip(faces, cell_mm, strict=True)):
            through = face * pressure.diff(dim=axis) / cell**2
            low, high = _sides(result, axis)
            low -= through
            high += through
        return result

    pressure = torch.zeros_like(source)
    residual = source.clone()
    direction = residual.clone()
    squared = first = (residual**2).sum()
    for _ in range(_ROUNDS):
        if squared <= _TOLERANCE**2 * first:
            break
        image = applied(direction)
        step = squared / (direction * image).sum()
        pressure += step * direction
        residual -= step * image
        before, squared = squared, (residual**2).sum()
        direction = residual + squared / before * direction
    return pressure


def _coarse(field: torch.Tensor) -> torch.Tensor:
    """Mean over coarse cells; the grid is padded with zeros to whole cells."""
    padding = [0 if side == 1 else -count % _STEP for count in reversed(field.shape) for side in (1, 2)]
    return functional.avg_pool3d(functional.pad(field, padding)[None], _STEP)[0]


def _centres(offset: torch.Tensor, axis: int, side: slice) -> torch.Tensor:
    """Coordinates of the middles of the coarse cells along one axis."""
    line = offset.reshape(-1)[side]
    spacing = line[1] - line[0]
    count = -(-line.numel() // _STEP)
    steps = torch.arange(count, dtype=torch.float32, device=line.device)
    middles = line[0] + spacing * (_STEP * steps + (_STEP - 1) / 2)
    shape = [1, 1, 1]
    shape[axis] = count
    return middles.reshape(shape)


def _sides(field: torch.Tensor, axis: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Views of the cells below and above the faces along an axis."""
    count = field.shape[axis] - 1
    return field.narrow(axis, 0, count), field.narrow(axis, 1, count)

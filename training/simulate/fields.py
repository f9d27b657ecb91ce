"""Fields of a head: smoothing, random textures, sampling, distances, and choosing the fullest voxels.

A field is a torch tensor ``[z, y, x]`` on the grid of a head. Random numbers are drawn by numpy on the CPU
and moved, so that a case is the same on every device; distances are SciPy's, on the CPU, for torch has none.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Where a Gaussian is cut off, in standard deviations; below how many voxels between knots splines do not pay.
_TRUNCATE, _FINEST_KNOTS = 3.5, 2.5


def gaussian(field: torch.Tensor, sigma_voxels: float | Sequence[float]) -> torch.Tensor:
    """Smooth with a Gaussian; the border is repeated.

    SciPy's filter on the CPU, where it is several times faster than a convolution; a convolution elsewhere.

    Args:
        field: float32 ``[z, y, x]``.
        sigma_voxels: standard deviation, one for all or one for each of (z, y, x); 0 leaves an axis alone.
    """
    sigmas = (sigma_voxels,) * 3 if isinstance(sigma_voxels, (int, float)) else tuple(sigma_voxels)
    if field.device.type == "cpu":
        from scipy import ndimage

        smooth = ndimage.gaussian_filter(field.numpy(), sigmas, mode="nearest", truncate=_TRUNCATE)
        return torch.from_numpy(smooth)
    return convolved(field, sigmas)


def convolved(field: torch.Tensor, sigma_voxels: Sequence[float]) -> torch.Tensor:
    """Smooth with a Gaussian as :func:`gaussian` does, on any device, by one convolution an axis."""
    result = field[None, None]
    for axis, sigma in enumerate(sigma_voxels):
        radius = int(_TRUNCATE * sigma + 0.5)
        if radius == 0:
            continue
        steps = torch.arange(-radius, radius + 1, dtype=torch.float32, device=field.device)
        kernel = torch.exp(-0.5 * (steps / sigma) ** 2)
        shape, pad = [1, 1, 1, 1, 1], [0] * 6
        shape[2 + axis] = kernel.numel()
        pad[2 * (2 - axis)] = pad[2 * (2 - axis) + 1] = radius
        padded = functional.pad(result, pad, mode="replicate")
        result = functional.conv3d(padded, (kernel / kernel.sum()).reshape(shape))
    return result[0, 0]


def smooth_noise(
    shape: Sequence[int], correlation_voxels: float, rng: np.random.Generator, device: torch.device
) -> torch.Tensor:
    """Gaussian random field of mean 0 and standard deviation 1.

    White noise on a coarse grid, interpolated by cubic B-splines: a spline of knots ``h`` apart smooths as a
    Gaussian of ``h / sqrt(3)`` does, and has no kinks.

    Args:
        shape: (z, y, x).
        correlation_voxels: standard deviation of the Gaussian that smooths white noise.
        rng: the generator.
        device: where the field shall lie.
    """
    step = correlation_voxels * 3**0.5
    if step < _FINEST_KNOTS:
        white = rng.standard_normal(tuple(shape), dtype=np.float32)
        field = gaussian(torch.from_numpy(white).to(device), correlation_voxels)
    else:
        bases = [_spline_basis(count, step) for count in shape]
        white = rng.standard_normal([basis.shape[1] for basis in bases], dtype=np.float32)
        field = torch.from_numpy(white).to(device)
        # One axis after the other, the shortest way: each turn contracts the first axis and appends the new.
        for basis in bases:
            field = torch.tensordot(field, torch.from_numpy(basis).to(device), dims=([0], [1]))
    return (field - field.mean()) / field.std()


def _spline_basis(count: int, step: float) -> "NDArray[np.float32]":
    """Weights ``[count, knots]`` of cubic B-splines whose knots are ``step`` voxels apart."""
    knots = np.arange(-1, int(np.ceil((count - 1) / step)) + 2)
    away = np.abs(np.arange(count)[:, None] / step - knots)
    near, far = 2 / 3 - away**2 + away**3 / 2, (2 - away) ** 3 / 6
    return np.where(away < 1, near, np.where(away < 2, far, 0)).astype(np.float32)


def sample(field: torch.Tensor, index: torch.Tensor, nearest: bool = False) -> torch.Tensor:
    """Values of a field at fractional indices; the border is repeated.

    Args:
        field: ``[z, y, x]``, or ``[channel, z, y, x]``; any number type when ``nearest``.
        index: float32 ``[3, ...]`` with (z, y, x) indices.
        nearest: take the nearest voxel instead of interpolating linearly.

    Returns:
        ``[...]`` of the field's type, with a leading channel where the field has one.
    """
    single = field.ndim == 3
    fields = field[None] if single else field
    counts = torch.tensor(fields.shape[1:], dtype=torch.float32, device=fields.device)
    points = index.reshape(3, -1)
    # grid_sample wants (x, y, z) from -1 to 1 between the centres of the first and last voxels.
    grid = (2 * points / (counts - 1)[:, None] - 1).flip(0).T.reshape(1, 1, 1, -1, 3)
    mode = "nearest" if nearest else "bilinear"
    values = functional.grid_sample(
        fields.float()[None], grid, mode=mode, padding_mode="border", align_corners=True
    )[0]
    result = values.reshape(fields.shape[0], *index.shape[1:]).to(field.dtype)
    return result[0] if single else result


def distance_mm(mask: torch.Tensor, spacing_mm: Sequence[float]) -> torch.Tensor:
    """Distance of every voxel to the nearest True voxel, float32 mm; 0 on the mask."""
    from scipy import ndimage

    away = ndimage.distance_transform_edt(~mask.cpu().numpy(), sampling=spacing_mm)
    return torch.from_numpy(away.astype(np.float32)).to(mask.device)


def fullest(potential: torch.Tensor, allowed: torch.Tensor, count: int) -> torch.Tensor:
    """The ``count`` allowed voxels of the largest potential, as bool.

    Raises:
        ValueError: when fewer than ``count`` are allowed.
    """
    candidates = allowed.reshape(-1).nonzero()[:, 0]
    if count > candidates.numel():
        raise ValueError(f"no room for {count} voxels of blood: {candidates.numel()} are allowed")
    chosen = torch.zeros(potential.numel(), dtype=torch.bool, device=potential.device)
    if count > 0:
        # A stable order: of equal potentials the first voxel is taken, on every device.
        order = torch.argsort(potential.reshape(-1)[candidates], descending=True, stable=True)
        chosen[candidates[order[:count]]] = True
    return chosen.reshape(potential.shape)


def box_around(mask: torch.Tensor, margin: int | Sequence[int]) -> tuple[slice, slice, slice]:
    """The smallest box round a mask and a margin of voxels, inside the grid; the mask must not be empty."""
    margins = (margin,) * 3 if isinstance(margin, int) else tuple(margin)
    box = []
    for axis, around in enumerate(margins):
        others = [other for other in range(3) if other != axis]
        held = mask.any(dim=others[1]).any(dim=others[0]).nonzero()[:, 0]
        box.append(slice(max(0, int(held[0]) - around), int(held[-1]) + 1 + around))
    return (box[0], box[1], box[2])


def to_numpy(field: torch.Tensor) -> "NDArray[np.generic]":
    """A field as a numpy array on the CPU."""
    return field.detach().cpu().numpy()

"""Beam hardening: rays through much bone lose their soft part, and what lies on them looks too dark.

A second-order error of the projections, reconstructed (Joseph and Spital, J Comput Assist Tomogr
1978;2:100-108): the error of a ray grows with the square of its path through bone. That makes the dark band
between the petrous bones and the bright rim along the skull without being told of either.
"""

import numpy as np
import torch
from torch.nn import functional

# The artefact is smooth: it is made on pixels of about 4 mm, from so many angles.
_PIXEL_MM = 4.0
_ANGLES = 60
# Error of a ray for each squared centimetre of bone of 1000 HU, and the path scanners are calibrated for.
_ERROR = 0.006
_CALIBRATED_CM = 1.6
_BONE_HU = 150.0
_WATER_PER_CM = 0.2


def hardening(hu: torch.Tensor, pixel_mm: float) -> tuple[torch.Tensor, torch.Tensor]:
    """The artefact of beam hardening, and how much noisier each pixel is than the mean of the head.

    Args:
        hu: ``[slice, row, column]``.
        pixel_mm: size of a pixel.

    Returns:
        Error in HU to be added, and a factor on the standard deviation of the noise; both like ``hu``.
    """
    step = max(1, round(_PIXEL_MM / pixel_mm))
    coarse = functional.avg_pool2d(hu[None], step, ceil_mode=True, count_include_pad=False)[0]
    # A square with room for the corners of the turned slices.
    side = int(np.ceil(np.hypot(*coarse.shape[1:]))) | 1
    missing = [side - coarse.shape[2], side - coarse.shape[1]]
    pad = [missing[0] // 2, missing[0] - missing[0] // 2, missing[1] // 2, missing[1] - missing[1] // 2]
    square = functional.pad(coarse, pad, value=-1000.0)
    bone = (square - _BONE_HU).clamp(0, 2500) / 1000
    density = (square + 1000).clamp(0, 2500) / 1000
    cm = step * pixel_mm / 10
    error = torch.zeros_like(square)
    variance = torch.zeros_like(square)
    ramp = _ramp(side, cm, hu.device)
    for angle in np.arange(_ANGLES) * np.pi / _ANGLES:
        turn = _turn(float(angle), side, hu.device)
        fields = torch.cat([bone, density])[None]
        paths = functional.grid_sample(fields, turn, align_corners=True)[0].sum(dim=1) * cm
        through_bone, through_all = paths[: len(hu)], paths[len(hu) :]
        wrong = -_ERROR * through_bone * (through_bone - _CALIBRATED_CM)
        back = _turn(-float(angle), side, hu.device)
        spread = torch.cat([_convolved(wrong, ramp), torch.exp(_WATER_PER_CM * through_all)])
        lines = spread[:, None, :].expand(-1, side, -1)
        smeared = functional.grid_sample(lines[None], back, align_corners=True)[0]
        error += smeared[: len(hu)] * (1000 * np.pi / _ANGLES)
        variance += smeared[len(hu) :] / _ANGLES
    inside = density > 0.5
    amplitude = torch.sqrt(variance)
    mean = (amplitude * inside).sum() / inside.sum().clamp(min=1)
    inner = (slice(None), slice(pad[2], side - pad[3]), slice(pad[0], side - pad[1]))
    pair = torch.stack([error[inner], amplitude[inner] / mean.clamp(min=1e-6)])
    size = (coarse.shape[1] * step, coarse.shape[2] * step)
    fine = functional.interpolate(pair, size=size, mode="bilinear", align_corners=False)
    fine = fine[:, :, : hu.shape[1], : hu.shape[2]]
    return fine[0], fine[1]


def _turn(angle: float, side: int, device: torch.device) -> torch.Tensor:
    """Grid of ``grid_sample`` that turns a square about its middle."""
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = torch.tensor([[[cos, -sin, 0], [sin, cos, 0]]], dtype=torch.float32, device=device)
    return functional.affine_grid(matrix, [1, 1, side, side], align_corners=True)


def _ramp(side: int, cm: float, device: torch.device) -> torch.Tensor:
    """The ramp filter in the Fourier domain, from its samples in space (Ramachandran, Lakshminarayanan)."""
    length = 2 ** int(np.ceil(np.log2(2 * side)))
    steps = np.minimum(np.arange(length), length - np.arange(length))
    kernel = np.zeros(length)
    kernel[0] = 1 / (4 * cm**2)
    odd = steps % 2 == 1
    kernel[odd] = -1 / (np.pi * steps[odd] * cm) ** 2
    return torch.from_numpy(np.fft.rfft(kernel).real.astype(np.float32) * cm).to(device)


def _convolved(lines: torch.Tensor, ramp: torch.Tensor) -> torch.Tensor:
    length = 2 * (ramp.numel() - 1)
    return torch.fft.irfft(torch.fft.rfft(lines, n=length) * ramp, n=length)[..., : lines.shape[-1]]

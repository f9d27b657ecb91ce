"""Reconstruction kernels: how sharp a slice is, and the texture that its noise has."""

from enum import StrEnum

import numpy as np
import torch


class Kernel(StrEnum):
    """A reconstruction kernel."""

    SOFT = "soft"
    STANDARD = "standard"
    SHARP = "sharp"


# Frequency at which half of the contrast is left (1/mm), and the gain of edges in the middle frequencies.
_KERNELS = {Kernel.SOFT: (0.38, 0.0), Kernel.STANDARD: (0.5, 0.0), Kernel.SHARP: (0.85, 0.5)}
_EDGE_PER_MM = 0.4


def transfer(kernel: Kernel, per_mm: torch.Tensor) -> torch.Tensor:
    """Modulation transfer of a kernel at spatial frequencies (1/mm); 1 at frequency 0."""
    half, gain = _KERNELS[kernel]
    edge = gain * (1 - torch.exp(-((per_mm / _EDGE_PER_MM) ** 2)))
    return (1 + edge) * torch.exp(-np.log(2.0) * (per_mm / half) ** 2)


def filtered(slices: torch.Tensor, pixel_mm: float, kernel: Kernel) -> torch.Tensor:
    """Slices ``[slice, row, column]`` as sharp as a kernel leaves them; the mean is kept."""
    gain = transfer(kernel, _per_mm(slices, pixel_mm))
    return torch.fft.irfft2(torch.fft.rfft2(slices) * gain, s=slices.shape[1:])


def noise(
    shape: tuple[int, int, int],
    pixel_mm: float,
    kernel: Kernel,
    rng: np.random.Generator,
    device: torch.device,
) -> torch.Tensor:
    """Noise of standard deviation 1 in the texture of filtered back-projection, independent in every slice.

    Its power goes up with frequency (the ramp filter) until the kernel takes it away, so that there is little
    at low frequencies (Hanson, Med Phys 1979;6:441-451).

    Args:
        shape: slices, rows, columns.
        pixel_mm: size of a pixel.
        kernel: the reconstruction kernel.
        rng: the generator.
        device: where it shall lie.
    """
    white = torch.from_numpy(rng.standard_normal(shape, dtype=np.float32)).to(device)
    per_mm = _per_mm(white, pixel_mm)
    coloured = torch.fft.rfft2(white) * torch.sqrt(per_mm) * transfer(kernel, per_mm)
    field = torch.fft.irfft2(coloured, s=white.shape[1:])
    return field / field.std()


def _per_mm(slices: torch.Tensor, pixel_mm: float) -> torch.Tensor:
    """Spatial frequency of every term of ``rfft2``, 1/mm."""
    rows, columns = slices.shape[1:]
    down = torch.fft.fftfreq(rows, pixel_mm, device=slices.device)[:, None]
    across = torch.fft.rfftfreq(columns, pixel_mm, device=slices.device)[None, :]
    return torch.sqrt(down**2 + across**2)

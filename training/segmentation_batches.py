"""Batches of slices: which ones, and how they are varied. The same seed and step give the same batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.networks.haemorrhage_unet import CONTEXT_SLICES
from HematomaExpansionLib.segmentation.network_grid import UNSEEN_HU, neighbours

from .segmentation_data import Prepared

ROWS, COLUMNS = 192, 160
"""Of a training slice: 9 in 10 heads whole, 30 % less to compute than a prepared slice."""
SHARES = {Label.ICH: 0.25, Label.IVH: 0.25, Label.EXTRA_AXIAL: 0.15}
"""Share of the slices drawn for a class; the rest is any slice of the brain, most of them without blood.
Unbalanced, one slice in twelve would hold IVH."""
LEAST_PIXELS = 10
"""Pixels of a class from which a slice counts for it."""


@dataclass(frozen=True)
class Batch:
    """Slices to learn from.

    Attributes:
        hu: ``[batch, context, row, column]``, float32.
        classes: ``[batch, row, column]``, int64.
        ventricles: ``[batch, row, column]``, uint8: 0, 1 or 255 where the truth does not say.
    """

    hu: Tensor
    classes: Tensor
    ventricles: Tensor


class Sampler:
    """Draws slices: first a scan, then one of its slices, so that small bleeds count as much as large ones.

    Args:
        scans: to draw from. One that is given twice is drawn twice as often.
        batch: slices in a batch.
        seed: of all draws.
    """

    def __init__(self, scans: Sequence[Prepared], batch: int, seed: int) -> None:
        """Look up which slices show what."""
        self.scans = scans
        self.batch = batch
        self.seed = seed
        self._slices: dict[Label | None, list[tuple[int, list[int]]]] = {None: [], **{c: [] for c in SHARES}}
        for number, scan in enumerate(scans):
            self._add(None, number, [z for z, pixels in enumerate(scan.brain) if pixels])
            for label in SHARES:
                self._add(label, number, [z for z, c in enumerate(scan.counts) if c[label] >= LEAST_PIXELS])

    def _add(self, label: Label | None, scan: int, slices: list[int]) -> None:
        if slices:
            self._slices[label].append((scan, slices))

    def draw(self, step: int, device: torch.device) -> Batch:
        """The batch of a step, varied."""
        rng = np.random.default_rng([self.seed, step])
        chosen = [self._draw_slice(rng) for _ in range(self.batch)]
        hu = np.stack([_context(self.scans[scan], z) for scan, z in chosen])
        targets = np.stack([self.scans[scan].targets[z] for scan, z in chosen])
        return vary(torch.from_numpy(hu).to(device), torch.from_numpy(targets).to(device), rng)

    def _draw_slice(self, rng: np.random.Generator) -> tuple[int, int]:
        label = rng.choice([*SHARES, -1], p=[*SHARES.values(), 1 - sum(SHARES.values())])
        places = self._slices.get(None if label < 0 else Label(label)) or self._slices[None]
        scan, slices = places[rng.integers(len(places))]
        return scan, slices[rng.integers(len(slices))]


def _context(scan: Prepared, z: int) -> NDArray[np.int16]:
    return scan.hu[neighbours(len(scan.hu), CONTEXT_SLICES)[z]]


def vary(hu: Tensor, targets: Tensor, rng: np.random.Generator) -> Batch:
    """Turn, scale, shift and mirror slices, and change their density and noise as scanners do.

    Args:
        hu: ``[batch, context, row, column]``, int16.
        targets: ``[batch, 2, row, column]``, uint8.
        rng: of all draws.

    Returns:
        Slices of :data:`ROWS` x :data:`COLUMNS`.
    """
    count, device = len(hu), hu.device
    noise = torch.Generator(device).manual_seed(int(rng.integers(2**62)))
    place = _places(count, hu.shape[-2:], rng).to(device)
    # Beyond the border lies what beyond the head does.
    moved = functional.grid_sample(hu.float() - UNSEEN_HU, place, align_corners=False) + UNSEEN_HU
    nearest = functional.grid_sample(targets.float(), place, mode="nearest", align_corners=False)
    density = _varied_density(moved, rng, noise)
    return Batch(density, nearest[:, 0].long(), nearest[:, 1].to(torch.uint8))


def _places(count: int, shape: tuple[int, int], rng: np.random.Generator) -> Tensor:
    """Where each pixel of the varied slices comes from, ``[batch, row, column, (x, y)]`` in -1...1."""
    angle = np.radians(rng.normal(0, 8, count).clip(-25, 25))
    scale = np.exp(rng.normal(0, 0.08, (count, 1)).clip(-0.2, 0.2) + rng.normal(0, 0.03, (count, 2)))
    mirror = np.where(rng.random(count) < 0.5, -1.0, 1.0)
    rows, columns = shape
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], 1).reshape(count, 2, 2)
    turn = turn / scale[:, None, :]
    turn[:, :, 0] *= mirror[:, None]
    # From the small output to the large input, both in units of half their own size, x before y.
    turn = turn * np.array([COLUMNS, ROWS]) / np.array([columns, rows])[:, None]
    shift = rng.normal(0, 5, (count, 2, 1)) * 2 / np.array([columns, rows])[:, None]
    theta = torch.from_numpy(np.concatenate([turn, shift], 2)).float()
    return functional.affine_grid(theta, [count, 1, ROWS, COLUMNS], align_corners=False)


def _varied_density(hu: Tensor, rng: np.random.Generator, noise: torch.Generator) -> Tensor:
    """Change density, sharpness and noise, each slice by its own draws; ``hu`` is overwritten."""

    def chosen(probability: float) -> NDArray[np.intp]:
        return np.flatnonzero(rng.random(len(hu)) < probability)

    def each(values: NDArray[np.float64]) -> Tensor:
        return torch.from_numpy(values).to(hu).reshape(-1, 1, 1, 1)

    # Calibration: water is not always 0, and the slope depends on the kilovolts.
    hu.mul_(each(rng.normal(1, 0.02, len(hu)))).add_(each(rng.normal(0, 2.5, len(hu))))
    # Gamma between CSF and dense blood, for other tissue contrasts.
    bent = chosen(0.3)
    tissue = hu[bent].clamp(0, 90)
    hu[bent] += 90 * (tissue / 90) ** each(np.exp(rng.normal(0, 0.08, len(bent)))) - tissue
    # A softer kernel.
    soft = chosen(0.25)
    hu[soft] = hu[soft].lerp(_mean_of_four(hu[soft]), each(rng.random(len(soft))))
    # Noise, fine or coarse.
    noisy = chosen(0.5)
    white = torch.randn(hu[noisy].shape, generator=noise, device=hu.device)
    grain = white.lerp(2 * _mean_of_four(white), each(rng.random(len(noisy))))
    hu[noisy] += grain * each(rng.uniform(0, 6, len(noisy)))
    return hu


def _mean_of_four(pixels: Tensor) -> Tensor:
    """Each pixel averaged with its neighbours above, to the left, and between them."""
    rows = pixels + pixels.roll(1, -2)
    return (rows + rows.roll(1, -1)) / 4

"""A head on its fine grid: what every part of the simulator takes and returns."""

from dataclasses import dataclass

import numpy as np
import torch

from .fields import sample


@dataclass(frozen=True)
class Head:
    """A head, ``[z, y, x]`` in LPS, about 1 mm a voxel; head coordinates are millimetres of the grid.

    Attributes:
        hu: float32.
        ventricles: uint8 of :class:`.ventricles.Ventricle`; the CSF spaces that blood can fill.
        white: float32 0-1 share of white matter.
        depth_mm: float32 distance of an intracranial voxel to the skull; 0 outside.
        solid: bool, all that is not the air round the head (table and catheters outside it included).
        barrier: bool, falx and tentorium: no blood passes, and the push of a bleed is halved.
        mni_mm: float32 ``[3, z, y, x]``: template coordinates (superior, anterior, right) of each voxel.
        spacing_mm: voxel size along (z, y, x).
        origin_mm: head coordinates (z, y, x) of the first voxel.
    """

    hu: torch.Tensor
    ventricles: torch.Tensor
    white: torch.Tensor
    depth_mm: torch.Tensor
    solid: torch.Tensor
    barrier: torch.Tensor
    mni_mm: torch.Tensor
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]

    @property
    def device(self) -> torch.device:
        """Where the fields lie."""
        return self.hu.device

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel of the fine grid in millilitres."""
        return float(np.prod(self.spacing_mm)) / 1000.0

    def point_mm(self, mni_mm: tuple[float, float, float]) -> tuple[float, float, float]:
        """Head coordinates (z, y, x) of the voxel nearest to a template point (superior, anterior, right)."""
        target = torch.tensor(mni_mm, dtype=torch.float32, device=self.device)
        # A coarse look over every fourth voxel, then a fine one round the best.
        coarse = ((self.mni_mm[:, ::4, ::4, ::4] - target[:, None, None, None]) ** 2).sum(dim=0)
        first = np.array(np.unravel_index(int(coarse.argmin()), coarse.shape)) * 4
        near = tuple(slice(max(0, int(i) - 4), int(i) + 5) for i in first)
        fine = ((self.mni_mm[(slice(None), *near)] - target[:, None, None, None]) ** 2).sum(dim=0)
        best = np.array(np.unravel_index(int(fine.argmin()), fine.shape)) + [side.start for side in near]
        z, y, x = (float(o + s * i) for o, s, i in zip(self.origin_mm, self.spacing_mm, best, strict=True))
        return (z, y, x)

    def offsets_mm(self, point_mm: tuple[float, float, float]) -> list[torch.Tensor]:
        """Coordinates of the grid relative to a point: three tensors that broadcast to ``[z, y, x]``."""
        axes = zip(self.origin_mm, self.spacing_mm, self.hu.shape, point_mm, strict=True)
        z, y, x = (
            origin - start + spacing * torch.arange(count, dtype=torch.float32, device=self.device)
            for origin, spacing, count, start in axes
        )
        return [z[:, None, None], y[None, :, None], x[None, None, :]]

    def at(self, field: torch.Tensor, point_mm: tuple[float, float, float]) -> float:
        """Value of a field at head coordinates (z, y, x)."""
        index = [(p - o) / s for p, o, s in zip(point_mm, self.origin_mm, self.spacing_mm, strict=True)]
        return float(sample(field, torch.tensor(index, dtype=torch.float32, device=self.device)[:, None])[0])

"""Drawing bodies into the HU of a head by template coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from .template import FIRST_VOXEL_MM, HEAD_STEP_MM

Box = tuple[slice, slice, slice]
Point = Sequence[float]

# How far the warp may carry a point of the template from its place on the grid, mm.
_CARRIED_MM = 16


@dataclass(frozen=True)
class Canvas:
    """A head while it is drawn, ``[z, y, x]`` on its grid; points are (superior, anterior, right).

    Attributes:
        hu: float32, drawn into in place.
        mni_mm: float32 ``[3, z, y, x]``: template coordinates of each voxel.
        paper: bool, where may be drawn.
    """

    hu: torch.Tensor
    mni_mm: torch.Tensor
    paper: torch.Tensor

    def around(self, first: Point, last: Point, margin_mm: float) -> Box:
        """The part of the grid that holds all between two points and a margin."""
        starts = (FIRST_VOXEL_MM[0], -FIRST_VOXEL_MM[1], -FIRST_VOXEL_MM[2])
        box = []
        for axis, start in enumerate(starts):
            from_first = [(point[axis] - start) * (1 if axis == 0 else -1) for point in (first, last)]
            reach = margin_mm + _CARRIED_MM
            count = self.hu.shape[axis]
            low = (min(from_first) - reach) / HEAD_STEP_MM
            high = (max(from_first) + reach) / HEAD_STEP_MM
            box.append(slice(min(count, max(0, int(low))), max(0, min(count, int(high) + 1))))
        return (box[0], box[1], box[2])

    def fill(self, box: Box, where: torch.Tensor, value: torch.Tensor | float) -> None:
        """Set the HU where a mask of the box is true."""
        part = self.hu[box]
        self.hu[box] = torch.where(where & self.paper[box], torch.as_tensor(value, dtype=part.dtype), part)

    def ellipsoid(self, centre: Point, radii: Point) -> tuple[Box, torch.Tensor]:
        """A box, and in it the distance from a centre in radii: 1 on the surface."""
        box = self.around(centre, centre, max(radii) * 1.3)
        squared = 0.0
        for part, middle, radius in zip(self.mni_mm[(slice(None), *box)], centre, radii, strict=True):
            squared = squared + ((part - middle) / radius) ** 2
        return box, squared**0.5

    def tube(self, start: Point, end: Point) -> tuple[Box, torch.Tensor, torch.Tensor]:
        """A box, and in it the distance to the line between two points, mm, and the way along it, 0 to 1."""
        box = self.around(start, end, 12)
        middle = torch.tensor(start, device=self.hu.device)[:, None, None, None]
        along = torch.tensor(end, device=self.hu.device)[:, None, None, None] - middle
        offset = self.mni_mm[(slice(None), *box)] - middle
        way = ((offset * along).sum(dim=0) / (along**2).sum()).clamp(0, 1)
        return box, ((offset - way * along) ** 2).sum(dim=0) ** 0.5, way

"""A ball of brain with a slab of ventricle, to try blood in."""

import torch

from training.simulate.head import Head

SLAB_FROM_MM = 22.0


def ball_head(radius_mm: int = 60, ventricle: bool = False) -> Head:
    """A ball of 32 HU in a grid of 1 mm; head and template coordinates are 0 in its middle.

    Args:
        radius_mm: of the ball.
        ventricle: put a slab of CSF at its left, 22-32 mm from the middle.
    """
    line = torch.arange(-radius_mm - 5, radius_mm + 6, dtype=torch.float32)
    z, y, x = line[:, None, None], line[None, :, None], line[None, None, :]
    distance = (z**2 + y**2 + x**2).sqrt()
    inside = distance < radius_mm
    slab = inside & (z.abs() < 15) & (y.abs() < 30) & (x >= SLAB_FROM_MM) & (x < 32) & ventricle
    hu = torch.where(slab, 8.0, torch.where(inside, 32.0, -1000.0))
    return Head(
        hu=hu,
        ventricles=slab.to(torch.uint8),
        white=inside.float(),
        depth_mm=(radius_mm - distance).clamp(min=0),
        solid=inside,
        barrier=torch.zeros_like(inside),
        mni_mm=torch.stack(torch.broadcast_tensors(z, -y, -x)),
        spacing_mm=(1.0, 1.0, 1.0),
        origin_mm=(float(line[0]),) * 3,
    )

"""A head simple enough to work out by hand, for the tests of the simulator."""

import pytest
import torch

from training.simulate.head import Head
from training.simulate.ventricles import Ventricle


@pytest.fixture(scope="session")
def ball_head() -> Head:
    """A ball of brain of 52 mm under 4 mm of CSF in a skull of 5 mm, 1 mm a voxel, its middle at the origin.

    The lateral ventricles are bars of 10 x 40 x 8 mm (z, y, x) at 7 mm from the midline, the third is a sheet
    between them, the fourth a cube below the tentorium at z = -25; the falx is the half plane z > 6 at x = 0.
    """
    line = torch.arange(-64.0, 65.0)
    z, y, x = torch.meshgrid(line, line, line, indexing="ij")
    radius = (z**2 + y**2 + x**2).sqrt()
    inside = radius < 56
    hu = torch.full(radius.shape, -1000.0)
    hu[radius < 61] = 1000.0
    hu[inside] = 8.0
    hu[radius < 52] = 30.0
    ventricles = torch.zeros(radius.shape, dtype=torch.uint8)
    bar = (z.abs() <= 5) & (y.abs() <= 20)
    ventricles[bar & ((x - 8).abs() <= 4)] = Ventricle.LEFT
    ventricles[bar & ((x + 8).abs() <= 4)] = Ventricle.RIGHT
    ventricles[(x.abs() <= 1) & (z.abs() <= 5) & (y.abs() <= 8)] = Ventricle.THIRD
    ventricles[(z + 34).abs().maximum((y - 5).abs()).maximum(x.abs()) <= 5] = Ventricle.FOURTH
    hu[ventricles > 0] = 8.0
    barrier = inside & (((x == 0) & (z > 6)) | ((z == -25) & (y > 0)))
    hu[barrier] = 45.0
    return Head(
        hu=hu,
        ventricles=ventricles,
        white=((radius < 46) & (ventricles == 0)).float(),
        depth_mm=(56 - radius).clamp(min=0),
        solid=radius < 61,
        barrier=barrier,
        mni_mm=torch.stack([z, -y, -x]),
        spacing_mm=(1.0, 1.0, 1.0),
        origin_mm=(-64.0, -64.0, -64.0),
    )

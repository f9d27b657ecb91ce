"""The density of every slice as a landscape: its lakes and its deep minima."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

_SEA_HU, _WALL_HU = -1.0e4, 1.0e4


def lake_depth_hu(hu: "NDArray[np.float32]", mask: "NDArray[np.bool_]") -> "NDArray[np.float32]":
    """How deep each pixel lies below the lowest way, within its slice, out of the mask; 0 where it drains.

    Grey-scale hole filling, as reconstruction by erosion: a flood that starts at the top sinks wherever the
    sea outside the mask reaches it. Water passes between pixels that touch at a corner.

    Args:
        hu: ``[z, y, x]``.
        mask: bool, the land.
    """
    import SimpleITK as sitk

    land = _padded(np.where(mask, hu, _SEA_HU))
    flood = _padded(np.where(mask, _WALL_HU, _SEA_HU))
    filled = sitk.ReconstructionByErosion(_between_walls(flood), _between_walls(land), True)
    return np.asarray((_slices(filled) - land)[:, 1:-1, 1:-1])


def deep_minima(
    hu: "NDArray[np.float32]", region: "NDArray[np.bool_]", depth_hu: float
) -> "NDArray[np.bool_]":
    """The bottoms of the basins of a slice, within a region, that are at least so deep (h-minima).

    Args:
        hu: ``[y, x]``.
        region: bool; its border is a wall. A region that is one basin has its bottom.
        depth_hu: the least depth below the lowest way into a deeper basin.
    """
    import SimpleITK as sitk

    walled = sitk.GetImageFromArray(np.pad(np.where(region, hu, _WALL_HU), 1, constant_values=_WALL_HU))
    shallow_gone = sitk.HMinima(sitk.Cast(walled, sitk.sitkFloat32), depth_hu, True)
    bottoms = sitk.RegionalMinima(
        shallow_gone, backgroundValue=0, foregroundValue=1, fullyConnected=True, flatIsMinima=False
    )
    return np.asarray((sitk.GetArrayFromImage(bottoms)[1:-1, 1:-1] > 0) & region)


def _padded(stack: "NDArray[np.generic]") -> "NDArray[np.float32]":
    return np.pad(stack, ((0, 0), (1, 1), (1, 1)), constant_values=_SEA_HU).astype(np.float32)


def _between_walls(stack: "NDArray[np.float32]") -> "sitk.Image":
    """The slices with a wall between any two, so that one 3D filter treats each alone."""
    import SimpleITK as sitk

    walled = np.full((2 * len(stack) + 1, *stack.shape[1:]), _WALL_HU, dtype=np.float32)
    walled[1::2] = stack
    return sitk.GetImageFromArray(walled)


def _slices(image: "sitk.Image") -> "NDArray[np.float32]":
    import SimpleITK as sitk

    return np.asarray(sitk.GetArrayFromImage(image)[1::2])

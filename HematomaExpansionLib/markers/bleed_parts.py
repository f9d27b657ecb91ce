"""The main haematoma and the small ones scattered round it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..volumetry.diameters import calliper_diameters, outline_mm
from .clot import Clot, Spacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Within a slice corners connect; from slice to slice only what lies on top of each other, for readers call
# apart what is apart on the slices that they see.
_CONNECTED = np.array([[[0, 0, 0], [0, 1, 0], [0, 0, 0]], [[1, 1, 1]] * 3, [[0, 0, 0], [0, 1, 0], [0, 0, 0]]])


@dataclass(frozen=True, eq=False)
class SmallPart:
    """A piece of blood apart from the main one.

    Attributes:
        mask: bool ``[z, y, x]`` in the crop.
        diameter_mm: largest calliper diameter on a slice.
        gap_mm: smallest distance to the main haematoma, surface to surface.
        ml: volume.
    """

    mask: "NDArray[np.bool_]"
    diameter_mm: float
    gap_mm: float
    ml: float


@dataclass(frozen=True, eq=False)
class BleedParts:
    """The pieces of the parenchymal blood.

    Attributes:
        main: bool ``[z, y, x]``, the largest piece.
        main_ml: its volume.
        small: the others, largest first.
    """

    main: "NDArray[np.bool_]"
    main_ml: float
    small: tuple[SmallPart, ...]


def bleed_parts(clot: Clot) -> BleedParts:
    """Take the unclosed blood apart: closing would join what is less than 3 mm apart."""
    from scipy.ndimage import find_objects, label

    numbered, _ = label(clot.blood, structure=_CONNECTED)
    sizes = np.bincount(numbered.ravel())[1:]
    order = np.argsort(-sizes, kind="stable")
    voxel_ml = float(np.prod(clot.spacing_mm)) / 1000.0
    main = numbered == order[0] + 1
    surface, steps = _surface(main), np.diag(clot.pixel_mm)
    boxes = find_objects(numbered)
    small = []
    for position in order[1:]:
        mask, box = numbered == position + 1, boxes[position]
        diameter = max(calliper_diameters(outline_mm(plane, steps), steps)[0] for plane in mask[box])
        corner = np.array([side.start for side in box])
        gap = _gap_mm(_surface(mask[box]) + corner, surface, clot.spacing_mm)
        small.append(SmallPart(mask, diameter, gap, float(sizes[position] * voxel_ml)))
    return BleedParts(main, float(sizes[order[0]] * voxel_ml), tuple(small))


def _surface(mask: "NDArray[np.bool_]") -> "NDArray[np.intp]":
    from scipy.ndimage import binary_erosion

    return np.argwhere(mask & ~binary_erosion(mask))


def _gap_mm(part: "NDArray[np.intp]", main: "NDArray[np.intp]", spacing_mm: Spacing) -> float:
    """Smallest distance between the boxes of two sets of voxels; 0 where they touch."""
    from scipy.spatial import cKDTree

    # The nearest boxes are among the nearest centres.
    count = min(len(main), 16)
    _, nearest = cKDTree(main * spacing_mm).query(part * spacing_mm, k=count)
    steps = np.abs(main[nearest.reshape(len(part), count)] - part[:, np.newaxis, :])
    return float(np.linalg.norm(np.maximum(steps - 1, 0) * spacing_mm, axis=-1).min())

"""The outline of the haematoma on its largest slice: dents, separate pieces, solidity."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .clot import Clot
from .plane import PixelSize, pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class OutlineSettings:
    """What counts as an irregularity of the margin.

    Attributes:
        least_depth_mm: depth of a dent below the convex hull, at least.
        relative_depth: the same as a share of the square root of the area; the larger of the two counts.
        piece_mm2: area of a separate piece, at least.
    """

    least_depth_mm: float = 3.0
    relative_depth: float = 0.1
    piece_mm2: float = 4.0


@dataclass(frozen=True, eq=False)
class Outline:
    """What the largest slice shows.

    Attributes:
        dents: bool ``[y, x]`` each: deep enough parts of the convex hull without blood.
        deepest_mm: depth of the deepest part without blood, deep enough or not.
        limit_mm: what a dent needs.
        separate: bool ``[y, x]`` each: pieces beside the largest.
        solidity: area of the largest piece over the area of its convex hull, 0-1.
    """

    dents: "tuple[NDArray[np.bool_], ...]"
    deepest_mm: float
    limit_mm: float
    separate: "tuple[NDArray[np.bool_], ...]"
    solidity: float

    @property
    def irregularities(self) -> int:
        """Focal irregularities of the margin, joined or separate."""
        return len(self.dents) + len(self.separate)


def outline(clot: Clot, settings: OutlineSettings) -> Outline:
    """Measure the outline of the blood on the slice of its largest area."""
    from scipy.ndimage import binary_fill_holes

    # A ventricle that the bleed surrounds is no dent of the margin.
    blood = binary_fill_holes(clot.blood[clot.largest])
    found = sorted(pieces(blood), key=np.count_nonzero, reverse=True)
    main = found[0]
    separate = [piece for piece in found[1:] if piece.sum() * clot.pixel_mm2 >= settings.piece_mm2]
    limit = max(settings.least_depth_mm, settings.relative_depth * float(main.sum() * clot.pixel_mm2) ** 0.5)
    depth, hull_mm2 = _below_hull(main, clot.pixel_mm)
    # Neighbouring dents meet along the hull: a sliver of one pixel does not join them.
    hollows = [(piece, float(depth[piece].max())) for piece in pieces(~main & (depth > limit / 3))]
    return Outline(
        dents=tuple(piece for piece, deepest in hollows if deepest >= limit),
        deepest_mm=max((deepest for _, deepest in hollows), default=0.0),
        limit_mm=limit,
        separate=tuple(separate),
        solidity=min(float(main.sum() * clot.pixel_mm2 / hull_mm2), 1.0),
    )


def _below_hull(main: "NDArray[np.bool_]", pixel_mm: PixelSize) -> "tuple[NDArray[np.float64], float]":
    """Distance of each pixel centre to the outside of the convex hull, mm, and the hull's area, mm2."""
    from scipy.spatial import ConvexHull

    # A pixel reaches to the midpoints of its faces, as for the diameters: the hull of the corners of a disc
    # would be 5 % too large.
    faces = np.argwhere(main)[:, np.newaxis, :] + np.array([[0, 0.5], [0, -0.5], [0.5, 0], [-0.5, 0]])
    hull = ConvexHull(faces.reshape(-1, 2) * pixel_mm)
    grid = np.indices(main.shape).reshape(2, -1).T * pixel_mm
    outside = (grid @ hull.equations[:, :2].T + hull.equations[:, 2]).max(axis=1)
    return np.maximum(-outside, 0.0).reshape(main.shape), float(hull.volume)

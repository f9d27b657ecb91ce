"""Clots with markers in a ball of brain, and what to measure on them."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull

from HematomaExpansionLib.markers.marker import Marker
from Testing.training.ball import ball_head
from training.simulate.bleed import BleedSettings, fill, make_shape
from training.simulate.density import clot_density

BACK = (0.0, 1.0, 0.0)
_HEAD = ball_head(50)


@dataclass(frozen=True, eq=False)
class Marked:
    """A clot on a grid of 1 mm; masks are bool ``[z, y, x]``.

    Attributes:
        ich: all of it.
        body: its main piece.
        hu: density of blood.
        markers: evidence of all nine.
    """

    ich: np.ndarray
    body: np.ndarray
    hu: np.ndarray
    markers: dict[Marker, np.ndarray]

    @property
    def level(self) -> int:
        """The slice of the largest area of the body."""
        return int(self.body.sum(axis=(1, 2)).argmax())


@cache
def marked(
    markers: tuple[Marker, ...], volume_ml: float, family="lobes", seed=1, down=BACK, blood_hu=62.0
) -> Marked:
    """Make a clot with markers and no others."""
    asked = frozenset(markers)
    settings = BleedSettings((0.0, 0.0, 0.0), volume_ml, blood_hu=blood_hu, markers=asked, family=family)
    shape = make_shape(_HEAD, settings, np.random.default_rng(seed))
    clot = fill(_HEAD, shape, volume_ml, None)
    density = clot_density(_HEAD, clot, shape, down)
    evidence = {marker: mask.numpy() for marker, mask in density.markers.items()}
    return Marked(clot.ich.numpy(), clot.body.numpy(), density.hu.numpy(), evidence)


def pieces(mask: np.ndarray) -> list[np.ndarray]:
    """Connected pieces."""
    labels, count = ndimage.label(mask, structure=np.ones((3,) * mask.ndim))
    return [labels == number for number in range(1, count + 1)]


def ring(plane: np.ndarray, of: np.ndarray) -> np.ndarray:
    """The pixels of a clot's slice 2-4 mm from a region of it."""
    away = ndimage.distance_transform_edt(~plane)
    return of & (away >= 2) & (away <= 4)


def core(mask: np.ndarray) -> np.ndarray:
    """A region without its border pixels on every slice."""
    return ndimage.binary_erosion(mask, structure=np.ones((1, 3, 3)))


def is_open(region: np.ndarray, body: np.ndarray) -> bool:
    """Whether every piece of a region on every slice reaches the margin of the clot."""
    margin = body & ~ndimage.binary_erosion(body, structure=np.ones((1, 3, 3)))
    planes = zip(region, margin, strict=True)
    return all((piece & edge).any() for plane, edge in planes for piece in pieces(plane))


def is_enclosed(region: np.ndarray, body: np.ndarray) -> bool:
    """Whether clot is on all sides of a region."""
    grown = ndimage.binary_dilation(region, structure=np.ones((3, 3, 3)))
    return not (grown & ~body).any()


def dents_mm(plane: np.ndarray) -> list[float]:
    """Depth of every convexity defect of a mask: how far it goes in from the hull."""
    pixels = np.argwhere(plane)
    edges = ConvexHull(pixels).equations
    grid = np.argwhere(~plane)
    inside = -(grid @ edges[:, :2].T + edges[:, 2]).max(axis=1)
    depth = np.zeros(plane.shape)
    depth[tuple(grid.T)] = np.maximum(inside, 0)
    return [float(depth[piece].max()) for piece in pieces(depth > 0.5)]


def needed_mm(plane: np.ndarray) -> float:
    """How deep a dent must be to be a focal irregularity."""
    return max(3.0, 0.1 * float(np.sqrt(plane.sum())))


def sprouts(plane: np.ndarray, radius_mm: float = 5.0) -> list[np.ndarray]:
    """What an opening removes, at least 12 mm2 each and standing out by at least 2.5 mm."""
    kept = ndimage.distance_transform_edt(plane) > radius_mm
    trunk = ndimage.distance_transform_edt(~kept) <= radius_mm
    out = ndimage.distance_transform_edt(~trunk)
    return [piece for piece in pieces(plane & ~trunk) if piece.sum() >= 12 and out[piece].max() >= 2.5]

"""Small pieces of labelled blood: which are noise, and which are satellites of a haematoma."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..labels import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOOD = (Label.ICH, Label.IVH, Label.EXTRA_AXIAL)


@dataclass(frozen=True)
class Satellites:
    """Pieces that are kept although they are small, because a haematoma is near.

    A satellite is up to 10 mm across and 1-20 mm from the haematoma (Shimoda 2017); a ball of 4 mm has
    0.03 mL.

    Attributes:
        least_ml: least parenchymal blood of the piece.
        reach_mm: farthest from a haematoma, centre of voxel to centre of voxel.
        haematoma_ml: least parenchymal blood of the haematoma.
    """

    least_ml: float = 0.03
    reach_mm: float = 20.0
    haematoma_ml: float = 1.0


def without_specks(
    labels: "NDArray[np.uint8]",
    spacing_mm: tuple[float, float, float],
    min_piece_ml: float,
    satellites: Satellites | None = None,
    min_collection_ml: float = 0.0,
) -> "NDArray[np.uint8]":
    """Drop the face-connected pieces (all classes together) with less blood than ``min_piece_ml``.

    Args:
        labels: values of :class:`..labels.Label`, ``[z, y, x]``.
        spacing_mm: voxel spacing ``(z, y, x)``.
        min_piece_ml: least blood of a piece; a piece of exactly this is kept.
        satellites: which smaller pieces are kept; None for none.
        min_collection_ml: least blood of a piece whose blood is all extra-axial, if that is more.
    """
    from scipy import ndimage

    pieces, count = ndimage.label(labels > 0)
    voxel_ml = float(np.prod(spacing_mm)) / 1000
    # The slack only takes the rounding of the product away.
    slack = 1e-6 * voxel_ml
    blood_ml = voxel_ml * np.bincount(pieces[np.isin(labels, _BLOOD)], minlength=count + 1)
    extra_axial_ml = voxel_ml * np.bincount(pieces[labels == Label.EXTRA_AXIAL], minlength=count + 1)
    alone = blood_ml - extra_axial_ml < slack
    least_ml = np.where(alone, max(min_piece_ml, min_collection_ml), min_piece_ml)
    kept = (blood_ml >= least_ml - slack) & (blood_ml > 0)
    if satellites is not None:
        ich_ml = voxel_ml * np.bincount(pieces[labels == Label.ICH], minlength=count + 1)
        possible = ~kept & (ich_ml >= satellites.least_ml - slack)
        large = kept & (ich_ml >= satellites.haematoma_ml)
        if possible.any() and large.any():
            main = np.argwhere(large[pieces] & (labels == Label.ICH)) * spacing_mm
            kept |= _near(pieces, np.flatnonzero(possible), main, spacing_mm, satellites.reach_mm)
    return np.where(kept[pieces], labels, np.uint8(Label.BACKGROUND))


def _near(
    pieces: "NDArray[np.int32]",
    possible: "NDArray[np.intp]",
    main_mm: "NDArray[np.floating]",
    spacing_mm: tuple[float, float, float],
    reach_mm: float,
) -> "NDArray[np.bool_]":
    """Which pieces have a voxel within reach of the haematoma; bool for each number of a piece."""
    from scipy.spatial import cKDTree

    tree = cKDTree(main_mm)
    near = np.zeros(pieces.max() + 1, dtype=bool)
    for piece in possible:
        away, _ = tree.query(np.argwhere(pieces == piece) * spacing_mm, distance_upper_bound=reach_mm + 1e-6)
        near[piece] = np.isfinite(away).any()
    return near

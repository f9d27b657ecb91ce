"""One back-end on one scan: volume, overlap and outline of each class."""

import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from HematomaExpansionLib.ct.grid import box_around
from HematomaExpansionLib.labels import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Class(StrEnum):
    """What is measured: the classes of a label image, and all blood together."""

    ICH = "ich"
    IVH = "ivh"
    ANY = "any blood"
    EXTRA_AXIAL = "extra-axial"
    OEDEMA = "oedema"


LABELS: dict[Class, frozenset[Label]] = {
    Class.ICH: frozenset({Label.ICH}),
    Class.IVH: frozenset({Label.IVH}),
    Class.ANY: frozenset({Label.ICH, Label.IVH, Label.EXTRA_AXIAL}),
    Class.EXTRA_AXIAL: frozenset({Label.EXTRA_AXIAL}),
    Class.OEDEMA: frozenset({Label.OEDEMA}),
}


@dataclass(frozen=True)
class Measures:
    """One class in one scan.

    Attributes:
        truth_ml: its true volume.
        found_ml: the volume that was found.
        overlap_ml: what of it was found where it is.
        dice: 2 overlap / (truth + found); None where the scan has none of the class.
        hd95_mm: the larger of the two 95th percentiles of the distance from one surface to the other; None
            where the truth or what was found is empty.
    """

    truth_ml: float
    found_ml: float
    overlap_ml: float
    dice: float | None
    hd95_mm: float | None


def measure(
    truth: "NDArray[np.uint8]",
    found: "NDArray[np.uint8]",
    class_: Class,
    told: frozenset[Label],
    true: frozenset[Label],
    spacing_mm: tuple[float, float, float],
    voxel_ml: float,
) -> Measures | None:
    """Measure one class.

    Args:
        truth: true labels, ``[z, y, x]``.
        found: labels of the back-end on the same grid.
        class_: what to measure.
        told: the classes the back-end can tell.
        true: the classes the truth tells.
        spacing_mm: of the grid, (z, y, x).
        voxel_ml: volume of a voxel.

    Returns:
        None where the back-end cannot tell the class or the truth does not know it. All blood is measured
        whatever they tell, as what each calls blood.
    """
    labels = LABELS[class_]
    if class_ is not Class.ANY and not (labels <= told and labels <= true):
        return None
    a, b = np.isin(truth, list(labels)), np.isin(found, list(labels))
    true_count, found_count = int(a.sum()), int(b.sum())
    overlap = int(np.count_nonzero(a & b))
    return Measures(
        truth_ml=true_count * voxel_ml,
        found_ml=found_count * voxel_ml,
        overlap_ml=overlap * voxel_ml,
        dice=2 * overlap / (true_count + found_count) if true_count else None,
        hd95_mm=hd95_mm(a, b, spacing_mm) if true_count and found_count else None,
    )


def hd95_mm(
    truth: "NDArray[np.bool_]", found: "NDArray[np.bool_]", spacing_mm: tuple[float, float, float]
) -> float:
    """95th percentile Hausdorff distance of two masks that are not empty, by MONAI.

    Args:
        truth: bool, ``[z, y, x]``.
        found: bool on the same grid.
        spacing_mm: of the grid, (z, y, x).
    """
    import torch
    from monai.metrics import compute_hausdorff_distance

    box = box_around(truth | found, spacing_mm, max(spacing_mm))
    a, b = (torch.from_numpy(mask[box])[None, None] for mask in (found, truth))
    with warnings.catch_warnings():
        # MONAI warns of an argument that it passes to itself.
        warnings.simplefilter("ignore", FutureWarning)
        distance = compute_hausdorff_distance(
            a, b, include_background=True, percentile=95, spacing=spacing_mm
        )
    return float(distance)

"""ABC/2: the bedside estimate of a haematoma's volume.

Kothari 1996 (Stroke 27:1304): A is the largest diameter on the slice with the largest area, B the largest
diameter perpendicular to it on that slice, C the number of slices, weighted by their area, times the slice
distance.

The weights were made for thick slices. On thin ones C tends to 0.68 of the height of an ellipsoid (its slices
exceed 25 % of the largest area over 87 % of the height and 75 % over 50 %), and ABC/2 reads a third low:
one more reason to read the voxel volume.
"""

from typing import TYPE_CHECKING

import numpy as np

from .diameters import calliper_diameters, outline_mm

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

WHOLE_ABOVE = 0.75
HALF_FROM = 0.25


def abc2_ml(a_mm: float, b_mm: float, c_mm: float) -> float:
    """A x B x C / 2 in mL."""
    return a_mm * b_mm * c_mm / 2000.0


def abc3_ml(a_mm: float, b_mm: float, c_mm: float) -> float:
    """A x B x C / 3 in mL, for irregular shapes."""
    return a_mm * b_mm * c_mm / 3000.0


def weighted_slices(areas_mm2: "ArrayLike") -> float:
    """How many slices C counts.

    A slice with more than 75 % of the largest area counts 1, one with 25-75 % counts 1/2, one with less than
    25 % counts 0. Exactly 75 % and exactly 25 % count 1/2.

    Args:
        areas_mm2: ``[n]`` areas on the slices; at least one is above 0.
    """
    areas = np.asarray(areas_mm2, dtype=np.float64)
    shares = areas / areas.max()
    return float(np.sum(shares > WHOLE_ABOVE) + np.sum(shares >= HALF_FROM)) / 2.0


def abc_mm(component: "NDArray[np.bool_]", steps_mm: "NDArray[np.float64]") -> tuple[float, float, float]:
    """A, B and C of one connected bleed.

    Of several slices with the largest area the one nearest to the feet is measured.

    Args:
        component: mask ``[z, y, x]`` of one component; slices are along the first axis.
        steps_mm: ``[3, 3]``; row i is the step in space of array axis i, mm.
    """
    in_plane = steps_mm[1:]
    normal = np.cross(in_plane[0], in_plane[1])
    pixel_mm2 = float(np.linalg.norm(normal))
    slice_distance = abs(float(np.linalg.det(steps_mm))) / pixel_mm2
    areas = component.sum(axis=(1, 2)) * pixel_mm2
    largest = component[int(np.argmax(areas))]
    # The slice's own two axes: its in-plane steps written in an orthonormal basis of the plane.
    basis = np.linalg.svd(in_plane, full_matrices=False)[2]
    a, b = calliper_diameters(outline_mm(largest, in_plane @ basis.T), in_plane @ basis.T)
    return a, b, weighted_slices(areas) * slice_distance

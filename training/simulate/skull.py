"""The space inside the skull, and the skull round it, on the template grid.

The template has neither. The intracranial space is the brain with a layer of CSF; the skull is built for each
head as a shell of varying thickness round it (:mod:`.face`).
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .template import SHAPE, axes_mm, load_maps

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SUBARACHNOID_MM = 3.0


@cache
def inner_table_mm() -> "NDArray[np.float32]":
    """Distances to the inner table of the skull, float32 ``[2, z, y, x]``; measured once a process.

    The first is the distance of points outside the intracranial space to it, the second the depth of points
    inside; each is 0 on the other side. The outside of the occiput is round where the inside has its crest.
    """
    from scipy import ndimage

    superior, anterior, _ = axes_mm()
    inside = _intracranial_space()
    occiput = _hull_near_midline() & (anterior < -60) & (superior <= 15) & (superior > -40)
    outwards = ndimage.distance_transform_edt(~(inside | occiput))
    return np.stack([outwards, ndimage.distance_transform_edt(inside)]).astype(np.float32)


@cache
def outside_brain_mm() -> "NDArray[np.float32]":
    """Distance of every point of the grid to the brain, float32 ``[z, y, x]``."""
    from scipy import ndimage

    return ndimage.distance_transform_edt(~load_maps().brain).astype(np.float32)


def _intracranial_space() -> "NDArray[np.bool_]":
    """The brain with sulci, cisterns and a layer of CSF, and the spinal canal below the foramen magnum."""
    from scipy import ndimage

    superior, anterior, right = axes_mm()
    to_brain = outside_brain_mm()
    # Above, narrow gaps are bridged. Low down nothing is: the petrous bone stands between temporal lobe and
    # cerebellum.
    bridged = ndimage.distance_transform_edt(to_brain <= 9.0) > 9.0 - _SUBARACHNOID_MM
    space = np.where(superior > -20, bridged, to_brain <= 2.2)
    # No skull dips between the hemispheres as the brain does.
    space |= _hull_near_midline() & (superior > 15)
    suprasellar = ((superior + 17) / 10) ** 2 + ((anterior + 2) / 17) ** 2 + (right / 13) ** 2 < 1
    canal = (superior < -58) & (np.hypot(right, anterior + 46) < 13)
    return ndimage.gaussian_filter((space | suprasellar | canal).astype(np.float32), 2.0) > 0.5


@cache
def _hull_near_midline() -> "NDArray[np.bool_]":
    """Convex hull of the brain with its layer of CSF, within 30 mm of the midline and above -45 mm.

    The meet of half-spaces whose directions are spread evenly over the sphere (Fibonacci lattice).
    """
    from scipy import ndimage

    superior, anterior, right = axes_mm()
    brain = load_maps().brain & (superior > -45)
    z, y, x = np.nonzero(brain & ~ndimage.binary_erosion(brain))
    points = np.stack([superior[z, 0, 0], anterior[0, y, 0], right[0, 0, x]])
    columns = np.abs(right[0, 0]) < 30
    near = right[:, :, columns]
    inside = np.broadcast_to(superior > -45, (*SHAPE[:2], near.shape[2])).copy()
    number = np.arange(300)
    height = 1 - (2 * number + 1) / number.size
    angle = np.pi * (1 + np.sqrt(5)) * number
    ring = np.sqrt(1 - height**2)
    for up, forward, aside in np.stack([height, ring * np.cos(angle), ring * np.sin(angle)], axis=1).astype(
        np.float32
    ):
        reach = np.max(up * points[0] + forward * points[1] + aside * points[2]) + _SUBARACHNOID_MM
        inside &= up * superior + forward * anterior + aside * near <= reach
    hull = np.zeros(SHAPE, dtype=bool)
    hull[:, :, columns] = inside
    return hull

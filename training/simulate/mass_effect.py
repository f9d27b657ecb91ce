"""A growing bleed pushes the brain aside: ventricles are compressed, the midline shifts."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .host import Head

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Distance over which the push fades in the brain, and the depth at which the skull has stopped it (mm).
_FADE_MM = 22.0
_SKULL_MM = 18.0


def push_aside(head: Head, centre_mm: tuple[float, float, float], volume_ml: float, yielding: float) -> Head:
    """Displace the brain radially from the centre of a bleed.

    The push is greatest at the radius of a sphere of the bleed's volume, fades from there with distance, and
    ends at the skull. A fluid of this volume in an incompressible space would push by the radius itself;
    ``yielding`` is the share of that which the brain gives way, the rest being brain that the blood destroys.

    Args:
        head: the head without blood.
        centre_mm: head coordinates (z, y, x) of the middle of the bleed.
        volume_ml: volume of the bleed.
        yielding: 0 (no mass effect) to about 0.4.

    Returns:
        The head with ``hu``, ``ventricles`` and ``white`` displaced; the skull has not moved.
    """
    from scipy import ndimage

    if volume_ml <= 0 or yielding <= 0:
        return head
    moved = np.nonzero(head.depth_mm > 0)
    offset = np.stack(
        [
            origin + spacing * index - centre
            for origin, spacing, index, centre in zip(
                head.origin_mm, head.spacing_mm, moved, centre_mm, strict=True
            )
        ]
    )
    distance = np.maximum(np.sqrt((offset**2).sum(axis=0)), 1e-3)
    radius = float(np.cbrt(3000.0 * volume_ml / (4 * np.pi)))
    fading = np.where(distance < radius, distance / radius, np.exp((radius - distance) / _FADE_MM))
    push = yielding * radius * fading * np.clip(head.depth_mm[moved] / _SKULL_MM, 0, 1)
    source = np.stack(moved) - offset * (push / distance) / np.array(head.spacing_mm)[:, None]

    def displaced(field: "NDArray[np.generic]", order: int) -> "NDArray[np.generic]":
        result = field.copy()
        result[moved] = ndimage.map_coordinates(field, source, order=order, mode="nearest")
        return result

    return replace(
        head,
        hu=displaced(head.hu, 1),
        ventricles=displaced(head.ventricles, 0),
        white=displaced(head.white, 1),
    )

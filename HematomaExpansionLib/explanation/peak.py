"""Where the evidence of a heat map is strongest, against the haematoma."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import MaskError
from ..labels import Label
from ..prediction.prediction import Place

if TYPE_CHECKING:
    import SimpleITK as sitk

RIM_MM = 5.0
"""How far from the haematoma its rim reaches: a node of a network's last layer stands for about as much."""


@dataclass(frozen=True)
class Peak:
    """The strongest place of a heat map.

    Attributes:
        voxel: its index ``(z, y, x)``.
        position_mm: its centre, LPS ``(x, y, z)``.
        distance_mm: from its centre to the surface of the nearest ICH voxel; 0 inside, None without ICH.
        place: ``"inside"`` the haematoma, at its ``"rim"`` (outside, within :data:`RIM_MM`), or
            ``"outside"``; None without ICH.
    """

    voxel: tuple[int, int, int]
    position_mm: tuple[float, float, float]
    distance_mm: float | None
    place: Place | None

    @property
    def sentence(self) -> str:
        """Where it lies, in words."""
        return peak_sentence(self.place, self.distance_mm)


def where_is_the_peak(heat_map: "sitk.Image", labels: "sitk.Image") -> Peak | None:
    """Find the strongest place of a heat map and measure its distance to the parenchymal blood.

    Where several voxels share the highest value, as at the border of what a network saw, it is the one
    nearest to the middle of them all.

    Args:
        heat_map: 0-1 on the scan's grid, as :func:`.grad_cam.explain` gives it.
        labels: segmentation on the same grid, values of :class:`..labels.Label`.

    Returns:
        The peak; None where the map is 0 everywhere.

    Raises:
        MaskError: the segmentation has another size than the map.
    """
    import SimpleITK as sitk

    if heat_map.GetSize() != labels.GetSize():
        raise MaskError(
            f"segmentation of {labels.GetSize()} voxels for a heat map of {heat_map.GetSize()}; "
            "both must lie on the grid of the scan"
        )
    heat = sitk.GetArrayViewFromImage(heat_map)
    highest = float(heat.max())
    if highest <= 0:
        return None
    spacing_mm = np.array(heat_map.GetSpacing())[::-1]
    shared = np.argwhere(heat == highest)
    off_mm = np.linalg.norm((shared - shared.mean(axis=0)) * spacing_mm, axis=1)
    z, y, x = (int(index) for index in shared[off_mm.argmin()])
    blood = np.argwhere(sitk.GetArrayViewFromImage(labels) == Label.ICH)
    distance_mm = None
    if len(blood):
        # A voxel reaches half its width about its centre.
        away_mm = np.maximum(np.abs(blood - (z, y, x)) - 0.5, 0.0) * spacing_mm
        distance_mm = float(np.sqrt((away_mm**2).sum(axis=1).min()))
    position = heat_map.TransformIndexToPhysicalPoint((x, y, z))
    return Peak((z, y, x), (position[0], position[1], position[2]), distance_mm, place_of(distance_mm))


def place_of(distance_mm: float | None) -> Place | None:
    """The category of a distance to the haematoma; None without one."""
    if distance_mm is None:
        return None
    if distance_mm == 0:
        return "inside"
    return "rim" if distance_mm <= RIM_MM else "outside"


def peak_sentence(place: Place | None, distance_mm: float | None) -> str:
    """Where a peak lies, in words that a person reads in the report and beside the scene."""
    if place is None or distance_mm is None:
        return "Its evidence has no distance to the haematoma: the segmentation shows no parenchymal blood."
    if place == "inside":
        return "Its evidence is strongest inside the haematoma."
    if place == "rim":
        return (
            f"Its evidence is strongest at the rim of the haematoma, {distance_mm:.1f} mm outside it "
            f"(within {RIM_MM:g} mm)."
        )
    return f"Its evidence is strongest outside the haematoma, {distance_mm:.1f} mm from it."

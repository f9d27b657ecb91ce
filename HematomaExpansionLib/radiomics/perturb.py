"""Masks as another reader might have drawn them: the stability of features where there is one reader only.

Contour randomisation, growth and shift, after the perturbation chains of Zwanenburg et al. (Sci Rep
2019;9:614), drawn on the signed distance to the outline, so that a change is in millimetres.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from ..labels import Label

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Perturbation:
    """How far readers differ; standard deviations, 0 for none.

    Attributes:
        growth_mm: of the whole outline, outwards or inwards.
        roughness_mm: of the outline from place to place.
        correlation_mm: over which distance that roughness stays alike.
        shift_mm: of the mask, along each axis.
    """

    growth_mm: float = 0.4
    roughness_mm: float = 0.6
    correlation_mm: float = 5.0
    shift_mm: float = 0.4


@dataclass(frozen=True)
class Redraw:
    """Masks redrawn as another reader might have drawn them; each case with random numbers of its own.

    Attributes:
        seed: one for each repetition.
        perturbation: how far readers differ.
    """

    seed: int
    perturbation: Perturbation = Perturbation()

    def generator(self, case: str) -> np.random.Generator:
        """The random numbers of a case, whichever other cases there are."""
        return np.random.default_rng([self.seed, crc32(case.encode())])


def perturbed(
    labels: "sitk.Image",
    rng: np.random.Generator,
    perturbation: Perturbation | None = None,
    label: Label = Label.ICH,
) -> "sitk.Image":
    """One class of a label image with another outline; the other classes are left out.

    Args:
        labels: label image.
        rng: drawn from in one order, so that a seed gives one mask.
        perturbation: how far; the defaults when left out.
        label: the class.

    Returns:
        Label image on the same grid; the class may be gone when it was small.
    """
    import SimpleITK as sitk

    from ..ct.grid import box_around

    how = perturbation or Perturbation()
    mask = sitk.GetArrayViewFromImage(labels) == int(label)
    result = np.zeros(mask.shape, np.uint8)
    growth, shift = rng.normal(0.0, how.growth_mm), rng.normal(0.0, how.shift_mm, 3)
    if mask.any():
        x, y, z = labels.GetSpacing()
        spacing = (z, y, x)
        margin = 4 * how.roughness_mm + abs(growth) + float(np.abs(shift).max()) + 2 * max(spacing)
        box = box_around(mask, spacing, margin)
        inside = (
            _signed_distance(mask[box], spacing, shift) + growth + _roughness(mask[box], spacing, how, rng)
        )
        result[box] = np.where(inside > 0, int(label), 0)
    image = sitk.GetImageFromArray(result)
    image.CopyInformation(labels)
    return image


def _signed_distance(
    mask: "NDArray[np.bool_]", spacing_mm: tuple[float, float, float], shift_mm: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Millimetres to the outline, positive inside, moved by ``shift_mm`` along (z, y, x)."""
    from scipy.ndimage import shift

    distance = _to_outline(mask, spacing_mm) - _to_outline(~mask, spacing_mm)
    moved: NDArray[np.float64] = shift(distance, shift_mm / spacing_mm, order=1, mode="nearest")
    return moved


def _to_outline(mask: "NDArray[np.bool_]", spacing_mm: tuple[float, float, float]) -> "NDArray[np.float64]":
    """Millimetres from each voxel of the mask to its outline, 0 outside.

    The outline lies half a voxel, measured along the way, before the nearest voxel of the outside.
    """
    from scipy.ndimage import distance_transform_edt

    spacing = np.reshape(spacing_mm, (3, 1, 1, 1))
    distance, nearest = distance_transform_edt(mask, spacing_mm, return_indices=True)
    way = (nearest - np.indices(mask.shape)) * spacing
    half = np.sqrt(((way * spacing) ** 2).sum(axis=0)) / np.maximum(2 * distance, 1e-12)
    inside: NDArray[np.float64] = np.where(mask, distance - half, 0.0)
    return inside


def _roughness(
    mask: "NDArray[np.bool_]",
    spacing_mm: tuple[float, float, float],
    how: Perturbation,
    rng: np.random.Generator,
) -> "NDArray[np.float64]":
    """Smooth noise of the wanted standard deviation."""
    from scipy.ndimage import gaussian_filter

    noise = rng.normal(size=mask.shape)
    smooth: NDArray[np.float64] = gaussian_filter(noise, how.correlation_mm / np.array(spacing_mm))
    return smooth * (how.roughness_mm / max(float(smooth.std()), 1e-12))

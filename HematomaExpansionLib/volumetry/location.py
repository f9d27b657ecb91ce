"""Which part of the brain, and which side, the intraparenchymal blood is in."""

from typing import TYPE_CHECKING, Literal

import numpy as np

from ..ct.anatomy import Anatomy, Region
from ..labels import Label
from ..result import Location
from .field import coordinates_through

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

ONE_SIDED = 0.8


def locate(labels: "sitk.Image", anatomy: Anatomy) -> Location | None:
    """Say where the intraparenchymal blood is.

    Each voxel of blood counts for the atlas region it lies in; one outside every region (blood that the
    registered atlas leaves in a ventricle or a sulcus) for the nearest. The region with the most blood names
    the bleed; brainstem and cerebellum together are infratentorial, and an exact tie goes to the first of
    lobar, deep, infratentorial. The side is that of the atlas' midline: a shifted brain keeps its sides.

    Args:
        labels: label image on the grid of ``anatomy``.
        anatomy: regions and the transform to the atlas.

    Returns:
        The location; None without intraparenchymal blood, or when the atlas lies wholly beside the scan.
    """
    import SimpleITK as sitk

    blood = sitk.GetArrayViewFromImage(labels) == Label.ICH
    regions = sitk.GetArrayViewFromImage(anatomy.regions)
    if not blood.any() or not regions.any():
        return None
    named = _nearest_regions(regions, blood, anatomy.regions.GetSpacing()[::-1])
    shares = {region: float(np.mean(named == region)) for region in Region if region is not Region.OUTSIDE}
    totals: dict[Literal["lobar", "deep", "infratentorial"], float] = {
        "lobar": shares[Region.LOBAR],
        "deep": shares[Region.DEEP],
        "infratentorial": shares[Region.BRAINSTEM] + shares[Region.CEREBELLUM],
    }
    return Location(
        region=max(totals, key=lambda name: totals[name]),
        side=_side(blood, labels, anatomy),
        fractions={region.name.lower(): share for region, share in shares.items()},
    )


def _nearest_regions(
    regions: "NDArray[np.uint8]", blood: "NDArray[np.bool_]", spacing_mm: tuple[float, ...]
) -> "NDArray[np.uint8]":
    """Region of each voxel of blood, ``[n]``; the nearest one for those outside."""
    from scipy.ndimage import distance_transform_edt

    own = regions[blood]
    if own.all():
        return own
    nearest = distance_transform_edt(
        regions == Region.OUTSIDE, sampling=spacing_mm, return_distances=False, return_indices=True
    )
    return np.asarray(regions[tuple(axis[blood] for axis in nearest)])


def _side(
    blood: "NDArray[np.bool_]", labels: "sitk.Image", anatomy: Anatomy
) -> Literal["left", "right", "bilateral"]:
    from scipy.ndimage import find_objects

    box = find_objects(blood.astype(np.uint8))[0]
    z, y, x = ((side.start, side.stop) for side in box)
    cropped = labels[x[0] : x[1], y[0] : y[1], z[0] : z[1]]
    atlas_x = coordinates_through(anatomy.to_atlas, cropped)[..., 0]
    left = float(np.mean(atlas_x[blood[box]] > 0))
    if left > ONE_SIDED:
        return "left"
    return "right" if left < 1 - ONE_SIDED else "bilateral"

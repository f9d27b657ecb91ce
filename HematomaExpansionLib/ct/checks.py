"""What a scan must be before anything is measured in it: CT, in HU, a head, enough of it."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import GeometryError, NotAHeadCT
from .geometry import SliceStack

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

MIN_SLICES = 10
MIN_COVERAGE_MM = 80.0

_AIR_HU = (-1100, -850)
_TISSUE_HU = (-20, 110)
_BONE_HU = 300
_BODY_HU = -200
_LUNG_HU = (-960, -500)
_VESSEL_HU = (120, 300)


def single_volume(image: "sitk.Image", name: str) -> "sitk.Image":
    """The image itself when it is 3D with one value per voxel; a fourth dimension of 1 is dropped.

    Raises:
        GeometryError: 2D, or 4D with more than one volume.
        NotAHeadCT: several values per voxel (colour, vector).
    """
    size = "x".join(str(n) for n in image.GetSize())
    if image.GetDimension() == 4 and image.GetSize()[3] == 1:
        image = image[:, :, :, 0]
    if image.GetDimension() != 3:
        raise GeometryError(f"{name}: {image.GetDimension()}D ({size}); one 3D volume is needed")
    if image.GetNumberOfComponentsPerPixel() != 1:
        raise NotAHeadCT(
            f"{name}: {image.GetNumberOfComponentsPerPixel()} values per voxel ({size}); a CT has one"
        )
    return image


def finite(hu: "NDArray[Any]", name: str) -> None:
    """Refuse NaN and infinite voxels.

    Raises:
        NotAHeadCT: naming how many there are.
    """
    if np.issubdtype(hu.dtype, np.floating):
        none_without_value(int(hu.size - np.isfinite(hu).sum()), name)


def none_without_value(count: int, name: str) -> None:
    """Refuse a count of NaN or infinite voxels that is not 0.

    Raises:
        NotAHeadCT: naming the count.
    """
    if count:
        raise NotAHeadCT(f"{name}: {count} voxels are NaN or infinite; every voxel must have a HU value")


def coverage(stack: SliceStack, name: str) -> None:
    """Refuse fewer than 10 slices or less than 80 mm, slice thickness included.

    Raises:
        GeometryError: naming the number.
    """
    count = len(stack.hu)
    if count < MIN_SLICES:
        raise GeometryError(f"{name}: {count} slices; at least {MIN_SLICES} are needed")
    extent = float(stack.heights_mm[-1]) * count / (count - 1)
    if extent < MIN_COVERAGE_MM:
        raise GeometryError(
            f"{name}: {extent:.0f} mm of coverage; at least {MIN_COVERAGE_MM:.0f} mm is needed"
        )


def hounsfield(
    hu: "NDArray[Any]",
    name: str,
    *,
    min_air: float = 0.01,
    min_bone: float = 0.002,
    brain_mode_hu: tuple[float, float] = (15, 60),
) -> None:
    """Refuse voxels that are not in HU: no air near -1000, no soft tissue where brain lies, or no bone.

    Args:
        hu: voxels, any shape.
        name: of the scan, for messages.
        min_air: least share of voxels from -1100 to -850 HU (not lower: scanners pad with -1500 to -3024).
        min_bone: least share of voxels over 300 HU.
        brain_mode_hu: where the most frequent value between -20 and 110 HU must lie.

    Raises:
        NotAHeadCT: naming the share or value that is out of range.
    """
    from scipy.ndimage import gaussian_filter1d

    low, high = float(hu.min()), float(hu.max())
    air = float(((hu >= _AIR_HU[0]) & (hu <= _AIR_HU[1])).mean())
    if air < min_air:
        raise NotAHeadCT(
            f"{name}: values {low:g} to {high:g} are not Hounsfield units (not CT, or not rescaled): "
            f"{air:.1%} is air ({_AIR_HU[0]} to {_AIR_HU[1]} HU), at least {min_air:.0%} is needed"
        )
    bone = float((hu > _BONE_HU).mean())
    if bone < min_bone:
        raise NotAHeadCT(
            f"{name}: {bone:.2%} of the voxels are bone (over {_BONE_HU} HU); "
            f"at least {min_bone:.1%} is needed"
        )
    edges = np.arange(_TISSUE_HU[0] - 0.5, _TISSUE_HU[1] + 1)
    counts = gaussian_filter1d(np.histogram(hu, edges)[0].astype(float), 3.0)
    mode = float(edges[int(counts.argmax())] + 0.5)
    if not brain_mode_hu[0] <= mode <= brain_mode_hu[1]:
        raise NotAHeadCT(
            f"{name}: soft tissue is most often {mode:.0f} HU; "
            f"brain must be {brain_mode_hu[0]:.0f} to {brain_mode_hu[1]:.0f} HU"
        )


def head(
    image: "sitk.Image",
    name: str,
    *,
    size_mm: tuple[float, float] = (110, 270),
    max_lung: float = 0.08,
    min_ring: float = 0.6,
    min_ring_mm: float = 40.0,
) -> None:
    """Refuse what is not a head: a thorax, an abdomen, a limb.

    The body is the largest object over -200 HU on a 4 mm grid. Measured on two real heads and a CT template:
    longest extent 184 to 204 mm, lung-like share at most 0.3 %, ring 1.0 over at least 64 mm.

    Args:
        image: in HU, LPS order.
        name: of the scan, for messages.
        size_mm: where the median over slices of the longer in-plane extent of the body must lie.
        max_lung: largest share of the body (holes filled) from -960 to -500 HU.
        min_ring: share of 36 directions from the body's middle in which a slice must meet bone 30 mm or more
            away to count as skull; two thirds are left after a wide craniectomy.
        min_ring_mm: height over which slices must count as skull.

    Raises:
        NotAHeadCT: naming the measure that is out of range.
    """
    grid_mm = 4.0
    hu = _coarse(image, grid_mm)
    body = _body(hu > _BODY_HU)
    if not body.any():
        raise NotAHeadCT(f"{name}: no body in the image; a head is needed")

    lung = float(((hu > _LUNG_HU[0]) & (hu < _LUNG_HU[1]) & body).sum() / body.sum())
    if lung > max_lung:
        raise NotAHeadCT(f"{name}: {lung:.0%} of the body is lung-like; a head has at most {max_lung:.0%}")
    slices = [z for z in range(len(hu)) if body[z].any()]
    sizes = [max(np.ptp(axis) + 1 for axis in np.nonzero(body[z])) * grid_mm for z in slices]
    size = float(np.median(sizes))
    if not size_mm[0] <= size <= size_mm[1]:
        raise NotAHeadCT(
            f"{name}: the body is {size:.0f} mm across; a head is {size_mm[0]:.0f} to {size_mm[1]:.0f} mm"
        )
    skull_mm = grid_mm * sum(_ring(hu[z] > _BONE_HU, body[z], grid_mm) >= min_ring for z in slices)
    if skull_mm < min_ring_mm:
        raise NotAHeadCT(
            f"{name}: bone rings the inside over {skull_mm:.0f} mm; "
            f"a skull does over at least {min_ring_mm:.0f} mm"
        )


def contrast_warning(image: "sitk.Image", *, min_vessel_ml: float = 3.0) -> tuple[str, ...]:
    """Warn where much tissue away from bone has the density of contrast-filled vessels (120 to 300 HU).

    Acute blood stays under about 100 HU, calcification is small: 0.3 mL in a real scan with calcified choroid
    plexus and old infarct, 0 in another. Only voxels over 10 mm from bone and 20 mm from air count.

    Args:
        image: in HU, LPS order.
        min_vessel_ml: volume from which contrast is suspected.
    """
    from scipy.ndimage import distance_transform_edt

    grid_mm = 2.0
    hu = _coarse(image, grid_mm)
    vessel = (hu > _VESSEL_HU[0]) & (hu < _VESSEL_HU[1])
    if vessel.sum() * grid_mm**3 / 1000 < min_vessel_ml:
        return ()
    inside = (distance_transform_edt(hu <= _VESSEL_HU[1]) * grid_mm > 10) & (
        distance_transform_edt(hu > _BODY_HU) * grid_mm > 20
    )
    volume_ml = float((vessel & inside).sum() * grid_mm**3 / 1000)
    if volume_ml < min_vessel_ml:
        return ()
    return (
        f"Contrast suspected: {volume_ml:.0f} mL away from bone is {_VESSEL_HU[0]} to {_VESSEL_HU[1]} HU; "
        "enhancement can be taken for blood.",
    )


def _coarse(image: "sitk.Image", grid_mm: float) -> "NDArray[np.float32]":
    """The image sampled on a cubic grid, ``[z, y, x]``."""
    import SimpleITK as sitk

    size = [
        max(1, int(np.ceil(n * s / grid_mm)))
        for n, s in zip(image.GetSize(), image.GetSpacing(), strict=True)
    ]
    coarse = sitk.Resample(
        image,
        size,
        sitk.Transform(),
        sitk.sitkLinear,
        image.GetOrigin(),
        [grid_mm] * 3,
        image.GetDirection(),
        -1000.0,
        sitk.sitkFloat32,
    )
    return np.asarray(sitk.GetArrayFromImage(coarse))


def _body(tissue: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    """The largest object, its air spaces filled; thin shells (table, head holder) are opened away first."""
    from scipy import ndimage

    cross = ndimage.generate_binary_structure(3, 1)
    solid = ndimage.binary_opening(tissue, cross)
    filled = np.stack([ndimage.binary_fill_holes(slice_) for slice_ in solid])
    objects, count = ndimage.label(ndimage.binary_opening(filled, cross, iterations=2))
    sizes = np.bincount(objects.ravel(), minlength=count + 1)[1:]
    return np.asarray(objects == int(sizes.argmax()) + 1) if count else np.zeros_like(tissue)


def _ring(bone: "NDArray[np.bool_]", body: "NDArray[np.bool_]", grid_mm: float) -> float:
    """Share of 36 directions from the middle of the body in which there is bone 30 mm or more away."""
    middle = [float(axis.mean()) for axis in np.nonzero(body)]
    y, x = (axis - centre for axis, centre in zip(np.nonzero(bone & body), middle, strict=True))
    far = np.hypot(y, x) * grid_mm > 30
    return len(np.unique(np.degrees(np.arctan2(y[far], x[far])) // 10 % 36)) / 36

"""From a scan and its segmentation to the features of the bleed."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__
from ..errors import InputRefused, MaskError, MissingInput, ModelError
from ..labels import APPEARANCE, Label
from .crop import WHOLE_AXIS, Region, regions
from .features import Features
from .package import (
    installed_version,
    make_extractor,
    pyradiomics,
    pyradiomics_version,
    quiet,
    spherical_harmonics,
)
from .settings import Settings

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

_GRID_TOLERANCE = 1e-3


def extract(
    scan: "sitk.Image",
    labels: "sitk.Image",
    settings: Settings,
    label: Label = Label.ICH,
    name: str = "segmentation",
) -> Features:
    """The features of one class of blood.

    The values are those of plain PyRadiomics with the same settings on the whole scan, to the last bit; only
    what they are computed from is smaller where that changes nothing (see :mod:`.crop`). HU are taken as real
    numbers: given an image of integers PyRadiomics would cut what it interpolates down to integers, by up to
    1 HU towards zero, and only in scans that need resampling.

    Args:
        scan: CT in HU, 3D.
        labels: label image on the grid of the scan; see :class:`~HematomaExpansionLib.labels.Label`.
        settings: what to extract and how.
        label: the class that is the mask.
        name: of the segmentation, for messages.

    Raises:
        MaskError: the segmentation lies on another grid, or the mask has fewer than two voxels along an axis.
        MissingInput: the segmentation is empty or has nothing of this class.
        InputRefused: the settings leave nothing of the mask.
        ModelError: PyRadiomics, or a package that an image type needs, is not installed.
        UnreadableFile: PyRadiomics does not know what the settings ask for.
    """
    import SimpleITK as sitk

    extractor = make_extractor(settings)
    mask = _mask(scan, labels, label, name)
    with quiet():
        image, mask = _resampled(sitk.Cast(scan, sitk.sitkFloat32), mask, extractor, name)
    kinds = {kind: {**extractor.settings, **(own or {})} for kind, own in extractor.enabledImagetypes.items()}
    parts = regions(kinds, mask)
    values: dict[str, float | None] = {}
    with quiet(), spherical_harmonics() if "LBP3D" in kinds else nullcontext():
        for number, part in enumerate(parts):
            with _said_by_pyradiomics(name):
                found = _features_of(part, image, mask, extractor, with_shape=number == 0)
            _refuse_missing(found, part)
            values |= {key: float(value) if np.isfinite(value) else None for key, value in found.items()}
    return Features(
        values=values,
        settings=settings.name,
        settings_sha256=settings.sha256,
        label=APPEARANCE[label].key,
        software=_software(),
        extents=tuple(part.extent for part in parts),
    )


def _mask(scan: "sitk.Image", labels: "sitk.Image", label: Label, name: str) -> "sitk.Image":
    """1 where the class is, 0 elsewhere."""
    import SimpleITK as sitk

    same = scan.GetSize() == labels.GetSize() and all(
        np.allclose(getattr(scan, get)(), getattr(labels, get)(), atol=_GRID_TOLERANCE)
        for get in ("GetSpacing", "GetOrigin", "GetDirection")
    )
    if not same:
        raise MaskError(f"{name}: does not lie on the grid of its scan")
    mask = labels == int(label)
    # Not from the labels: their origin may differ in the last digits, which PyRadiomics' filters refuse.
    mask.CopyInformation(scan)
    voxels = sitk.GetArrayViewFromImage(mask)
    wanted = APPEARANCE[label]
    if not voxels.any():
        there = np.unique(sitk.GetArrayViewFromImage(labels))
        keys = [look.key for found, look in APPEARANCE.items() if found in there]
        raise MissingInput(
            f"{name}: no voxel of class {wanted.key}; "
            + (f"it has {', '.join(keys)}" if keys else "it is empty")
        )
    _refuse_flat(voxels, wanted.key, f"{name}:", "of the scan")
    return mask


def _refuse_flat(voxels: "NDArray[Any]", key: str, name: str, where: str) -> None:
    spans = []
    for axis in range(3):
        filled = np.flatnonzero(voxels.any(axis=tuple(other for other in range(3) if other != axis)))
        spans.append(int(filled[-1] - filled[0]) + 1 if filled.size else 0)
    if min(spans) < 2:
        z, y, x = spans
        raise MaskError(
            f"{name} the {key} mask spans {z} slices, {y} rows and {x} columns {where}; "
            "features in 3D need at least 2 of each"
        )


def _resampled(
    image: "sitk.Image", mask: "sitk.Image", extractor: Any, name: str
) -> "tuple[sitk.Image, sitk.Image]":
    """The whole scan and its mask on the grid that the settings ask for.

    Not round the mask only, as PyRadiomics does it: where a new voxel lies midway between two old ones, the
    nearest one is then a matter of rounding, and rounding depends on where the part begins.
    """
    import SimpleITK as sitk

    spacing = extractor.settings["resampledPixelSpacing"]
    if spacing is None:
        return image, mask
    operations, interpolator = pyradiomics().imageoperations, extractor.settings["interpolator"]
    with _said_by_pyradiomics(name):
        image, mask = operations.resampleImage(
            image,
            mask,
            resampledPixelSpacing=spacing,
            interpolator=interpolator,
            padDistance=WHOLE_AXIS,
            label=1,
        )
    grid = " x ".join(f"{step:g}" for step in mask.GetSpacing())
    _refuse_flat(sitk.GetArrayViewFromImage(mask), "resampled", f"{name}:", f"of {grid} mm")
    return image, mask


def _features_of(
    part: Region, image: "sitk.Image", mask: "sitk.Image", extractor: Any, *, with_shape: bool
) -> dict[str, Any]:
    """One pass of PyRadiomics over one part of the scan."""
    crop = pyradiomics().imageoperations.cropToTumorMask
    image, mask = crop(image, mask, part.box, padDistance=part.pad, label=1)
    one_pass = copy(extractor)
    own = {"label": 1, "resampledPixelSpacing": None, "additionalInfo": False}
    one_pass.settings = {**extractor.settings, **own}
    one_pass.enabledImagetypes = {kind: extractor.enabledImagetypes[kind] for kind in part.image_types}
    if not with_shape:
        classes = extractor.enabledFeatures.items()
        one_pass.enabledFeatures = {key: names for key, names in classes if key != "shape"}
    found: dict[str, Any] = one_pass.execute(image, mask)
    return found


@contextmanager
def _said_by_pyradiomics(name: str) -> Iterator[None]:
    """What settings of one's own can bring about, such as a range of HU that no voxel of the mask is in."""
    try:
        yield
    except (AssertionError, RuntimeError, ValueError) as error:
        said = " ".join(str(error).split())
        raise InputRefused(
            f"{name}: PyRadiomics has no features of it with these settings ({said})"
        ) from error


def _refuse_missing(found: dict[str, Any], part: Region) -> None:
    """PyRadiomics leaves an image type out, with a line in its log, when its package is not installed."""
    for kind, start in (("LBP3D", "lbp-3D-"), ("LBP2D", "lbp-2D_")):
        if kind in part.image_types and not any(key.startswith(start) for key in found):
            package = "trimesh" if kind == "LBP3D" else "scikit-image"
            raise ModelError(f"{kind} needs a package that is not installed: pip install {package}")


def _software() -> dict[str, str]:
    """Those whose version can change a value."""
    versions = {"hematoma-expansion": __version__, "PyRadiomics": pyradiomics_version()}
    for name in ("SimpleITK", "PyWavelets", "numpy", "scipy"):
        found = installed_version(name)
        if found:
            versions[name] = found
    return versions

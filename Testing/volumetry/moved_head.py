"""A head that was moved by a known amount and scanned again with other slices."""

from pathlib import Path

import numpy as np
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import head_ct_from_image, read_ct
from HematomaExpansionLib.ct.scan import HeadCT

Triple = tuple[float, float, float]


def read(folder: Path, name: str) -> HeadCT:
    return read_ct(folder / "head_ct" / name)


def rigid(image: sitk.Image, degrees: Triple, mm: Triple) -> sitk.Euler3DTransform:
    transform = sitk.Euler3DTransform()
    transform.SetCenter(image.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in image.GetSize()]))
    transform.SetRotation(*np.radians(degrees))
    transform.SetTranslation(mm)
    return transform


def moved(
    scan: HeadCT,
    to_baseline: sitk.Transform,
    slice_mm: float = 5.0,
    left_out: tuple[int, int] = (0, 0),
) -> HeadCT:
    """The scan again: moved, 0.5 mm pixels, other slices of which some are left out at the ends, noise."""
    image = scan.image
    spacing = (0.5, 0.5, slice_mm)
    size = [int(n * s / new) for n, s, new in zip(image.GetSize(), image.GetSpacing(), spacing, strict=True)]
    size[2] -= sum(left_out)
    first = left_out[0] * slice_mm / image.GetSpacing()[2]
    origin = image.TransformContinuousIndexToPhysicalPoint([0.0, 0.0, first])
    again = sitk.Resample(
        image,
        size,
        to_baseline,
        sitk.sitkLinear,
        origin,
        spacing,
        image.GetDirection(),
        -1000.0,
        sitk.sitkInt16,
    )
    noise = np.random.default_rng(7).normal(0, 3, size[::-1]).astype(np.int16)
    noisy = sitk.GetImageFromArray(sitk.GetArrayFromImage(again) + noise)
    noisy.CopyInformation(again)
    return head_ct_from_image(noisy, "moved head", "NIfTI")


def largest_error_mm(found: sitk.Transform, true: sitk.Transform, image: sitk.Image) -> float:
    """Over the corners and the centre of a box of 60 % of the image."""
    errors = []
    for x in (0.2, 0.5, 0.8):
        for y in (0.2, 0.5, 0.8):
            for z in (0.2, 0.5, 0.8):
                index = [f * (n - 1) for f, n in zip((x, y, z), image.GetSize(), strict=True)]
                point = image.TransformContinuousIndexToPhysicalPoint(index)
                errors.append(np.subtract(found.TransformPoint(point), true.TransformPoint(point)))
    return float(np.linalg.norm(errors, axis=1).max())


def angle_between(found: sitk.Transform, true: sitk.Euler3DTransform) -> float:
    """Degrees between the two rotations."""
    difference = _matrix(found).T @ _matrix(true)
    return float(np.degrees(np.arccos(np.clip((np.trace(difference) - 1) / 2, -1, 1))))


def _matrix(transform: sitk.Transform) -> np.ndarray:
    origin = np.array(transform.TransformPoint((0.0, 0.0, 0.0)))
    return np.column_stack([np.array(transform.TransformPoint(axis)) - origin for axis in np.eye(3)])

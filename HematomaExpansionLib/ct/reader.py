"""Read a head CT from a DICOM folder or file, NIfTI or NRRD, checked and on a regular grid."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UnreadableFile
from . import checks
from .dicom import read_headers, stack_of_slices
from .geometry import SliceStack, classify, gap_warning, stack_of_image
from .resample import on_regular_grid
from .scan import HeadCT, SeriesChoice
from .series import choose
from .volume_files import file_format, non_finite_voxels, read_image

if TYPE_CHECKING:
    import SimpleITK as sitk


def read_ct(path: Path) -> HeadCT:
    """Read and check one head CT.

    Args:
        path: a DICOM folder (searched with its subfolders), a multi-frame DICOM file, .nii, .nii.gz, .nrrd or
            .nhdr. A single-slice DICOM file is refused: give its folder.

    Returns:
        The scan in HU on a regular orthogonal grid in LPS order, with how its slices lay and what was
        corrected. The same scan gives the same voxels and hash whatever its files are called.

    Raises:
        UnreadableFile: absent, truncated, or not of the format its name says.
        NotAHeadCT: not CT, not in HU, or not a head.
        GeometryError: 4D, missing slices, too few slices, too little coverage.
    """
    if path.is_dir() or (path.is_file() and file_format(path) == "DICOM"):
        return _read_dicom(path)
    source = file_format(path)
    image, warnings = read_image(path)
    if source == "NIfTI":
        checks.none_without_value(non_finite_voxels(path), path.name)
    return head_ct_from_image(image, path.name, source, warnings=warnings)


def head_ct_from_image(
    image: "sitk.Image",
    name: str,
    source: str,
    acquired: datetime | None = None,
    warnings: tuple[str, ...] = (),
) -> HeadCT:
    """Check an image in HU, LPS millimetres, and correct it where its direction matrix is sheared.

    Args:
        image: the volume; its direction need not be orthogonal (a tilted gantry in NRRD or MRML).
        name: for messages only.
        source: ``"NIfTI"``, ``"NRRD"`` or ``"MRML"``.
        acquired: acquisition time where it is known.
        warnings: what was noticed before.

    Raises:
        NotAHeadCT: not CT, not in HU, or not a head.
        GeometryError: 4D, too few slices, too little coverage, or a shear that is not a tilt.
    """
    stack = stack_of_image(checks.single_volume(image, name), name)
    return head_ct_from_slices(stack, name, source, acquired, warnings=warnings)


def head_ct_from_slices(
    stack: SliceStack,
    name: str,
    source: str,
    acquired: datetime | None = None,
    series: SeriesChoice | None = None,
    warnings: tuple[str, ...] = (),
    patient_position: str = "",
) -> HeadCT:
    """Check slices that lie anywhere along their normal, and put them on a regular grid.

    Args:
        stack: the slices and their positions, from :func:`.geometry.sorted_stack`.
        name: for messages only.
        source: ``"DICOM"``, ``"NIfTI"``, ``"NRRD"`` or ``"MRML"``.
        acquired: acquisition time where it is known.
        series: the choice made in a DICOM folder.
        warnings: what was noticed before.
        patient_position: DICOM's PatientPosition; empty when not known.

    Raises:
        NotAHeadCT: not in HU, or not a head.
        GeometryError: missing slices, too few slices, too little coverage.
    """
    checks.finite(stack.hu, name)
    geometry = classify(stack, name)
    checks.coverage(stack, name)
    checks.hounsfield(stack.hu, name)
    image, geometry = on_regular_grid(stack, geometry)
    checks.head(image, name)
    warnings += gap_warning(stack) + checks.contrast_warning(image)
    return HeadCT(image, name, source, geometry, acquired, series, warnings, sha256(stack), patient_position)


def sha256(stack: SliceStack) -> str:
    """Hash of the voxels in HU and of the geometry to 0.1 micrometre, in slice order."""
    digest = hashlib.sha256()
    shape = np.array(stack.hu.shape, "<i8")
    geometry = [
        stack.positions_mm.ravel(),
        stack.row_direction,
        stack.column_direction,
        np.array(stack.pixel_mm),
    ]
    digest.update(shape.tobytes())
    digest.update((np.round(np.concatenate(geometry), 4) + 0.0).astype("<f8").tobytes())
    for slice_ in stack.hu:
        digest.update(slice_.astype("<f4").tobytes())
    return digest.hexdigest()


def _read_dicom(path: Path) -> HeadCT:
    name = path.resolve().name
    headers, others = read_headers(path)
    if not headers:
        found = f"only {', '.join(sorted(set(others)))}" if others else "no DICOM file"
        raise UnreadableFile(f"{name}: {found} in it; a DICOM CT series is needed")
    slices, choice, warnings = choose(headers, name)
    stack = stack_of_slices(slices, name)
    times = [s.acquired for s in slices if s.acquired is not None]
    position = slices[0].series.patient_position
    return head_ct_from_slices(stack, name, "DICOM", min(times, default=None), choice, warnings, position)

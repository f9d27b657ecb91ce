"""NIfTI and NRRD files as images; the content of a file decides, and its name must agree."""

import gzip
import math
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from ..errors import UnreadableFile

if TYPE_CHECKING:
    import SimpleITK as sitk

SUFFIXES = {"NIfTI": (".nii", ".nii.gz"), "NRRD": (".nrrd", ".nhdr"), "DICOM": ()}
"""What a file of each format may be called; a DICOM file may have any name."""

_FLOATS = {16: "f4", 64: "f8"}
"""Datatype codes of NIfTI that can hold NaN."""


def file_format(path: Path) -> str:
    """The format of a file, by its content: ``"DICOM"``, ``"NIfTI"`` or ``"NRRD"``.

    Raises:
        UnreadableFile: when it is absent, none of the three, or its name says another format.
    """
    head = _head(path)
    named = next(
        (kind for kind, ends in SUFFIXES.items() if path.name.lower().endswith(ends or ("\0",))), None
    )
    if head[:4] == b"NRRD":
        found = "NRRD"
    elif head[344:348] in (b"n+1\0", b"n+2\0") or head[4:8] == b"n+2\0":
        found = "NIfTI"
    elif head[128:132] == b"DICM":
        found = "DICOM"
    else:
        claim = f"is not the {named} file its name says" if named else "is not a DICOM, NIfTI or NRRD file"
        raise UnreadableFile(f"{path.name}: {claim}; give a DICOM folder, .nii, .nii.gz, .nrrd or .nhdr")
    if (named is not None and named != found) or (named is None and found != "DICOM"):
        raise UnreadableFile(f"{path.name}: holds {found}; its name must end in {_endings(found)}")
    return found


def read_image(path: Path) -> "tuple[sitk.Image, tuple[str, ...]]":
    """Read a NIfTI or NRRD file with its geometry, shear included, and what there is to warn of.

    ITK refuses a NIfTI whose only geometry is a sheared sform (a tilted gantry); its matrix is taken here.
    Where the file also has an orthogonal qform ITK takes that one, and the disagreement is a warning.

    Raises:
        UnreadableFile: truncated or corrupt.
    """
    import SimpleITK as sitk

    with quiet_itk():
        try:
            image = sitk.ReadImage(str(path))
            only_sform = False
        except RuntimeError as error:
            if "orthonormal" not in str(error):
                raise UnreadableFile(f"{path.name}: cannot be read; is it truncated or corrupt?") from error
            with _permissive_sform():
                image = sitk.ReadImage(str(path))
            only_sform = True
    sform = _sheared_sform(image)
    if sform is None:
        return image, ()
    if only_sform:
        spacing = np.linalg.norm(sform[:, :3], axis=0)
        image.SetSpacing(spacing.tolist())
        image.SetDirection((sform[:, :3] / spacing).ravel().tolist())
        image.SetOrigin(sform[:, 3].tolist())
        return image, ()
    return image, (
        "The file's sform is sheared and its qform is not: a gantry tilt was probably left uncorrected by "
        "the conversion, so shapes and volumes may be wrong; read the DICOM folder instead.",
    )


def non_finite_voxels(path: Path) -> int:
    """How many stored voxels of a NIfTI file are NaN or infinite.

    ITK's reader gives 0 for them unasked, and 0 for every voxel that a truncated file lacks.

    Raises:
        UnreadableFile: fewer voxels than the header says, or damaged compression.
    """
    head = _head(path)
    order = "<" if struct.unpack("<i", head[:4])[0] in (348, 540) else ">"
    if head[4:8] == b"n+2\0":  # NIfTI-2: dim, datatype, bitpix, vox_offset
        dim = struct.unpack_from(f"{order}8q", head, 16)
        kind, bits = struct.unpack_from(f"{order}2h", head, 12)
        (offset,) = struct.unpack_from(f"{order}q", head, 168)
    else:
        dim = struct.unpack_from(f"{order}8h", head, 40)
        kind, bits = struct.unpack_from(f"{order}2h", head, 70)
        (offset,) = struct.unpack_from(f"{order}f", head, 108)
    left = math.prod(dim[1 : dim[0] + 1]) * bits // 8
    bad = 0
    try:
        with _opened(path) as file:
            file.seek(int(offset))
            while left > 0 and (chunk := file.read(min(left, 1 << 24))):
                left -= len(chunk)
                if kind in _FLOATS:
                    values = np.frombuffer(chunk[: len(chunk) // 8 * 8], f"{order}{_FLOATS[kind]}")
                    bad += int(values.size - np.isfinite(values).sum())
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{path.name}: cannot be read; is it truncated or corrupt?") from error
    if left > 0:
        raise UnreadableFile(f"{path.name}: {left} bytes of voxels are absent; is it truncated?")
    return bad


def _head(path: Path, size: int = 352) -> bytes:
    try:
        with _opened(path) as file:
            return file.read(size)
    except FileNotFoundError as error:
        raise UnreadableFile(f"{path.name}: no such file or folder") from error
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{path.name}: cannot be read ({type(error).__name__})") from error


def _opened(path: Path) -> BinaryIO:
    """The file, unzipped on the way where it is gzip by content."""
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path)) if zipped else path.open("rb")


def _endings(kind: str) -> str:
    return " or ".join(SUFFIXES[kind]) or ".dcm"


def _sheared_sform(
    image: "sitk.Image", tolerance: float = 1e-3
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]] | None":
    """The sform ``[3, 4]`` in LPS millimetres where it is in use and its axes are not at right angles."""
    keys = set(image.GetMetaDataKeys())
    if image.GetDimension() != 3 or "srow_x" not in keys or image.GetMetaData("sform_code") == "0":
        return None
    rows = [[float(v) for v in image.GetMetaData(f"srow_{axis}").split()] for axis in "xyz"]
    affine = np.diag([-1.0, -1.0, 1.0]) @ np.array(rows)
    axes = affine[:, :3] / np.maximum(np.linalg.norm(affine[:, :3], axis=0), 1e-12)
    off_diagonal = axes.T @ axes - np.eye(3)
    return affine if np.abs(off_diagonal).max() > tolerance else None


@contextmanager
def quiet_itk() -> Iterator[None]:
    """Keep ITK's own warnings off the terminal; what matters in them is checked here."""
    import SimpleITK as sitk

    before = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalWarningDisplay(before)


@contextmanager
def _permissive_sform() -> Iterator[None]:
    """Let ITK read the voxels of a file with a sheared sform (it knows only this switch)."""
    key = "ITK_NIFTI_SFORM_PERMISSIVE"
    before = os.environ.get(key)
    os.environ[key] = "ON"
    try:
        yield
    finally:
        if before is None:
            del os.environ[key]
        else:
            os.environ[key] = before

"""What the DICOM files behind a volume node say about where its slices lie.

A scene loads a DICOM series onto a regular grid, in the order of the files. Where the slices are not evenly
spaced, or the files not in the order of their positions, that grid is wrong and the node does not say so.
"""

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ct.dicom import SliceHeader, read_headers, stack_of_slices
from ..ct.geometry import SliceStack
from ..errors import GeometryError

if TYPE_CHECKING:
    import slicer
    from numpy.typing import NDArray


def slice_headers(node: "slicer.vtkMRMLVolumeNode") -> list[SliceHeader]:
    """Headers of the slices a volume was loaded from; empty when it was not loaded from DICOM slices."""
    return [header for file in _files(node) for header in read_headers(file)[0]]


def series_files(node: "slicer.vtkMRMLVolumeNode") -> tuple[Path, ...]:
    """The files of a volume that is still that of DICOM slices; empty for any other. Only one is opened."""
    files = _files(node) if unchanged(node) else []
    return tuple(files) if files and read_headers(files[0])[0] else ()


def copy_series(node: "slicer.vtkMRMLScalarVolumeNode", folder: Path) -> Path | None:
    """Copy the DICOM files of a volume, and no others, into a new folder.

    Args:
        node: the volume.
        folder: where the new folder is made.

    Returns:
        The new folder; None for a volume that is not, or no longer, that of DICOM slices.

    Raises:
        OSError: the files cannot be copied.
    """
    if not series_files(node):
        return None
    files = dict.fromkeys(header.file for header in slice_headers(node))
    copied = Path(tempfile.mkdtemp(prefix="series-", dir=folder))
    for number, file in enumerate(files):
        shutil.copyfile(file, copied / f"{number}.dcm")
    return copied


def unchanged(node: "slicer.vtkMRMLScalarVolumeNode") -> bool:
    """Whether a volume is still that of its files: neither edited nor moved since it was loaded."""
    loaded = node.GetStorageNode() is not None and not node.GetModifiedSinceRead()
    return loaded and node.GetParentTransformNode() is None


def misplaced_slices(
    headers: list[SliceHeader],
    hu: "NDArray[Any]",
    matrix: "NDArray[np.float64]",
    name: str,
    tolerance_mm: float = 0.1,
) -> SliceStack | None:
    """The slices as their files place them, when the volume's grid spaces them otherwise.

    A volume that was only moved keeps its grid.

    Args:
        headers: of the slices the volume was loaded from, in the order of its slices.
        hu: the volume's voxels ``[k, j, i]``.
        matrix: the volume's 4 x 4 matrix from index to LPS millimetres.
        name: of the volume, for messages.
        tolerance_mm: how far a slice may lie, relative to the first, from where its file says.

    Returns:
        The slices read from their files; None when the volume's own grid is right, or when the user changed
        the volume and the files hold evenly spaced slices.

    Raises:
        GeometryError: when the grid is wrong and the volume was changed since, so that the files cannot help.
    """
    positions = np.array([header.position_mm for header in headers])
    true = positions - positions[0]
    own = np.arange(len(hu))[:, None] * matrix[:3, 2]
    if len(true) == len(own) and min(np.abs(true - own).max(), np.abs(true + own).max()) <= tolerance_mm:
        return None
    first = headers[0]
    in_plane = np.reshape(first.orientation, (2, 3)).T * (first.pixel_mm[1], first.pixel_mm[0])
    stack = stack_of_slices(headers, name)
    if np.abs(matrix[:3, :2] - in_plane).max() <= 1e-3 and _same_slices(hu, stack.hu):
        return stack
    if np.abs(np.diff(true, n=2, axis=0)).max(initial=0.0) <= tolerance_mm:
        return None
    raise GeometryError(
        f"{name}: was changed after it was loaded onto a grid that its DICOM files contradict "
        "(uneven or unsorted slices); load the series again and use it unchanged"
    )


def _same_slices(a: "NDArray[Any]", b: "NDArray[Any]") -> bool:
    """Whether two stacks hold the same slices, in any order."""
    if a.shape != b.shape:
        return False
    sums_a, sums_b = (np.sort(stack.sum(axis=(1, 2), dtype=np.float64)) for stack in (a, b))
    return np.allclose(sums_a, sums_b, rtol=1e-6, atol=1.0)


def _files(node: "slicer.vtkMRMLVolumeNode") -> list[Path]:
    """The files of the node's storage, or those that Slicer's DICOM database has for its instances."""
    storage = node.GetStorageNode()
    names: list[str] = []
    if storage is not None:
        names = [storage.GetNthFileName(i) or "" for i in range(storage.GetNumberOfFileNames())]
        names = names or [storage.GetFileName() or ""]
    if len(names) < 2:
        names += _database_files(node)
    return [Path(name) for name in dict.fromkeys(names) if name and Path(name).is_file()]


def _database_files(node: "slicer.vtkMRMLVolumeNode") -> list[str]:
    import slicer

    database = getattr(slicer, "dicomDatabase", None)
    instances = (node.GetAttribute("DICOM.instanceUIDs") or "").split()
    return [] if database is None else [database.fileForInstance(uid) for uid in instances]

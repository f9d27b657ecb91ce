"""A volume node as the head CT that the library measures in."""

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from ..ct.checks import single_volume
from ..ct.geometry import SliceStack, sorted_stack, stack_of_image
from ..ct.scan import HeadCT
from ..errors import GeometryError
from .dicom_slices import misplaced_slices, series_files, slice_headers
from .geometry import RAS_LPS
from .origin import Origin, dicom_origin, volume_file
from .unchecked_scan import UncheckedScan
from .volumes import image_from_volume, local_matrix, voxels, world_matrix

if TYPE_CHECKING:
    import slicer
    from numpy.typing import NDArray


def head_ct_from_volume(node: "slicer.vtkMRMLScalarVolumeNode", acquired: datetime | None = None) -> HeadCT:
    """Read a head CT from the scene, as it lies in the world, checked and on a regular grid.

    A volume that is still that of its files is read from them: the scan is then, to the last bit, the one
    that the shell reads.

    Linear transforms are applied to the geometry. Of the others only those that move whole slices are taken:
    the acquisition transform that Slicer's DICOM reader puts on a series with tilt or uneven spacing. A DICOM
    series that was loaded onto a wrong regular grid without it is read from its files again. So the numbers
    are those of the same scan read from its folder.

    Args:
        node: scalar volume in HU; it is not changed.
        acquired: acquisition time; by default that of the DICOM files, where the volume came from some.

    Raises:
        GeometryError: a transform bends slices, the geometry cannot be measured in, or the volume was changed
            after it was loaded onto a grid that its DICOM files contradict.
        MissingInput: when the volume is empty.
        NotAHeadCT: when it is not a head CT.
    """
    return unchecked(node, acquired).checked()


def unchecked(node: "slicer.vtkMRMLScalarVolumeNode", acquired: datetime | None = None) -> UncheckedScan:
    """As :func:`head_ct_from_volume`, but quick: files are only named, voxels neither checked nor resampled.

    Args:
        node: scalar volume in HU; it is not changed.
        acquired: acquisition time.

    Raises:
        GeometryError: as for :func:`head_ct_from_volume`, of the transform and the grid.
        MissingInput: when the volume is empty.
        NotAHeadCT: when it has more than one value a voxel.
    """
    name = node.GetName()
    file = volume_file(node)
    if file is not None:
        return UncheckedScan(name, (file,), acquired=acquired)
    series = series_files(node)
    if series:
        return UncheckedScan(name, series, dicom=True, acquired=acquired)
    known = dicom_origin(slice_headers(node), name)
    return UncheckedScan(name, acquired=acquired, stack=_stack(node, known), known=known)


def _stack(node: "slicer.vtkMRMLScalarVolumeNode", known: Origin) -> SliceStack:
    """The slices where they lie in the world."""
    name = node.GetName()
    headers = list(known.slices)
    local, world = local_matrix(node), world_matrix(node)
    if world is None:
        return _moved_by_transform(node)
    if headers:
        stack = misplaced_slices(headers, voxels(node), RAS_LPS @ local, name)
        if stack is not None:
            return _moved(stack, RAS_LPS @ world @ np.linalg.inv(local) @ RAS_LPS)
    return stack_of_image(single_volume(image_from_volume(node), name), name)


def _moved(stack: SliceStack, matrix: "NDArray[np.float64]") -> SliceStack:
    """A stack moved by a 4 x 4 matrix, LPS millimetres to LPS millimetres."""
    row, column = matrix[:3, :3] @ stack.row_direction, matrix[:3, :3] @ stack.column_direction
    return sorted_stack(
        stack.hu,
        stack.positions_mm @ matrix[:3, :3].T + matrix[:3, 3],
        row,
        column,
        (stack.pixel_mm[0] * float(np.linalg.norm(column)), stack.pixel_mm[1] * float(np.linalg.norm(row))),
        stack.thickness_mm,
    )


def _moved_by_transform(node: "slicer.vtkMRMLScalarVolumeNode", tolerance_mm: float = 0.05) -> SliceStack:
    """The slices where a transform that is not linear puts them.

    Raises:
        GeometryError: when a slice is bent, turned or stretched by more than ``tolerance_mm``.
    """
    hu = voxels(node)
    slices, rows, columns = hu.shape
    local = local_matrix(node)
    # A 3 x 3 lattice on every slice: [slice, row, column, xyz], LPS.
    k, j, i = np.meshgrid(
        np.arange(slices), np.linspace(0, rows - 1, 3), np.linspace(0, columns - 1, 3), indexing="ij"
    )
    lattice = np.empty((*k.shape, 3))
    for at in np.ndindex(k.shape):
        world = [0.0, 0.0, 0.0]
        node.TransformPointToWorld(
            (local[:3, :3] @ np.array([i[at], j[at], k[at]]) + local[:3, 3]).tolist(), world
        )
        lattice[at] = RAS_LPS[:3, :3] @ world
    row = (lattice[:, :, 2] - lattice[:, :, 0]).mean((0, 1))
    column = (lattice[:, 2] - lattice[:, 0]).mean((0, 1))
    steps = np.array([0.0, 0.5, 1.0])
    flat = lattice[:, :1, :1] + steps[:, None, None] * column + steps[:, None] * row
    if np.abs(lattice - flat).max() > tolerance_mm:
        raise GeometryError(
            f"{node.GetName()}: the transform on it bends or turns slices; only linear transforms and those "
            "that move whole slices can be measured in, so remove it"
        )
    pixel = (float(np.linalg.norm(column)) / (rows - 1), float(np.linalg.norm(row)) / (columns - 1))
    return sorted_stack(hu, lattice[:, 0, 0], row, column, pixel)

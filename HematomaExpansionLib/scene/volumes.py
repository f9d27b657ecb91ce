"""Volume nodes in, volume nodes out. The node a user chose is read and never changed."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import GeometryError, MissingInput, NotAHeadCT
from .bootstrap import ensure_scene
from .geometry import ijk_to_ras, image_from_array

if TYPE_CHECKING:
    import SimpleITK as sitk
    import slicer
    from numpy.typing import NDArray


def local_matrix(node: "slicer.vtkMRMLVolumeNode") -> "NDArray[np.float64]":
    """The node's own 4 x 4 matrix from index ``(i, j, k)`` to RAS millimetres, before any transform."""
    import slicer
    import vtk

    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    return _array(slicer, matrix)


def world_matrix(node: "slicer.vtkMRMLVolumeNode") -> "NDArray[np.float64] | None":
    """As :func:`local_matrix` with the node's transforms applied; None when they are not linear."""
    import slicer
    import vtk

    transform = node.GetParentTransformNode()
    if transform is None:
        return local_matrix(node)
    if not transform.IsTransformToWorldLinear():
        return None
    matrix = vtk.vtkMatrix4x4()
    transform.GetMatrixTransformToWorld(matrix)
    return _array(slicer, matrix) @ local_matrix(node)


def voxels(node: "slicer.vtkMRMLScalarVolumeNode") -> "NDArray[Any]":
    """The node's voxels ``[k, j, i]`` as a copy.

    Raises:
        MissingInput: when the node holds no voxels.
        NotAHeadCT: when it holds more than one value a voxel.
    """
    import slicer

    data = node.GetImageData()
    if data is None or data.GetNumberOfPoints() == 0:
        raise MissingInput(f"{node.GetName()}: the volume is empty; load or choose a head CT")
    if data.GetNumberOfScalarComponents() != 1:
        raise NotAHeadCT(
            f"{node.GetName()}: {data.GetNumberOfScalarComponents()} values a voxel; a CT has one"
        )
    return np.array(slicer.util.arrayFromVolume(node))


def image_from_volume(node: "slicer.vtkMRMLScalarVolumeNode") -> "sitk.Image":
    """The volume as an LPS image, with its linear transforms applied to the geometry.

    The voxels are the stored ones: nothing is resampled, and a sheared IJKToRAS (tilted gantry) stays a
    direction that is not orthogonal.

    Raises:
        GeometryError: when a transform on the volume is not linear.
        MissingInput: when the volume is empty.
        NotAHeadCT: when it holds more than one value a voxel.
    """
    matrix = world_matrix(node)
    if matrix is None:
        raise GeometryError(
            f"{node.GetName()}: the transform on the volume is not linear; remove it, or harden it on a copy"
        )
    return image_from_array(voxels(node), matrix)


def volume_from_image(image: "sitk.Image", name: str) -> "slicer.vtkMRMLScalarVolumeNode":
    """Add an image to the scene as a scalar volume with the same voxels and geometry.

    Args:
        image: 3D scalar image, LPS millimetres.
        name: of the node.
    """
    import SimpleITK as sitk

    ensure_scene()
    import slicer

    return slicer.util.addVolumeFromArray(sitk.GetArrayFromImage(image), ijk_to_ras(image), name)


def _array(slicer: Any, matrix: Any) -> "NDArray[np.float64]":
    return np.array(slicer.util.arrayFromVTKMatrix(matrix))

"""A clean MRML scene for every test, and the ways a user's nodes come into it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from HematomaExpansionLib.scene.bootstrap import ensure_scene


@pytest.fixture
def scene() -> Iterator[Any]:
    pytest.importorskip("slicer", reason="slicer-core is not installed (extra: scene)")
    scene = ensure_scene()
    scene.Clear(True)
    yield scene
    scene.Clear(True)


def load(scene: Any, *files: Path, name: str = "CT") -> Any:
    """Load a file, or DICOM slices in the order given, as Slicer's volume reader does."""
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    storage = scene.AddNewNodeByClass("vtkMRMLVolumeArchetypeStorageNode")
    storage.SetFileName(str(files[0]))
    if len(files) > 1:
        storage.SetSingleFile(0)
        for file in files:
            storage.AddFileName(str(file))
    assert storage.ReadData(node)
    node.SetAndObserveStorageNodeID(storage.GetID())
    return node


def put_under(scene: Any, node: Any, matrix: NDArray[np.float64]) -> Any:
    """Put a node under a linear transform given as a 4 x 4 RAS matrix."""
    import slicer

    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    transform.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(matrix))
    node.SetAndObserveTransformNodeID(transform.GetID())
    return transform


def put_under_acquisition_transform(scene: Any, node: Any, corners_ras: NDArray[np.float64]) -> Any:
    """Put a volume under the grid transform that Slicer's DICOM reader makes for uneven slices.

    Args:
        scene: the scene.
        node: the volume.
        corners_ras: ``[slice, row, column, xyz]`` where the corners of each slice truly are.
    """
    import slicer
    import vtk

    columns, rows, slices = node.GetImageData().GetDimensions()
    spacing = node.GetSpacing()
    image = vtk.vtkImageData()
    image.SetOrigin(*node.GetOrigin())
    image.SetDimensions(2, 2, slices)
    image.SetSpacing(spacing[0] * columns, spacing[1] * rows, spacing[2])
    image.AllocateScalars(vtk.VTK_DOUBLE, 3)
    direction, to_ras = vtk.vtkMatrix4x4(), vtk.vtkMatrix4x4()
    node.GetIJKToRASDirectionMatrix(direction)
    node.GetIJKToRASMatrix(to_ras)
    grid = slicer.vtkOrientedGridTransform()
    grid.SetGridDirectionMatrix(direction)
    grid.SetDisplacementGridData(image)
    transform = scene.AddNewNodeByClass("vtkMRMLGridTransformNode", "CT acquisition transform")
    transform.SetAndObserveTransformToParent(grid)
    displacements = slicer.util.arrayFromGridTransform(transform)
    for k, j, i in np.ndindex(slices, 2, 2):
        here = to_ras.MultiplyPoint((i * columns, j * rows, k, 1))[:3]
        displacements[k, j, i] = corners_ras[k, j, i] - here
    slicer.util.arrayFromGridTransformModified(transform)
    node.SetAndObserveTransformNodeID(transform.GetID())
    return transform


def rotation(degrees: Sequence[float]) -> NDArray[np.float64]:
    """Rotation about x, then y, then z."""
    result = np.eye(3)
    for axis, angle in enumerate(np.radians(degrees)):
        i, j = [a for a in range(3) if a != axis]
        turn = np.eye(3)
        turn[i, i] = turn[j, j] = np.cos(angle)
        turn[i, j], turn[j, i] = -np.sin(angle), np.sin(angle)
        result = turn @ result
    return result

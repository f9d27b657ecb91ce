"""Slice views of scans in different positions that look at the same place of one head."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import slicer
    from numpy.typing import NDArray


class LinkedSlices:
    """Moves every view when one is moved, each through the registration of its scan to the baseline.

    Slicer's own link copies millimetres and would look at another slice of a head that lies otherwise.
    """

    def __init__(
        self,
        views: "Sequence[slicer.vtkMRMLSliceNode]",
        to_baseline: "Sequence[slicer.vtkMRMLLinearTransformNode | None]",
    ) -> None:
        """Link the views; the first one leads now.

        Args:
            views: one per pane.
            to_baseline: for each view the registration of its scan to the baseline; None for the baseline.
        """
        import vtk

        self._views = list(views)
        self._matrices = [_matrix(node) for node in to_baseline]
        self._moving = False
        self._tags = [view.AddObserver(vtk.vtkCommand.ModifiedEvent, self._moved) for view in self._views]
        self._moved(self._views[0], "")

    def unlink(self) -> None:
        """Let each view move on its own again."""
        for view, tag in zip(self._views, self._tags, strict=True):
            view.RemoveObserver(tag)
        self._views, self._tags = [], []

    def _moved(self, view: "slicer.vtkMRMLSliceNode", _event: str) -> None:
        if self._moving or view not in self._views:
            return
        self._moving = True
        try:
            place = self._matrices[self._views.index(view)] @ _array(view.GetSliceToRAS())
            for other, matrix in zip(self._views, self._matrices, strict=True):
                if other is not view:
                    _look(other, np.linalg.inv(matrix) @ place, view.GetFieldOfView())
        finally:
            self._moving = False


def look_at(view: "slicer.vtkMRMLSliceNode", ras: Sequence[float]) -> None:
    """Bring the slice through a point, RAS millimetres, to the middle of a view."""
    place = _array(view.GetSliceToRAS())
    place[:3, 3] = ras
    _look(view, place, view.GetFieldOfView())


def fit(view: "slicer.vtkMRMLSliceNode", volume: "slicer.vtkMRMLVolumeNode") -> None:
    """Show all of a volume in a view, its middle in the middle."""
    bounds = [0.0] * 6
    volume.GetRASBounds(bounds)
    size = [bounds[1] - bounds[0], bounds[3] - bounds[2]]
    width, height = view.GetDimensions()[:2]
    scale = max(size[0] / max(width, 1), size[1] / max(height, 1))
    view.SetFieldOfView(scale * width, scale * height, view.GetFieldOfView()[2])
    look_at(view, [(bounds[axis] + bounds[axis + 1]) / 2 for axis in (0, 2, 4)])


def _look(view: "slicer.vtkMRMLSliceNode", place: "NDArray[np.float64]", field: Sequence[float]) -> None:
    import slicer

    width, height = view.GetDimensions()[:2]
    # The same millimetres a pixel high in views of any shape.
    view.SetFieldOfView(field[1] * width / max(height, 1), field[1], field[2])
    view.GetSliceToRAS().DeepCopy(slicer.util.vtkMatrixFromArray(place))
    view.UpdateMatrices()


def _matrix(node: "slicer.vtkMRMLLinearTransformNode | None") -> "NDArray[np.float64]":
    import slicer

    if node is None:
        return np.eye(4)
    return np.array(slicer.util.arrayFromTransformMatrix(node))


def _array(matrix: Any) -> "NDArray[np.float64]":
    import slicer

    return np.array(slicer.util.arrayFromVTKMatrix(matrix))

"""Library transforms (LPS) as transform nodes (RAS)."""

from typing import TYPE_CHECKING

from .bootstrap import ensure_scene
from .geometry import ras_matrix

if TYPE_CHECKING:
    import SimpleITK as sitk
    import slicer


def transform_node(transform: "sitk.Transform", name: str) -> "slicer.vtkMRMLLinearTransformNode":
    """Add a linear transform to the scene.

    A node put under it moves as the points of ``transform`` do: a follow-up under
    ``Comparison.to_baseline`` is shown on the baseline.

    Args:
        transform: linear, maps LPS millimetres to LPS millimetres.
        name: of the node.
    """
    scene = ensure_scene()
    import slicer

    node = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", name)
    node.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(ras_matrix(transform)))
    return node

"""Where a network saw the evidence for its answer: a volume over the baseline, with a legend."""

from typing import TYPE_CHECKING

from .bootstrap import ensure_scene
from .found_scans import MADE
from .two_by_two import BASELINE, pane
from .volumes import volume_from_image

if TYPE_CHECKING:
    import SimpleITK as sitk
    import slicer

_COLOURS = "Evidence colours"
_INFERNO = {
    0.0: (0.001, 0.0, 0.014),
    0.25: (0.342, 0.062, 0.429),
    0.5: (0.736, 0.216, 0.33),
    0.75: (0.978, 0.557, 0.035),
    1.0: (0.988, 0.998, 0.645),
}
"""Of matplotlib's inferno: even in brightness, so that it is read with colour-blindness too."""
TITLE = "Grad-CAM\nevidence,\n1: strongest"
LEAST = 0.1
"""Weaker evidence is not drawn, so that the scan stays visible under the map."""


def add_heat_map(image: "sitk.Image") -> "slicer.vtkMRMLScalarVolumeNode":
    """Add a heat map to the scene, with the legend that stands in each view that shows it.

    Args:
        image: 0-1 on the grid of the baseline, LPS millimetres.
    """
    node = volume_from_image(image, "Evidence of the network")
    node.SetAttribute(MADE, "1")
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.SetAndObserveColorNodeID(_colours().GetID())
    display.AutoWindowLevelOff()
    display.SetWindowLevelMinMax(0.0, 1.0)
    display.SetThreshold(LEAST, 1.0)
    display.ApplyThresholdOn()
    _add_legend(node)
    return node


def lay_over_baseline(node: "slicer.vtkMRMLScalarVolumeNode") -> None:
    """Show a heat map in the pane of the baseline, at half strength over what stands there."""
    composite = pane(BASELINE).composite
    composite.SetForegroundVolumeID(node.GetID())
    composite.SetForegroundOpacity(0.5)
    # Slicer decides whether a view has the legend when the legend changes, not when the view does.
    for index in range(node.GetNumberOfDisplayNodes()):
        node.GetNthDisplayNode(index).Modified()


def forget_heat_map(node: "slicer.vtkMRMLScalarVolumeNode") -> None:
    """Remove a heat map and its legend from the scene."""
    scene = ensure_scene()
    # The legend, added last, before the display whose colours it tells.
    for display in [
        node.GetNthDisplayNode(index) for index in reversed(range(node.GetNumberOfDisplayNodes()))
    ]:
        scene.RemoveNode(display)
    scene.RemoveNode(node)


def _colours() -> "slicer.vtkMRMLColorNode":
    """The heat map's colours, made once in a scene."""
    scene = ensure_scene()
    node = scene.GetFirstNodeByName(_COLOURS)
    if node is None:
        node = scene.AddNewNodeByClass("vtkMRMLProceduralColorNode", _COLOURS)
        for where, colour in _INFERNO.items():
            node.GetColorTransferFunction().AddRGBPoint(where, *colour)
    return node


def _add_legend(node: "slicer.vtkMRMLScalarVolumeNode") -> None:
    """The bar of colours on the right of every slice view that shows the map."""
    import slicer

    legend = slicer.vtkSlicerColorLogic.AddDefaultColorLegendDisplayNode(node.GetDisplayNode())
    legend.SetName("Evidence legend")
    legend.SetTitleText(TITLE)
    legend.SetLabelFormat("%.1f")
    legend.SetNumberOfLabels(6)
    # High on the right, where a head is narrow. Slicer writes as large as there is room, the title above it.
    legend.SetSize(0.14, 0.37)
    legend.SetPosition(0.99, 0.75)
    legend.GetLabelTextProperty().SetFontFamilyToArial()

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
LEAST = 0.1
"""Weaker evidence is not drawn, so that the scan stays visible under the map."""


def show_heat_map(image: "sitk.Image") -> "slicer.vtkMRMLScalarVolumeNode":
    """Add a heat map to the scene and lay it over the baseline at half strength.

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
    there = pane(BASELINE)
    there.composite.SetForegroundVolumeID(node.GetID())
    there.composite.SetForegroundOpacity(0.5)
    return node


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
    scene = ensure_scene()
    legend = scene.AddNewNodeByClass("vtkMRMLColorLegendDisplayNode", "Evidence legend")
    legend.SetAndObservePrimaryDisplayNode(node.GetDisplayNode())
    legend.SetAndObserveColorNodeID(node.GetDisplayNode().GetColorNodeID())
    legend.SetTitleText("Evidence")
    legend.SetLabelFormat("%.1f")
    legend.SetVisibility(True)
    node.AddAndObserveDisplayNodeID(legend.GetID())

"""How scans and segmentations are first shown."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import slicer

WINDOW_HU = 80.0
LEVEL_HU = 40.0


def show_brain_window(volume: "slicer.vtkMRMLScalarVolumeNode") -> None:
    """Set window 80 and level 40 HU, at which acute blood stands out from brain."""
    volume.CreateDefaultDisplayNodes()
    display = volume.GetDisplayNode()
    display.AutoWindowLevelOff()
    display.SetWindowLevel(WINDOW_HU, LEVEL_HU)


def show_outlines(segmentation: "slicer.vtkMRMLSegmentationNode") -> None:
    """Show segments in the slices as outlines, so that the blood under them stays visible."""
    segmentation.CreateDefaultDisplayNodes()
    display = segmentation.GetDisplayNode()
    display.SetVisibility2DFill(False)
    display.SetVisibility2DOutline(True)
    display.SetSliceIntersectionThickness(2)

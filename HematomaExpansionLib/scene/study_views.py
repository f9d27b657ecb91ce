"""A study in the four panes: which scan, which outlines and which colours stand where."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from .bootstrap import ensure_scene
from .display import show_outlines
from .linked_slices import LinkedSlices, fit, look_at
from .study_record import recorded
from .two_by_two import BASELINE, FOLLOWUP, GROWTH, panes, show_layout

if TYPE_CHECKING:
    import slicer


def show_study_views(record: "slicer.vtkMRMLTextNode", followup: str = "") -> LinkedSlices:
    """Show the baseline and one follow-up, their outlines, and the growth in colours.

    Without a follow-up the baseline's markers stand in its pane and in that of the growth.

    Args:
        record: of the study.
        followup: time point of the follow-up; empty for none.

    Returns:
        The link between the panes; keep it as long as they are shown.
    """
    show_layout()
    there = panes()
    baseline = recorded(record, "volumes", "baseline")
    other = followup or "baseline"
    volume = recorded(record, "volumes", other)
    third = recorded(record, "growth", followup) if followup else recorded(record, "markers", "baseline")
    there[BASELINE].show(baseline)
    there[FOLLOWUP].show(volume)
    there[GROWTH].show(volume)
    _only_in(recorded(record, "segmentations", "baseline"), [BASELINE], also_elsewhere=True)
    if followup:
        _only_in(recorded(record, "segmentations", followup), [FOLLOWUP])
        _only_in(recorded(record, "markers", "baseline"), [BASELINE])
        _only_in(recorded(record, "markers", followup), [FOLLOWUP])
    _only_in(third, [GROWTH])
    _fill(third)
    views = [there[tag].slice for tag in (BASELINE, FOLLOWUP, GROWTH)]
    moved = recorded(record, "transforms", followup) if followup else None
    if baseline is not None:
        fit(views[0], baseline)
    link = LinkedSlices(views, [None, moved, moved])
    centre = segment_centre(recorded(record, "segmentations", "baseline"), "ich")
    if centre is not None:
        look_at(views[0], [*view_centre(views[0])[:2], centre[2]])
    return link


def jump(record: "slicer.vtkMRMLTextNode", timepoint: str, marker: str) -> bool:
    """Bring the evidence of a marker, or else the clot, to the middle of the pane of its scan.

    Args:
        record: of the study.
        timepoint: of the scan.
        marker: name of the marker.

    Returns:
        Whether there was something to look at.
    """
    centre = segment_centre(recorded(record, "markers", timepoint), marker)
    if centre is None:
        centre = segment_centre(recorded(record, "segmentations", timepoint), "ich")
    if centre is None:
        return False
    look_at(panes()[BASELINE if timepoint == "baseline" else FOLLOWUP].slice, centre)
    return True


def segment_centre(node: "slicer.vtkMRMLSegmentationNode | None", segment: str) -> list[float] | None:
    """The middle of the slice in which a segment is largest, RAS millimetres; None where it is empty."""
    import slicer

    if node is None or node.GetSegmentation().GetSegment(segment) is None:
        return None
    mask = slicer.vtkOrientedImageData()
    node.GetBinaryLabelmapRepresentation(segment, mask)
    if mask.IsEmpty() or mask.GetScalarRange()[1] == 0:
        return None
    from vtk.util.numpy_support import vtk_to_numpy

    there = vtk_to_numpy(mask.GetPointData().GetScalars()).reshape(tuple(reversed(mask.GetDimensions()))) > 0
    largest = int(np.argmax(there.sum(axis=(1, 2))))
    j, i = (float(each.mean()) for each in np.nonzero(there[largest]))
    extent = mask.GetExtent()
    import vtk

    matrix = vtk.vtkMatrix4x4()
    mask.GetImageToWorldMatrix(matrix)
    place = matrix.MultiplyPoint((i + extent[0], j + extent[2], largest + extent[4], 1.0))[:3]
    world = [0.0, 0.0, 0.0]
    transform = node.GetParentTransformNode()
    if transform is None:
        return list(place)
    general = vtk.vtkGeneralTransform()
    transform.GetTransformToWorld(general)
    general.TransformPoint(place, world)
    return world


def view_centre(view: "slicer.vtkMRMLSliceNode") -> list[float]:
    """The point in the middle of a view, RAS millimetres."""
    matrix = view.GetSliceToRAS()
    return [matrix.GetElement(row, 3) for row in range(3)]


def show_everywhere(node: "slicer.vtkMRMLSegmentationNode") -> None:
    """Show a segmentation in every view again, as for editing it."""
    display = node.GetDisplayNode()
    if display is not None:
        display.RemoveAllViewNodeIDs()


def _only_in(
    node: "slicer.vtkMRMLSegmentationNode | None", tags: Iterable[str], also_elsewhere: bool = False
) -> None:
    """Show a segmentation in some panes, and with ``also_elsewhere`` in the views of other layouts."""
    if node is None:
        return
    show_outlines(node)
    display = node.GetDisplayNode()
    display.RemoveAllViewNodeIDs()
    ours = panes()
    shown = [ours[tag].slice for tag in tags]
    if also_elsewhere:
        own = {each.slice.GetID() for each in ours.values()}
        for kind in ("vtkMRMLSliceNode", "vtkMRMLViewNode"):
            shown += [node for node in _nodes(kind) if node.GetID() not in own]
    for view in shown:
        display.AddViewNodeID(view.GetID())


def _fill(node: "slicer.vtkMRMLSegmentationNode | None") -> None:
    """Growth and markers are read by their colours."""
    if node is not None:
        node.GetDisplayNode().SetVisibility2DFill(True)
        node.GetDisplayNode().SetOpacity2DFill(0.5)


def _nodes(kind: str) -> "list[slicer.vtkMRMLNode]":
    scene = ensure_scene()
    return [scene.GetNthNodeByClass(index, kind) for index in range(scene.GetNumberOfNodesByClass(kind))]

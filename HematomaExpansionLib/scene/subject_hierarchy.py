"""The study folder in the subject hierarchy: patient-free, one folder per timepoint."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .bootstrap import ensure_scene

if TYPE_CHECKING:
    import slicer


def study_folder(name: str) -> int:
    """Create a study item that names no patient, and return its identifier."""
    hierarchy = _hierarchy()
    return int(hierarchy.CreateStudyItem(hierarchy.GetSceneItemID(), name))


def timepoint_folder(study: int, name: str) -> int:
    """Create a folder for a timepoint under a study item, and return its identifier."""
    return int(_hierarchy().CreateFolderItem(study, name))


def place(nodes: "Iterable[slicer.vtkMRMLNode]", folder: int) -> None:
    """Put nodes under a folder; those that lie under another than the scene already stay there.

    A volume that DICOM import filed under its patient and study so keeps its place.
    """
    hierarchy = _hierarchy()
    for node in nodes:
        item = _item(node)
        if hierarchy.GetItemParent(item) == hierarchy.GetSceneItemID():
            hierarchy.SetItemParent(item, folder)


def place_beside(node: "slicer.vtkMRMLNode", neighbour: "slicer.vtkMRMLNode") -> None:
    """Put a node under the parent of another: DICOM export needs a segmentation in its volume's study."""
    hierarchy = _hierarchy()
    hierarchy.SetItemParent(_item(node), hierarchy.GetItemParent(_item(neighbour)))


def _item(node: "slicer.vtkMRMLNode") -> int:
    """The node's item, created where nothing did: only the application makes items by itself."""
    hierarchy = _hierarchy()
    item = hierarchy.GetItemByDataNode(node)
    if item == hierarchy.GetInvalidItemID():
        item = hierarchy.CreateItem(hierarchy.GetSceneItemID(), node)
    return int(item)


def _hierarchy() -> "slicer.vtkMRMLSubjectHierarchyNode":
    scene = ensure_scene()
    import slicer

    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)

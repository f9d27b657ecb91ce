"""A study in the scene as one node: its numbers as text, and references to every node that shows it.

References and text are saved with the scene, so that a study is found again when the scene is opened.
"""

import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..result import StudyResult
from .bootstrap import ensure_scene
from .study_scene import StudyNodes
from .tables import markers_table, scores_table

if TYPE_CHECKING:
    import slicer
    from numpy.typing import NDArray

_MADE = "made"
"""Role of the nodes that the study added to the scene; the others are the user's."""
_DRAWN = "HematomaExpansion.drawn"
"""Attribute of an outline that an analysis drew: the checksum of its voxels then."""
_LISTS = ("volumes", "segmentations", "markers", "transforms", "growth")
_TABLES = ("volumes_table", "expansion_table", "markers_table", "scores_table")


def record_study(
    result: StudyResult,
    nodes: StudyNodes,
    users: "Sequence[slicer.vtkMRMLNode]" = (),
    name: str = "Haematoma expansion",
) -> "slicer.vtkMRMLTextNode":
    """Add the record of a study to the scene.

    Args:
        result: the numbers.
        nodes: what shows them.
        users: those of the nodes that are the user's own and stay when the study is forgotten.
        name: of the node.
    """
    record = ensure_scene().AddNewNodeByClass("vtkMRMLTextNode", name)
    record.SetText(result.model_dump_json())
    for role, node in _by_role(nodes):
        record.SetNodeReferenceID(role, node.GetID())
        if node not in users:
            record.AddNodeReferenceID(_MADE, node.GetID())
            if role.startswith("segmentations."):
                node.SetAttribute(_DRAWN, _drawn(node))
    return record


def recorded_result(record: "slicer.vtkMRMLTextNode | None") -> StudyResult | None:
    """The numbers of a record; None without a record, or for one of another version."""
    if record is None:
        return None
    try:
        return StudyResult.model_validate_json(record.GetText() or "")
    except ValueError:
        return None


def recorded(record: "slicer.vtkMRMLTextNode", role: str, timepoint: str = "") -> "slicer.vtkMRMLNode | None":
    """A node of a study; None where there is none, or it was removed.

    Args:
        record: of the study.
        role: a name of :class:`.study_scene.StudyNodes`, as ``"segmentations"`` or ``"scores_table"``.
        timepoint: ``"baseline"``, ``"followup-1"`` ...; empty for a table.
    """
    return record.GetNodeReference(f"{role}.{timepoint}" if timepoint else role)


def update_result(record: "slicer.vtkMRMLTextNode", result: StudyResult) -> None:
    """Keep new numbers, and make the tables of markers and scores anew."""
    scene = ensure_scene()
    record.SetText(result.model_dump_json())
    tables = {
        "markers_table": markers_table(result, "Markers"),
        "scores_table": scores_table(result, "Scores"),
    }
    for role, table in tables.items():
        old = record.GetNodeReference(role)
        record.SetNodeReferenceID(role, table.GetID())
        record.AddNodeReferenceID(_MADE, table.GetID())
        if old is not None:
            scene.RemoveNode(old)


def forget_study(record: "slicer.vtkMRMLTextNode", kept: "Sequence[slicer.vtkMRMLNode]" = ()) -> None:
    """Remove a study from the scene: its record and what it added, but no outline that somebody edited.

    Args:
        record: of the study.
        kept: nodes that stay although the study added them, because another one uses them.
    """
    scene = ensure_scene()
    made = [record.GetNthNodeReference(_MADE, n) for n in range(record.GetNumberOfNodeReferences(_MADE))]
    scene.RemoveNode(record)
    for node in made:
        if node is None or node in kept:
            continue
        drawn = node.GetAttribute(_DRAWN)
        if drawn is None or drawn == _drawn(node):
            scene.RemoveNode(node)


def _drawn(node: "slicer.vtkMRMLSegmentationNode") -> str:
    """A checksum of the voxels of every segment, to see whether somebody edited them."""
    import slicer
    from vtk.util.numpy_support import vtk_to_numpy

    total = 0
    for name in node.GetSegmentation().GetSegmentIDs():
        mask = slicer.vtkOrientedImageData()
        node.GetBinaryLabelmapRepresentation(name, mask)
        total = zlib.crc32(name.encode(), total)
        if not mask.IsEmpty():
            there = vtk_to_numpy(mask.GetPointData().GetScalars()) > 0
            # Of where the voxels are: an extent may grow without a voxel more.
            points = np.flatnonzero(there)
            total = zlib.crc32(str((len(points), _middle(mask, points))).encode(), total)
    return str(total)


def _middle(mask: "slicer.vtkOrientedImageData", points: "NDArray[np.int64]") -> list[int]:
    """Sums of the indices of voxels along i, j and k, and of their squares."""
    extent, size = mask.GetExtent(), mask.GetDimensions()
    k, j, i = np.unravel_index(points, tuple(reversed(size)))
    axes = [axis + start for axis, start in zip((i, j, k), extent[::2], strict=True)]
    return [int(axis.sum()) for axis in axes] + [int((axis**2).sum()) for axis in axes]


def _by_role(nodes: StudyNodes) -> "Iterator[tuple[str, slicer.vtkMRMLNode]]":
    for role in _LISTS:
        names = timepoints(len(nodes.volumes))
        for timepoint, node in zip(
            names[1:] if role in ("transforms", "growth") else names, getattr(nodes, role), strict=True
        ):
            if node is not None:
                yield f"{role}.{timepoint}", node
    for role in _TABLES:
        yield role, getattr(nodes, role)


def timepoints(count: int) -> list[str]:
    """Names of so many scans in time order."""
    return ["baseline", *(f"followup-{number}" for number in range(1, count))]

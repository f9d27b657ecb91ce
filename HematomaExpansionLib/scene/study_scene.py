"""A whole study in the scene: read from the nodes a user chose, shown as nodes a user can go on with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..report.growth_style import GROWTH_STYLES
from ..report.slices import aligned_followups
from ..segmentation.segment_style import class_styles
from ..study import Study, TimePoint
from . import display, subject_hierarchy
from .geometry import ijk_to_ras, same_voxels
from .segmentations import segmentation_from_labels
from .tables import expansion_table, volumes_table
from .transforms import transform_node
from .volumes import volume_from_image, world_matrix

if TYPE_CHECKING:
    import slicer


@dataclass(frozen=True)
class StudyNodes:
    """The nodes a study is shown by; the tuples are in time order.

    Attributes:
        volumes: the scan at each timepoint, on the grid that was measured in.
        segmentations: the classes at each timepoint.
        transforms: for each follow-up, its registration to the baseline. No volume is put under it.
        growth: for each follow-up, new, stable and resolved blood; None where it could not be computed,
            or where the registration is not to be trusted.
        volumes_table: one row per scan.
        expansion_table: one row per follow-up and definition.
        folder: item of the study in the subject hierarchy.
    """

    volumes: "tuple[slicer.vtkMRMLScalarVolumeNode, ...]"
    segmentations: "tuple[slicer.vtkMRMLSegmentationNode, ...]"
    transforms: "tuple[slicer.vtkMRMLLinearTransformNode, ...]"
    growth: "tuple[slicer.vtkMRMLSegmentationNode | None, ...]"
    volumes_table: "slicer.vtkMRMLTableNode"
    expansion_table: "slicer.vtkMRMLTableNode"
    folder: int


def show_study(
    study: Study,
    volumes: "Sequence[slicer.vtkMRMLScalarVolumeNode | None]" = (),
    name: str = "Haematoma expansion",
) -> StudyNodes:
    """Add a study to the scene. Call it on the main thread.

    Args:
        study: what ``analyze`` returned.
        volumes: the nodes the scans were read from, baseline first; None or absent for a scan that came from
            a file. A node whose grid had to be corrected is not used: the corrected volume is added.
        name: of the study in the subject hierarchy.
    """
    folder = subject_hierarchy.study_folder(name)
    given = [*volumes, *[None] * len(study.timepoints)]
    shown = [_volume(point, node) for point, node in zip(study.timepoints, given, strict=False)]
    folders: dict[str, int] = {}
    segmentations = []
    for point, volume in zip(study.timepoints, shown, strict=True):
        folders[point.name] = subject_hierarchy.timepoint_folder(folder, point.name)
        subject_hierarchy.place([volume], folders[point.name])
        styles = class_styles(point.segmentation.classes)
        node = segmentation_from_labels(
            point.segmentation.labels, volume, styles, f"{point.name} segmentation"
        )
        segmentations.append(node)
        display.show_brain_window(volume)
        _show_segmentation(node, volume)

    transforms, growth = [], []
    aligned = aligned_followups(study)
    by_name = {point.name: volume for point, volume in zip(study.timepoints, shown, strict=True)}
    for comparison in study.comparisons:
        transform = transform_node(comparison.to_baseline, f"{comparison.timepoint} to baseline")
        subject_hierarchy.place([transform], folders[comparison.timepoint])
        transforms.append(transform)
        grown = None
        if comparison.growth is not None and comparison.timepoint in aligned:
            volume = by_name[comparison.timepoint]
            title = f"{comparison.timepoint} growth"
            grown = segmentation_from_labels(comparison.growth, volume, GROWTH_STYLES, title)
            _show_segmentation(grown, volume)
        growth.append(grown)

    tables = volumes_table(study.result, "Volumes"), expansion_table(study.result, "Expansion")
    subject_hierarchy.place(tables, folder)
    return StudyNodes(tuple(shown), tuple(segmentations), tuple(transforms), tuple(growth), *tables, folder)


def _volume(
    point: TimePoint, node: "slicer.vtkMRMLScalarVolumeNode | None"
) -> "slicer.vtkMRMLScalarVolumeNode":
    """The node itself where its voxels are those that were measured, else a new one with them."""
    image = point.scan.image
    if node is not None:
        matrix = world_matrix(node)
        size = node.GetImageData().GetDimensions()
        if matrix is not None and same_voxels(size, matrix, image.GetSize(), ijk_to_ras(image)):
            return node
    return volume_from_image(image, f"{point.name} CT")


def _show_segmentation(
    node: "slicer.vtkMRMLSegmentationNode", volume: "slicer.vtkMRMLScalarVolumeNode"
) -> None:
    subject_hierarchy.place_beside(node, volume)
    display.show_outlines(node)

"""A whole study in the scene: read from the nodes a user chose, shown as nodes a user can go on with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..labels import Label
from ..report.growth_style import GROWTH_STYLES
from ..report.marker_evidence import marker_masks
from ..report.slices import aligned_followups
from ..result import StudyResult
from ..segmentation.segment_style import SegmentStyle, class_styles
from ..study import Comparison, Study
from . import display, subject_hierarchy
from .found_scans import MADE
from .geometry import ijk_to_ras, same_voxels
from .segmentations import segmentation_from_labels, segmentation_from_masks
from .tables import expansion_table, markers_table, scores_table, volumes_table
from .transforms import transform_node
from .volumes import volume_from_image, world_matrix

if TYPE_CHECKING:
    import SimpleITK as sitk
    import slicer


@dataclass(frozen=True)
class LabelledScan:
    """What the scene shows of one timepoint.

    Attributes:
        name: ``"baseline"``, ``"followup-1"`` ...
        image: the scan on the grid that was measured in, LPS millimetres.
        labels: uint8 image on the same grid.
        classes: the classes that were looked for.
        markers: look and mask of each marker with evidence; they may overlap.
    """

    name: str
    image: "sitk.Image"
    labels: "sitk.Image"
    classes: Iterable[Label]
    markers: "Sequence[tuple[SegmentStyle, sitk.Image]]" = ()


@dataclass(frozen=True)
class StudyNodes:
    """The nodes a study is shown by; the tuples are in time order.

    Attributes:
        volumes: the scan at each timepoint, on the grid that was measured in.
        segmentations: the classes at each timepoint.
        markers: the evidence of the markers that are present at each timepoint; None where there is none.
        transforms: for each follow-up, its registration to the baseline. No volume is put under it.
        growth: for each follow-up, new, stable and resolved blood; None where it could not be computed,
            or where the registration is not to be trusted.
        volumes_table: one row per scan.
        expansion_table: one row per follow-up and definition.
        markers_table: one row per scan and marker.
        scores_table: one row per score and time point.
        folder: item of the study in the subject hierarchy.
    """

    volumes: "tuple[slicer.vtkMRMLScalarVolumeNode, ...]"
    segmentations: "tuple[slicer.vtkMRMLSegmentationNode, ...]"
    markers: "tuple[slicer.vtkMRMLSegmentationNode | None, ...]"
    transforms: "tuple[slicer.vtkMRMLLinearTransformNode, ...]"
    growth: "tuple[slicer.vtkMRMLSegmentationNode | None, ...]"
    volumes_table: "slicer.vtkMRMLTableNode"
    expansion_table: "slicer.vtkMRMLTableNode"
    markers_table: "slicer.vtkMRMLTableNode"
    scores_table: "slicer.vtkMRMLTableNode"
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
    scans = [
        LabelledScan(
            point.name,
            point.scan.image,
            point.segmentation.labels,
            point.segmentation.classes,
            marker_masks(point, scan.markers),
        )
        for point, scan in zip(study.timepoints, study.result.scans, strict=True)
    ]
    aligned = aligned_followups(study)
    comparisons = [
        comparison if comparison.timepoint in aligned else replace(comparison, growth=None)
        for comparison in study.comparisons
    ]
    return show_scans(scans, comparisons, study.result, volumes, name=name)


def show_scans(
    scans: Sequence[LabelledScan],
    comparisons: Sequence[Comparison],
    result: StudyResult,
    volumes: "Sequence[slicer.vtkMRMLScalarVolumeNode | None]" = (),
    segmentations: "Sequence[slicer.vtkMRMLSegmentationNode | None]" = (),
    name: str = "Haematoma expansion",
) -> StudyNodes:
    """As :func:`show_study`, for a study that was analysed in another process.

    Args:
        scans: baseline first.
        comparisons: one per follow-up; growth is None where it is not to be shown.
        result: the numbers.
        volumes: as for :func:`show_study`.
        segmentations: the user's own that were measured, which stay as they are; None or absent where the
            labels came from a back-end.
        name: of the study in the subject hierarchy.
    """
    folder = subject_hierarchy.study_folder(name)
    given = [*volumes, *[None] * len(scans)]
    shown = {scan.name: _volume(scan, node) for scan, node in zip(scans, given, strict=False)}
    folders: dict[str, int] = {}
    blood = []
    markers: list[slicer.vtkMRMLSegmentationNode | None] = []
    own = [*segmentations, *[None] * len(scans)]
    for scan, node in zip(scans, own, strict=False):
        volume = shown[scan.name]
        folders[scan.name] = subject_hierarchy.timepoint_folder(folder, scan.name)
        subject_hierarchy.place([volume], folders[scan.name])
        display.show_brain_window(volume)
        blood.append(_blood(scan, volume) if node is None else node)
        found = None
        if scan.markers:
            found = segmentation_from_masks(scan.markers, volume, f"{scan.name} markers")
            _show_segmentation(found, volume)
        markers.append(found)

    transforms, growth = [], []
    for comparison in comparisons:
        transform = transform_node(comparison.to_baseline, f"{comparison.timepoint} to baseline")
        subject_hierarchy.place([transform], folders[comparison.timepoint])
        transforms.append(transform)
        grown = None
        if comparison.growth is not None:
            volume = shown[comparison.timepoint]
            title = f"{comparison.timepoint} growth"
            grown = segmentation_from_labels(comparison.growth, volume, GROWTH_STYLES, title)
            _show_segmentation(grown, volume)
        growth.append(grown)

    tables = (
        volumes_table(result, "Volumes"),
        expansion_table(result, "Expansion"),
        markers_table(result, "Markers"),
        scores_table(result, "Scores"),
    )
    subject_hierarchy.place(tables, folder)
    return StudyNodes(
        tuple(shown.values()),
        tuple(blood),
        tuple(markers),
        tuple(transforms),
        tuple(growth),
        *tables,
        folder,
    )


def _volume(
    scan: LabelledScan, node: "slicer.vtkMRMLScalarVolumeNode | None"
) -> "slicer.vtkMRMLScalarVolumeNode":
    """The node itself where its voxels are those that were measured, else a new one with them."""
    image = scan.image
    if node is not None:
        matrix = world_matrix(node)
        size = node.GetImageData().GetDimensions()
        if matrix is not None and same_voxels(size, matrix, image.GetSize(), ijk_to_ras(image)):
            return node
    made = volume_from_image(image, f"{scan.name} CT")
    made.SetAttribute(MADE, "1")
    return made


def _blood(scan: LabelledScan, volume: "slicer.vtkMRMLScalarVolumeNode") -> "slicer.vtkMRMLSegmentationNode":
    styles = class_styles(scan.classes)
    node = segmentation_from_labels(scan.labels, volume, styles, f"{scan.name} segmentation")
    _show_segmentation(node, volume)
    return node


def _show_segmentation(
    node: "slicer.vtkMRMLSegmentationNode", volume: "slicer.vtkMRMLScalarVolumeNode"
) -> None:
    subject_hierarchy.place_beside(node, volume)
    display.show_outlines(node)

"""Label images to segmentation nodes and back."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MaskError
from ..labels import Label
from ..segmentation.segment_style import SegmentStyle
from .bootstrap import ensure_scene
from .geometry import ijk_to_ras
from .segment_classes import segment_class
from .volumes import image_from_volume, local_matrix

if TYPE_CHECKING:
    import SimpleITK as sitk
    import slicer
    import vtk
    from numpy.typing import NDArray


def segmentation_from_labels(
    labels: "sitk.Image",
    volume: "slicer.vtkMRMLScalarVolumeNode",
    styles: Mapping[int, SegmentStyle],
    name: str,
) -> "slicer.vtkMRMLSegmentationNode":
    """Add a segmentation that lies on a volume, with one segment for each style.

    A style whose value no voxel has becomes an empty segment: it was looked for and not found. The
    segmentation takes the volume as reference geometry and follows the transform the volume is under.

    Args:
        labels: integer image whose voxel centres are those of the volume; the order and direction of the axes
            may differ.
        volume: the volume that was labelled.
        styles: name, colour and terminology for each label value.
        name: of the node.

    Raises:
        GeometryError: when the volume is under a transform that is not linear.
    """
    on_volume = _on_volume(labels, volume)
    masks = [(style, (on_volume == value).astype(np.uint8)) for value, style in styles.items()]
    return _segmentation(masks, volume, name)


def segmentation_from_masks(
    masks: "Sequence[tuple[SegmentStyle, sitk.Image]]", volume: "slicer.vtkMRMLScalarVolumeNode", name: str
) -> "slicer.vtkMRMLSegmentationNode":
    """As :func:`segmentation_from_labels`, for segments that may overlap: each has a mask of its own."""
    there = [(style, (_on_volume(mask, volume) > 0).astype(np.uint8)) for style, mask in masks]
    return _segmentation(there, volume, name)


def _on_volume(image: "sitk.Image", volume: "slicer.vtkMRMLScalarVolumeNode") -> "NDArray[Any]":
    """The voxels of an image in the order of those of a volume."""
    import SimpleITK as sitk

    there = sitk.Resample(image, image_from_volume(volume), sitk.Transform(), sitk.sitkNearestNeighbor)
    return np.asarray(sitk.GetArrayFromImage(there))


def _segmentation(
    masks: "Sequence[tuple[SegmentStyle, NDArray[np.uint8]]]",
    volume: "slicer.vtkMRMLScalarVolumeNode",
    name: str,
) -> "slicer.vtkMRMLSegmentationNode":
    scene = ensure_scene()
    import slicer

    node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", name)
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    node.SetSourceRepresentationToBinaryLabelmap()
    for style, mask in masks:
        segment = slicer.vtkSegment()
        segment.SetName(style.name)
        segment.SetColor(*style.colour)
        segment.SetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), style.terminology)
        segment.AddRepresentation(_binary_labelmap(), _oriented_image(mask, local_matrix(volume)))
        node.GetSegmentation().AddSegment(segment, style.key)
    node.GetSegmentation().CollapseBinaryLabelmaps()
    node.SetAndObserveTransformNodeID(volume.GetTransformNodeID())
    return node


def labels_from_segmentation(
    node: "slicer.vtkMRMLSegmentationNode",
    reference: "sitk.Image",
    classes: Mapping[str, Label] | None = None,
) -> "sitk.Image":
    """Bring any segmentation onto the grid of a scan, as a label image.

    Each voxel takes the class of the segment that covers its centre in the world; where segments overlap, the
    later one in the node's order. Transforms, linear or not, are applied. The node is not changed.

    Args:
        node: the segmentation, of any representation.
        reference: image whose grid the labels get (``HeadCT.image``).
        classes: segment name to class, for segments that :func:`.segment_classes.segment_class` cannot tell
            by name and terminology, or to overrule it. ``Label.BACKGROUND`` leaves a segment out.

    Returns:
        uint8 image of :class:`..labels.Label` on the grid of ``reference``.

    Raises:
        MaskError: when there is no segment, a segment has no known class, or all of it lies outside the scan.
    """
    import SimpleITK as sitk
    import slicer

    name = node.GetName()
    if node.GetSegmentation().GetNumberOfSegments() == 0:
        raise MaskError(f"{name}: the segmentation holds no segment; it needs at least one")
    values = np.zeros(tuple(reversed(reference.GetSize())), np.uint8)
    grid = _oriented_image(values, ijk_to_ras(reference))
    copy = _binary_copy(node, grid)
    to_world = _to_world(node)
    drawn = False
    for identifier in copy.GetSegmentation().GetSegmentIDs():
        label = segment_class(copy.GetSegmentation().GetSegment(identifier), name, classes or {})
        if label == Label.BACKGROUND:
            continue
        segment, covered = slicer.vtkOrientedImageData(), slicer.vtkOrientedImageData()
        copy.GetBinaryLabelmapRepresentation(identifier, segment)
        if segment.IsEmpty() or segment.GetScalarRange()[1] == 0:
            continue
        drawn = True
        slicer.vtkOrientedImageDataResample.ResampleOrientedImageToReferenceOrientedImage(
            segment, grid, covered, False, False, to_world
        )
        values[_array(covered) > 0] = label
    if drawn and not values.any():
        raise MaskError(f"{name}: all of it lies outside the scan; it must be drawn on the same scan")
    labels = sitk.GetImageFromArray(values)
    labels.CopyInformation(reference)
    return labels


def classes_of_segmentation(
    node: "slicer.vtkMRMLSegmentationNode", classes: Mapping[str, Label] | None = None
) -> frozenset[Label]:
    """The classes that the segments of a node tell, empty segments included.

    Args:
        node: the segmentation.
        classes: as for :func:`labels_from_segmentation`.

    Raises:
        MaskError: when a segment has no known class.
    """
    segments = node.GetSegmentation()
    told = {
        segment_class(segments.GetNthSegment(index), node.GetName(), classes or {})
        for index in range(segments.GetNumberOfSegments())
    }
    return frozenset(told) - {Label.BACKGROUND}


def _binary_copy(
    node: "slicer.vtkMRMLSegmentationNode", grid: "slicer.vtkOrientedImageData"
) -> "slicer.vtkMRMLSegmentationNode":
    """A copy outside the scene whose segments are binary labelmaps; surfaces are filled on ``grid``."""
    import slicer

    converter = slicer.vtkSegmentationConverter
    copy = slicer.vtkMRMLSegmentationNode()
    segments = copy.GetSegmentation()
    segments.DeepCopy(node.GetSegmentation())
    segments.SetConversionParameter(
        converter.GetReferenceImageGeometryParameterName(), converter.SerializeImageGeometry(grid)
    )
    if not segments.CreateRepresentation(_binary_labelmap()):
        raise MaskError(f"{node.GetName()}: its segments cannot be turned into voxels; draw them anew")
    return copy


def _to_world(node: "slicer.vtkMRMLTransformableNode") -> "vtk.vtkAbstractTransform | None":
    """The node's transform to the world; None when there is none."""
    import vtk

    if node.GetParentTransformNode() is None:
        return None
    transform = vtk.vtkGeneralTransform()
    node.GetParentTransformNode().GetTransformToWorld(transform)
    return transform


def _array(image: "slicer.vtkOrientedImageData") -> "NDArray[np.uint8]":
    from vtk.util.numpy_support import vtk_to_numpy

    scalars: NDArray[np.uint8] = vtk_to_numpy(image.GetPointData().GetScalars())
    return scalars.reshape(tuple(reversed(image.GetDimensions())))


def _oriented_image(
    array: "NDArray[np.uint8]", matrix: "NDArray[np.float64]"
) -> "slicer.vtkOrientedImageData":
    """A copy of an array ``[k, j, i]`` as VTK's image, with its matrix from index to RAS millimetres."""
    import slicer
    from vtk.util.numpy_support import numpy_to_vtk

    image = slicer.vtkOrientedImageData()
    image.SetDimensions(*reversed(array.shape))
    image.GetPointData().SetScalars(numpy_to_vtk(array.ravel(), deep=True))
    image.SetImageToWorldMatrix(slicer.util.vtkMatrixFromArray(matrix))
    return image


def _binary_labelmap() -> str:
    import slicer

    return str(slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName())

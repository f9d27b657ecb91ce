from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.errors import MaskError
from HematomaExpansionLib.labels import APPEARANCE, Label
from HematomaExpansionLib.scene.segmentations import labels_from_segmentation, segmentation_from_labels
from HematomaExpansionLib.scene.volumes import volume_from_image
from HematomaExpansionLib.segmentation.segment_style import class_styles
from Testing.scene.conftest import put_under, rotation

CLASSES = [Label.ICH, Label.IVH, Label.OEDEMA]


def scan(orientation: str = "LPS") -> sitk.Image:
    image = sitk.GetImageFromArray(np.zeros((12, 20, 30), np.int16))
    image.SetSpacing((1.0, 1.5, 5.0))
    image.SetOrigin((-10.0, 3.0, 7.0))
    image.SetDirection(rotation((10, -5, 20)).ravel().tolist())
    return sitk.DICOMOrient(image, orientation)


def labels_of(image: sitk.Image) -> sitk.Image:
    """ICH, IVH at the border of the volume, no oedema; made in LPS order and turned like the image."""
    values = np.zeros((12, 20, 30), np.uint8)
    values[3:6, 4:8, 5:9] = Label.ICH
    values[5, 7, 8] = Label.IVH
    values[11, 18:, 25:] = Label.IVH
    labels = sitk.GetImageFromArray(values)
    labels.CopyInformation(scan())
    return sitk.DICOMOrient(
        labels, sitk.DICOMOrientImageFilter.GetOrientationFromDirectionCosines(image.GetDirection())
    )


@pytest.mark.parametrize("orientation", ["LPS", "RAS", "PIR", "ASL"])
def test_voxel_for_voxel_on_a_volume_of_any_axis_order(scene: Any, orientation: str) -> None:
    import slicer

    image = scan(orientation)
    volume = volume_from_image(image, "CT")
    node = segmentation_from_labels(labels_of(scan()), volume, class_styles(CLASSES), "blood")
    # Slicer's own export onto the volume's grid.
    wanted = sitk.GetArrayFromImage(labels_of(image))
    for label in CLASSES:
        found = slicer.util.arrayFromSegmentBinaryLabelmap(node, APPEARANCE[label].key, volume)
        np.testing.assert_array_equal(found, wanted == label)
    back = labels_from_segmentation(node, scan())
    np.testing.assert_array_equal(sitk.GetArrayFromImage(back), sitk.GetArrayFromImage(labels_of(scan())))
    assert back.GetOrigin() == scan().GetOrigin()
    assert back.GetDirection() == scan().GetDirection()


def test_names_colours_codes_and_reference(scene: Any) -> None:
    volume = volume_from_image(scan(), "CT")
    node = segmentation_from_labels(labels_of(scan()), volume, class_styles(CLASSES), "blood")
    segments = node.GetSegmentation()
    assert list(segments.GetSegmentIDs()) == ["ich", "ivh", "oedema"]
    assert segments.GetSourceRepresentationName() == "Binary labelmap"
    assert node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole()) is volume
    for label in CLASSES:
        segment = segments.GetSegment(APPEARANCE[label].key)
        assert segment.GetName() == APPEARANCE[label].name
        assert segment.GetColor() == pytest.approx(APPEARANCE[label].colour)
    assert segments.GetSegment("ich").GetTerminology() == (
        "Segmentation category and type - 3D Slicer General Anatomy list"
        "~SCT^49755003^Morphologically Abnormal Structure~SCT^50960005^Hemorrhage~^^"
        "~Anatomic codes - DICOM master list~SCT^12738006^Brain~^^"
    )
    assert "~SCT^79654002^Edema~^^~" in segments.GetSegment("oedema").GetTerminology()
    assert "~SCT^35764002^Brain ventricle~" in segments.GetSegment("ivh").GetTerminology()


def test_moves_with_its_volume(scene: Any) -> None:
    volume = volume_from_image(scan(), "CT")
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation((0, 0, 30)), (4, 5, 6)
    transform = put_under(scene, volume, matrix)
    from HematomaExpansionLib.scene.volumes import image_from_volume

    moved = image_from_volume(volume)
    labels = sitk.GetImageFromArray(sitk.GetArrayFromImage(labels_of(scan())))
    labels.CopyInformation(moved)
    node = segmentation_from_labels(labels, volume, class_styles(CLASSES), "blood")
    assert node.GetTransformNodeID() == transform.GetID()
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(labels_from_segmentation(node, moved)), sitk.GetArrayFromImage(labels)
    )
    # Away from the transform both are back where the scan was.
    node.SetAndObserveTransformNodeID(None)
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(labels_from_segmentation(node, scan())), sitk.GetArrayFromImage(labels)
    )


def test_surface_drawn_elsewhere(scene: Any) -> None:
    import vtk

    sphere = vtk.vtkSphereSource()
    sphere.SetRadius(10)
    sphere.SetThetaResolution(60)
    sphere.SetPhiResolution(60)
    sphere.Update()
    node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "drawn")
    node.GetSegmentation().SetSourceRepresentationName("Closed surface")
    node.AddSegmentFromClosedSurfaceRepresentation(sphere.GetOutput(), "bleed", [1, 0, 0])
    image = sitk.Image(50, 50, 50, sitk.sitkInt16)
    image.SetSpacing((0.5, 0.5, 0.5))
    image.SetOrigin((-12.25, -12.25, -12.25))
    found = labels_from_segmentation(node, image)
    ml = np.count_nonzero(sitk.GetArrayViewFromImage(found) == Label.ICH) * 0.125 / 1000
    assert ml == pytest.approx(4 / 3 * np.pi, rel=0.02)
    assert node.GetSegmentation().GetSourceRepresentationName() == "Closed surface"


def test_later_segment_wins_and_background_is_left_out(scene: Any) -> None:
    import slicer

    image = scan()
    volume = volume_from_image(image, "CT")
    node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "theirs")
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    for name, rows in (("one", (2, 8)), ("two", (6, 12)), ("skull", (0, 20))):
        drawn = np.zeros((12, 20, 30), np.uint8)
        drawn[:, slice(*rows)] = 1
        identifier = node.GetSegmentation().AddEmptySegment("", name)
        slicer.util.updateSegmentBinaryLabelmapFromArray(drawn, node, identifier, volume)
    classes = {"one": Label.ICH, "two": Label.OEDEMA, "skull": Label.BACKGROUND}
    values = sitk.GetArrayFromImage(labels_from_segmentation(node, image, classes))
    assert [int(np.unique(values[:, row]).item()) for row in range(20)] == [0] * 2 + [1] * 4 + [4] * 6 + [
        0
    ] * 8


def test_what_cannot_be_used_is_refused(scene: Any) -> None:
    image = scan()
    volume = volume_from_image(image, "CT")
    empty = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "empty")
    with pytest.raises(MaskError, match="empty: the segmentation holds no segment"):
        labels_from_segmentation(empty, image)
    node = segmentation_from_labels(labels_of(image), volume, class_styles(CLASSES), "blood")
    elsewhere = scan()
    elsewhere.SetOrigin((900.0, 0.0, 0.0))
    with pytest.raises(MaskError, match="blood: all of it lies outside the scan"):
        labels_from_segmentation(node, elsewhere)
    node.GetSegmentation().GetSegment("ich").SetName("Segment_1")
    node.GetSegmentation().GetSegment("ich").SetTerminology("")
    with pytest.raises(MaskError, match='blood: segment "Segment_1" is of no known class'):
        labels_from_segmentation(node, image)

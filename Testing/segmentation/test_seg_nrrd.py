"""The segmentation file of 3D Slicer: written, read, and opened by Slicer's own reader."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.errors import MaskError, UnreadableFile
from HematomaExpansionLib.labels import APPEARANCE, Label
from HematomaExpansionLib.segmentation.seg_nrrd import read_seg_nrrd, write_overlapping, write_seg_nrrd
from HematomaExpansionLib.segmentation.segment_class import class_of_segment
from HematomaExpansionLib.segmentation.segment_style import SegmentStyle, class_styles, terminology_entry

ORIGIN, SPACING = (-10.0, 20.5, 30.0), (0.5, 0.75, 2.5)
# A rotation about z: a head lies rarely straight.
DIRECTION = (0.96, -0.28, 0.0, 0.28, 0.96, 0.0, 0.0, 0.0, 1.0)


def _labels() -> sitk.Image:
    values = np.zeros((4, 6, 8), dtype=np.uint8)
    values[1:3, 2:5, 1:4] = Label.ICH
    values[2, 3, 4:7] = Label.IVH
    image = sitk.GetImageFromArray(values)
    image.SetOrigin(ORIGIN)
    image.SetSpacing(SPACING)
    image.SetDirection(DIRECTION)
    return image


@pytest.fixture
def scene() -> Any:
    pytest.importorskip("slicer", reason="slicer-core is not installed (extra: scene)")
    from HematomaExpansionLib.scene.bootstrap import ensure_scene

    scene = ensure_scene()
    scene.Clear(True)
    yield scene
    scene.Clear(True)


def _node(scene: Any, path: Path, verb: str, node: Any = None) -> Any:
    """Read or write a segmentation node with Slicer's own code for ``.seg.nrrd``."""
    node = node or scene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    storage = scene.AddNewNodeByClass("vtkMRMLSegmentationStorageNode")
    storage.SetFileName(str(path))
    assert getattr(storage, verb)(node) == 1
    return node


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "baseline.seg.nrrd"
    write_seg_nrrd(path, _labels(), class_styles({Label.ICH, Label.IVH, Label.OEDEMA}))
    segments = read_seg_nrrd(path)
    assert [segment.key for segment in segments] == ["ich", "ivh", "oedema"]
    assert [segment.name for segment in segments] == [
        APPEARANCE[label].name for label in (Label.ICH, Label.IVH, Label.OEDEMA)
    ]
    values = sitk.GetArrayFromImage(_labels())
    for segment, label in zip(segments, (Label.ICH, Label.IVH, Label.OEDEMA), strict=True):
        np.testing.assert_array_equal(sitk.GetArrayFromImage(segment.voxels), values == label)
        assert class_of_segment("", segment.terminology) == label
        assert segment.voxels.GetOrigin() == pytest.approx(ORIGIN)
        assert segment.voxels.GetDirection() == pytest.approx(DIRECTION)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    hashes = set()
    for name in ("first", "second"):
        path = tmp_path / name / "labels.seg.nrrd"
        write_seg_nrrd(path, _labels(), class_styles({Label.IVH, Label.ICH}))
        hashes.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(hashes) == 1


def test_the_header_has_the_fields_of_slicer(tmp_path: Path) -> None:
    path = tmp_path / "labels.seg.nrrd"
    write_seg_nrrd(path, _labels(), class_styles({Label.ICH, Label.IVH, Label.OEDEMA}))
    header = path.read_bytes().split(b"\n\n")[0].decode()
    for line in (
        "encoding: gzip",
        "space: left-posterior-superior",
        "Segment0_Color:=0.835 0.369 0",
        "Segment0_Extent:=1 3 2 4 1 2",
        "Segment0_LabelValue:=1",
        "Segment0_Layer:=0",
        "Segment0_Tags:=TerminologyEntry:" + terminology_entry(APPEARANCE[Label.ICH]) + "|",
        "Segment1_Extent:=4 6 3 3 2 2",
        "Segment2_Extent:=0 -1 0 -1 0 -1",
        "Segmentation_MasterRepresentation:=Binary labelmap",
    ):
        assert line in header.splitlines()


def test_nothing_of_the_source_file_is_carried_over(tmp_path: Path) -> None:
    labels = _labels()
    labels.SetMetaData("0010|0010", "A^Name")
    path = tmp_path / "labels.seg.nrrd"
    write_seg_nrrd(path, labels, class_styles({Label.ICH, Label.IVH}))
    assert b"A^Name" not in path.read_bytes()


def test_a_value_without_a_description_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.seg.nrrd"
    with pytest.raises(MaskError, match=r"no segment is described for the values \[2\]"):
        write_seg_nrrd(path, _labels(), class_styles({Label.ICH}))
    assert list(tmp_path.iterdir()) == []


def test_slicer_opens_it_with_names_colours_terminology_and_geometry(scene: Any, tmp_path: Path) -> None:
    import slicer
    import vtk
    from vtk.util.numpy_support import vtk_to_numpy

    path = tmp_path / "growth-1.seg.nrrd"
    styles = {
        1: SegmentStyle("new", "New blood", (0.8, 0.4, 0.0), terminology_entry(APPEARANCE[Label.ICH])),
        2: SegmentStyle("gone", "Resolved blood", (0.2, 0.4, 0.6), terminology_entry(APPEARANCE[Label.IVH])),
        3: SegmentStyle("same", "Stable blood", (0.1, 0.9, 0.3), terminology_entry(APPEARANCE[Label.ICH])),
    }
    write_seg_nrrd(path, _labels(), styles)
    segmentation = _node(scene, path, "ReadData").GetSegmentation()
    assert [segmentation.GetNthSegmentID(number) for number in range(3)] == ["new", "gone", "same"]
    values = sitk.GetArrayFromImage(_labels())
    for number, (value, style) in enumerate(styles.items()):
        segment = segmentation.GetNthSegment(number)
        assert segment.GetName() == style.name
        assert segment.GetColor() == pytest.approx(style.colour)
        entry = vtk.reference("")
        assert segment.GetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), entry)
        assert str(entry) == style.terminology
        labelmap = segment.GetRepresentation("Binary labelmap")
        scalars = vtk_to_numpy(labelmap.GetPointData().GetScalars())
        found = scalars == segment.GetLabelValue()
        assert np.count_nonzero(found) == np.count_nonzero(values == value)
        assert labelmap.GetSpacing() == pytest.approx(SPACING)
    # The whole grid of the scan is kept, not only the box that holds something.
    reference = slicer.vtkOrientedImageData()
    geometry = segmentation.GetConversionParameter("Reference image geometry")
    assert slicer.vtkSegmentationConverter.DeserializeImageGeometry(geometry, reference, False)
    assert reference.GetExtent() == (0, 7, 0, 5, 0, 3)
    # The first voxel of the ICH, index (1, 2, 1), in Slicer's world (RAS): the first two axes are negated.
    x, y, z = _labels().TransformIndexToPhysicalPoint((1, 2, 1))
    for grid in (labelmap, reference):
        matrix = vtk.vtkMatrix4x4()
        grid.GetImageToWorldMatrix(matrix)
        assert matrix.MultiplyPoint((1, 2, 1, 1))[:3] == pytest.approx((-x, -y, z))


@pytest.mark.parametrize("count", [1, 2])
def test_segments_that_overlap_keep_their_voxels_here_and_in_slicer(
    scene: Any, tmp_path: Path, count: int
) -> None:
    from vtk.util.numpy_support import vtk_to_numpy

    styles = list(class_styles({Label.ICH, Label.IVH}).values())
    # Any blood, and within it the part of the second class.
    masks = list(zip(styles, (_labels() > 0, _labels() == Label.IVH), strict=True))[:count]
    path = tmp_path / "baseline-markers.seg.nrrd"
    write_overlapping(path, masks)
    for segment, (style, mask) in zip(read_seg_nrrd(path), masks, strict=True):
        assert segment.key == style.key
        assert np.array_equal(sitk.GetArrayFromImage(segment.voxels), sitk.GetArrayFromImage(mask))
        assert segment.voxels.GetDirection() == pytest.approx(DIRECTION)
    segmentation = _node(scene, path, "ReadData").GetSegmentation()
    assert segmentation.GetNumberOfSegments() == count
    for number, (style, mask) in enumerate(masks):
        segment = segmentation.GetNthSegment(number)
        assert segment.GetName() == style.name
        scalars = vtk_to_numpy(segment.GetRepresentation("Binary labelmap").GetPointData().GetScalars())
        there = np.count_nonzero(scalars == segment.GetLabelValue())
        assert there == np.count_nonzero(sitk.GetArrayFromImage(mask)) > 0


def test_overlapping_segments_of_slicer_are_read_from_their_layers(scene: Any, tmp_path: Path) -> None:
    import slicer
    import vtk
    from vtk.util.numpy_support import vtk_to_numpy

    node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    boxes = {"ICH": np.s_[1:3, 1:4, 1:3], "IVH": np.s_[2:4, 2:4, 2:5], "Edema": np.s_[0, 0, 0]}
    for name, box in boxes.items():
        data = slicer.vtkOrientedImageData()
        data.SetDimensions(6, 5, 4)
        data.SetSpacing(1, 1, 2.5)
        data.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 1)
        values = vtk_to_numpy(data.GetPointData().GetScalars()).reshape(4, 5, 6)
        values[:] = 0
        values[box] = 1
        segment = slicer.vtkSegment()
        segment.SetName(name)
        segment.AddRepresentation("Binary labelmap", data)
        node.GetSegmentation().AddSegment(segment)
    node.GetSegmentation().CollapseBinaryLabelmaps(False)
    path = tmp_path / "reader.seg.nrrd"
    _node(scene, path, "WriteData", node)
    assert sitk.ReadImage(str(path)).GetNumberOfComponentsPerPixel() == 2
    segments = read_seg_nrrd(path)
    assert [segment.name for segment in segments] == list(boxes)
    for segment, box in zip(segments, boxes.values(), strict=True):
        expected = np.zeros((4, 5, 6), dtype=bool)
        expected[box] = True
        # Slicer's world is RAS: the voxels are compared where they lie, not by index.
        image = segment.voxels
        indices = np.argwhere(sitk.GetArrayFromImage(image))
        found = {
            tuple(np.round(image.TransformIndexToPhysicalPoint([int(i) for i in index[::-1]]), 6).tolist())
            for index in indices
        }
        assert found == {(-float(x), -float(y), 2.5 * z) for z, y, x in np.argwhere(expected).tolist()}


def test_a_labelmap_without_segments_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.nrrd"
    sitk.WriteImage(_labels(), str(path))
    with pytest.raises(MaskError, match=r"plain\.nrrd: holds no segments"):
        read_seg_nrrd(path)


def test_a_truncated_file_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "labels.seg.nrrd"
    write_seg_nrrd(path, _labels(), class_styles({Label.ICH, Label.IVH}))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UnreadableFile, match=r"labels\.seg\.nrrd"):
        read_seg_nrrd(path)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("Segmentation_MasterRepresentation", "Fractional labelmap", "holds a Fractional labelmap"),
        ("Segment1_Layer", "1", "segment 1 lies in layer 1; the file has 1"),
    ],
)
def test_a_file_that_would_be_misread_is_refused(
    field: str, value: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "labels.seg.nrrd"
    write_seg_nrrd(path, _labels(), class_styles({Label.ICH, Label.IVH}))
    image = sitk.ReadImage(str(path))
    image.SetMetaData(field, value)
    sitk.WriteImage(image, str(path))
    with pytest.raises(MaskError, match=message):
        read_seg_nrrd(path)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        *((look.name, label) for label, look in APPEARANCE.items()),
        *((look.key, label) for label, look in APPEARANCE.items()),
        ("IPH", Label.ICH),
        ("intraparenchymal_hemorrhage", Label.ICH),
        ("Haematoma", Label.ICH),
        ("Intraventricular bleed", Label.IVH),
        ("subdural haematoma", Label.EXTRA_AXIAL),
        ("PHE", Label.OEDEMA),
        ("Segment_1", None),
    ],
)
def test_a_segment_is_known_by_its_name(name: str, label: Label | None) -> None:
    assert class_of_segment(name, "") == label


@pytest.mark.parametrize(
    ("terminology", "label"),
    [
        ("list~SCT^49755003^~SCT^50960005^Hemorrhage~^^", Label.ICH),
        ("list~SCT^49755003^~SCT^50960005^Blutung~^^~list~SCT^83678007^Cerebrum~^^", Label.ICH),
        ("list~SCT^49755003^~SCT^50960005^Blutung~^^~list~SCT^35764002^Ventrikel~^^", Label.IVH),
        ("list~SCT^49755003^~SCT^79654002^~^^", Label.OEDEMA),
        ("list~SCT^85756007^Tissue~SCT^85756007^Tissue~^^~list~^^~^^", None),
        ("", None),
    ],
)
def test_a_segment_without_a_telling_name_is_known_by_its_codes(
    terminology: str, label: Label | None
) -> None:
    assert class_of_segment("Segment_1", terminology) == label

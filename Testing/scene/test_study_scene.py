"""A study shown in a scene, saved as .mrb, and found again in a new scene."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.errors import OutputError, UnreadableFile
from HematomaExpansionLib.labels import APPEARANCE, Label
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.report.marker_style import MARKER_STYLES
from HematomaExpansionLib.report.scores import span
from HematomaExpansionLib.scene.archive import load_scene, save_scene
from HematomaExpansionLib.scene.segmentations import labels_from_segmentation
from HematomaExpansionLib.scene.study_scene import StudyNodes, show_study
from HematomaExpansionLib.scene.tables import NOT_COMPUTED
from HematomaExpansionLib.scene.volumes import image_from_volume, local_matrix, volume_from_image
from HematomaExpansionLib.segmentation.segment_style import terminology_entry
from HematomaExpansionLib.study import Comparison, Study
from HematomaExpansionLib.volumetry.growth import GrowthLabel
from Testing.report.phantom import Bleed
from Testing.report.phantom import study as phantom_study
from Testing.scene.conftest import put_under


@pytest.fixture
def study() -> Study:
    """ICH with a dark ball in it and IVH that grow over 6 h, and a head that moved between the scans."""
    made = phantom_study(Bleed(ich_mm=15, hole_mm=6), Bleed(ich_mm=17, ivh_mm=8, hours=6.25))
    moved = sitk.Euler3DTransform()
    moved.SetTranslation((5.0, -3.0, 2.0))
    moved.SetRotation(0.0, 0.0, 0.1)
    return replace(made, comparisons=(Comparison("followup-1", moved, made.comparisons[0].growth),))


def hierarchy(scene: Any) -> Any:
    import slicer

    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)


def path_of(scene: Any, node: Any) -> list[str]:
    """Names of the items above a node, top first."""
    tree = hierarchy(scene)
    item, names = tree.GetItemParent(tree.GetItemByDataNode(node)), []
    while item != tree.GetSceneItemID():
        names.insert(0, tree.GetItemName(item))
        item = tree.GetItemParent(item)
    return names


def rows(table: Any) -> list[dict[str, str]]:
    titles = [table.GetColumnName(column) for column in range(table.GetNumberOfColumns())]
    return [
        {title: table.GetCellText(row, column) for column, title in enumerate(titles)}
        for row in range(table.GetNumberOfRows())
    ]


def assert_shows(scene: Any, nodes: StudyNodes, study: Study) -> None:
    """The scene holds the study: scans, labels, growth, registration, tables, and where each is filed."""
    for point, volume, segmentation in zip(study.timepoints, nodes.volumes, nodes.segmentations, strict=True):
        shown = sitk.DICOMOrient(image_from_volume(volume), "LPS")
        np.testing.assert_array_equal(sitk.GetArrayFromImage(shown), sitk.GetArrayFromImage(point.scan.image))
        assert shown.GetOrigin() == pytest.approx(point.scan.image.GetOrigin(), abs=1e-6)
        assert (volume.GetDisplayNode().GetWindow(), volume.GetDisplayNode().GetLevel()) == (80, 40)
        np.testing.assert_array_equal(
            sitk.GetArrayFromImage(labels_from_segmentation(segmentation, point.scan.image)),
            sitk.GetArrayFromImage(point.segmentation.labels),
        )
        segments = segmentation.GetSegmentation()
        assert list(segments.GetSegmentIDs()) == ["ich", "ivh"]
        for label in (Label.ICH, Label.IVH):
            segment = segments.GetSegment(APPEARANCE[label].key)
            assert segment.GetName() == APPEARANCE[label].name
            assert segment.GetColor() == pytest.approx(APPEARANCE[label].colour)
            assert segment.GetTerminology() == terminology_entry(APPEARANCE[label])
        reference = segmentation.GetReferenceImageGeometryReferenceRole()
        assert segmentation.GetNodeReferenceID(reference) == volume.GetID()
        assert not segmentation.GetDisplayNode().GetVisibility2DFill()
        assert segmentation.GetDisplayNode().GetVisibility2DOutline()
        for node in (volume, segmentation):
            assert path_of(scene, node) == ["Haematoma expansion", point.name]
    _assert_growth(scene, nodes, study)
    _assert_markers(scene, nodes, study)
    _assert_tables(scene, nodes, study)


def _assert_growth(scene: Any, nodes: StudyNodes, study: Study) -> None:
    import slicer

    (comparison,), (grown,), (transform,) = study.comparisons, nodes.growth, nodes.transforms
    values = sitk.GetArrayFromImage(comparison.growth)
    for value, key in zip(GrowthLabel, ("new", "stable", "resolved"), strict=True):
        found = slicer.util.arrayFromSegmentBinaryLabelmap(grown, key, nodes.volumes[1])
        np.testing.assert_array_equal(found, values == value)
    x, y, z = comparison.to_baseline.TransformPoint((10.0, 20.0, 30.0))
    moved = slicer.util.arrayFromTransformMatrix(transform) @ (-10.0, -20.0, 30.0, 1.0)
    np.testing.assert_allclose(moved, (-x, -y, z, 1), atol=1e-9)
    assert nodes.volumes[1].GetTransformNodeID() is None
    assert path_of(scene, transform) == path_of(scene, grown) == ["Haematoma expansion", "followup-1"]


def _assert_markers(scene: Any, nodes: StudyNodes, study: Study) -> None:
    """Three markers at the baseline, one over the other; none at the follow-up."""
    import slicer

    evidence, later = nodes.markers
    assert later is None
    segments = evidence.GetSegmentation()
    assert list(segments.GetSegmentIDs()) == ["hypodensity", "black_hole", "swirl"]
    for key in segments.GetSegmentIDs():
        style = MARKER_STYLES[Marker(key)]
        assert segments.GetSegment(key).GetName() == style.name
        assert segments.GetSegment(key).GetColor() == pytest.approx(style.colour)
        found = slicer.util.arrayFromSegmentBinaryLabelmap(evidence, key, nodes.volumes[0])
        np.testing.assert_array_equal(found, study.timepoints[0].markers.findings[Marker(key)].evidence)
    assert path_of(scene, evidence) == ["Haematoma expansion", "baseline"]


def _assert_tables(scene: Any, nodes: StudyNodes, study: Study) -> None:
    for row, scan in zip(rows(nodes.volumes_table), study.result.scans, strict=True):
        assert row["Scan"] == scan.timepoint
        assert float(row["Hours after baseline"]) == scan.hours_after_baseline
        assert float(row["Intraparenchymal haemorrhage (ICH) (mL)"]) == round(scan.volumes["ich"].ml, 2)
        assert float(row["Intraventricular haemorrhage (IVH) (mL)"]) == round(scan.volumes["ivh"].ml, 2)
        assert float(row["ICH + IVH (mL)"]) == round(scan.total_ml, 2)
        # Not told by the back-end is empty, not 0.
        assert row["Extra-axial haemorrhage (mL)"] == row["Perihaematomal oedema (mL)"] == ""
        assert row["ICH location"] == "right deep"
    (change,) = study.result.changes
    found = rows(nodes.expansion_table)
    assert [row["Definition"] for row in found] == [answer.name for answer in change.expansion]
    for row, answer in zip(found, change.expansion, strict=True):
        assert float(row["ICH change (mL)"]) == round(change.ich_ml, 2)
        assert row["Expanded"] == {True: "yes", False: "no"}[answer.expanded]
        assert row["Rule"] == answer.rule
        assert float(row["P (%)"]) == round(100 * answer.probability, 2)
    assert len(found) == 4
    present = {
        (row["Scan"], row["Marker"]) for row in rows(nodes.markers_table) if row["Present"] == "present"
    }
    assert present == {("baseline", name) for name in ("Hypodensity", "Black hole", "Swirl")}
    scores = rows(nodes.scores_table)
    computed = [(row["Scan"], row["Points"]) for row in scores if row["Scan"] != NOT_COMPUTED]
    assert computed == [(score.timepoint, span(score)) for score in study.result.scores.scores]
    assert [(row["Score"], row["Missing or why not"]) for row in scores[len(computed) :]] == [
        (absent.name, absent.reason) for absent in study.result.scores.unavailable
    ]
    for table in (nodes.volumes_table, nodes.expansion_table, nodes.markers_table, nodes.scores_table):
        assert path_of(scene, table) == ["Haematoma expansion"]


def test_shown(scene: Any, study: Study) -> None:
    nodes = show_study(study)
    assert_shows(scene, nodes, study)
    assert hierarchy(scene).GetItemLevel(nodes.folder) == "Study"


def test_saved_and_found_again(scene: Any, study: Study, tmp_path: Path) -> None:
    import slicer

    nodes = show_study(study)
    ids = {field: [node.GetName() for node in getattr(nodes, field)] for field in _TUPLES}
    file = tmp_path / "study.mrb"
    save_scene(file)
    assert [path.name for path in tmp_path.iterdir()] == ["study.mrb"]
    scene.Clear(True)
    assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 0
    load_scene(file)
    found = {field: tuple(map(slicer.util.getNode, names)) for field, names in ids.items()}
    names = ("Volumes", "Expansion", "Markers", "Scores")
    tables = {f"{name.lower()}_table": slicer.util.getNode(name) for name in names}
    found["markers"] = (slicer.util.getNode("baseline markers"), None)
    assert_shows(scene, StudyNodes(**found, **tables, folder=0), study)


_TUPLES = ("volumes", "segmentations", "transforms", "growth")


def test_volumes_of_the_user_are_used(scene: Any, study: Study) -> None:
    """In another axis order, moved with the scan by a rigid transform, and already filed under a study."""
    baseline = volume_from_image(sitk.DICOMOrient(study.timepoints[0].scan.image, "RAS"), "their CT")
    tree = hierarchy(scene)
    filed = tree.CreateStudyItem(tree.GetSceneItemID(), "their study")
    tree.CreateItem(filed, baseline)
    followup = volume_from_image(study.timepoints[1].scan.image, "their second CT")
    before = local_matrix(baseline)
    nodes = show_study(study, [baseline, followup])
    assert nodes.volumes == (baseline, followup)
    np.testing.assert_array_equal(local_matrix(baseline), before)
    assert path_of(scene, baseline) == path_of(scene, nodes.segmentations[0]) == ["their study"]
    assert path_of(scene, followup) == ["Haematoma expansion", "followup-1"]
    back = labels_from_segmentation(nodes.segmentations[0], study.timepoints[0].scan.image)
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(back), sitk.GetArrayFromImage(study.timepoints[0].segmentation.labels)
    )


def test_volume_that_had_to_be_corrected_gets_a_neighbour(scene: Any, study: Study) -> None:
    theirs = volume_from_image(study.timepoints[0].scan.image, "their CT")
    put_under(scene, theirs, np.array([[1, 0, 0, 0], [0, 1, 0.2, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]))
    nodes = show_study(study, [theirs])
    assert nodes.volumes[0] is not theirs
    assert nodes.volumes[0].GetName() == "baseline CT"
    assert_shows(scene, nodes, study)


def test_class_without_answer_has_no_segment(scene: Any) -> None:
    made = phantom_study(Bleed(ich_mm=12, classes=frozenset({Label.ICH})))
    (node,) = show_study(made).segmentations
    assert list(node.GetSegmentation().GetSegmentIDs()) == ["ich"]


def test_growth_of_a_registration_not_to_be_trusted_is_not_shown(scene: Any) -> None:
    nodes = show_study(phantom_study(Bleed(ich_mm=12), Bleed(ich_mm=17), trusted=False))
    assert nodes.growth == (None,)
    assert len(nodes.transforms) == 1


def test_no_patient_in_the_scene(scene: Any, study: Study, tmp_path: Path) -> None:
    show_study(study)
    names = [scene.GetNthNode(i).GetName() or "" for i in range(scene.GetNumberOfNodes())]
    assert not [name for name in names if "DOE" in name]


def test_files_that_are_no_scene(scene: Any, tmp_path: Path) -> None:
    volume_from_image(sitk.Image(4, 4, 4, sitk.sitkInt16), "CT")
    with pytest.raises(OutputError, match=r"study\.nii: a scene is saved as \.mrb"):
        save_scene(tmp_path / "study.nii")
    with pytest.raises(UnreadableFile, match=r"none\.mrb: is not there"):
        load_scene(tmp_path / "none.mrb")
    damaged = tmp_path / "damaged.mrb"
    damaged.write_text("no zip")
    with pytest.raises(UnreadableFile, match=r"damaged\.mrb: is damaged"):
        load_scene(damaged)
    assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 1, "what was open stays open"

"""The panel before and around an analysis: what is offered, and what is said when something is wrong."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.device import CHOICES
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.resources import resource
from HematomaExpansionLib.scene.archive import load_scene, save_scene
from HematomaExpansionLib.scene.segmentations import segmentation_from_labels
from HematomaExpansionLib.scene.volumes import volume_from_image
from HematomaExpansionLib.segmentation.backends import BACKENDS
from HematomaExpansionLib.segmentation.segment_style import class_styles
from HematomaExpansionLib.volumetry.expansion import Definition
from Testing.scene.conftest import put_under
from Testing.widget.conftest import sample, tick_until_done
from Testing.widget.doubles import MODULE


def small(name: str) -> Any:
    return volume_from_image(sitk.Image(12, 12, 12, sitk.sitkInt16), name)


def test_choices_are_those_of_the_library(panel: Any) -> None:
    from HematomaExpansionPanel import choices

    assert {each.value for each in choices.Segmenter} == set(BACKENDS)
    assert {each.value for each in choices.Definition} - {""} == {each.value for each in Definition}
    assert tuple(panel.parameters.kinds["device"].choices) == CHOICES


OPEN = """
import pathlib, sys, time
sys.path.insert(0, ".")
from HematomaExpansionLib.scene.bootstrap import ensure_scene
from Testing.widget.host import application

ensure_scene()
load, application.load_module = application.load_module, lambda: None
with application.hosted([], pathlib.Path("x")):
    start = time.process_time()
    module = load()
    print(time.process_time() - start)
    module.HematomaExpansionWidget().setup()
    print({"torch", "monai", "SimpleITK", "matplotlib", "pydantic"} & set(sys.modules))
"""


def test_imported_fast_and_opened_without_packages(qt: None) -> None:
    """In a fresh Python; what Slicer lacks, and what is slow, is not imported before Apply."""
    done = subprocess.run([sys.executable, "-c", OPEN], cwd=MODULE.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seconds, heavy = done.stdout.split("\n")[:2]
    assert float(seconds) < 1.0
    assert heavy == "set()"


def test_apply_is_offered_when_it_can_be_done(panel: Any) -> None:
    from HematomaExpansionPanel.choices import Segmenter

    assert not panel.ui.applyButton.enabled
    assert "baseline" in panel.ui.applyButton.toolTip
    first, second = small("CT"), small("CT 2")
    panel.parameters.baseline = first
    panel.parameters.followups = [first]
    assert not panel.ui.applyButton.enabled
    assert "same volume" in panel.ui.applyButton.toolTip
    panel.parameters.followups = [second]
    assert panel.ui.applyButton.enabled
    panel.ui.segmenterComboBox.setCurrentText("My own segmentations")
    assert panel.parameters.segmenter is Segmenter.OWN
    assert not panel.ui.applyButton.enabled
    assert panel.ui.applyButton.toolTip.startswith("Choose a segmentation of baseline, followup-1")
    assert not panel.ui.cancelButton.enabled


def test_widgets_follow_the_parameters_and_back(panel: Any) -> None:
    first, second, third = small("A"), small("B"), small("C")
    panel.ui.baselineSelector.setCurrentNode(second)
    assert panel.parameters.baseline is second
    from PySide6.QtCore import Qt

    panel.ui.followupsSelector.setCheckState(third, Qt.Checked)
    panel.ui.followupsSelector.setCheckState(first, Qt.Checked)
    assert panel.parameters.followups == [third, first], "in the order they were ticked"
    panel.ui.followupsSelector.setCheckState(third, Qt.Unchecked)
    assert panel.parameters.followups == [first]
    panel.ui.readerLineEdit.setText("AB")
    panel.ui.definitionComboBox.setCurrentIndex(1)
    assert (panel.parameters.reader, panel.parameters.definition.value) == ("AB", "che")


def test_two_patients_in_one_scene(panel: Any, module: Any) -> None:
    first, second = small("A"), small("B")
    panel.parameters.baseline = first
    other = panel.logic.newStudy()
    other.baseline = second
    panel.ui.studySelector.setCurrentNode(other.parameterNode)
    assert panel.parameters.baseline is second
    assert panel.ui.baselineSelector.currentNode() is second
    panel.ui.studySelector.setCurrentNode(panel.logic.getParameterNode().parameterNode)
    assert panel.parameters.baseline is first
    assert len(panel.logic.allStudies()) == 2


def test_patients_are_offered_though_slicer_hides_their_nodes(panel: Any) -> None:
    shown = panel.parameters.parameterNode
    assert shown.GetHideFromEditors(), "as every node of a scripted module"
    other = panel.logic.newStudy().parameterNode
    assert panel.ui.studySelector.currentNode() is shown
    assert panel.ui.studySelector.nodes() == [shown, other]


def test_opened_scene_shows_its_patient(panel: Any, scene: Any, tmp_path: Path) -> None:
    panel.parameters.baseline = small("A")
    panel.parameters.followups = [small("B"), small("C")]
    panel.parameters.reader = "AB"
    save_scene(tmp_path / "scene.mrb")
    scene.Clear(False)
    assert panel.parameters.reader == ""
    load_scene(tmp_path / "scene.mrb")
    assert [volume.GetName() for volume in panel.study.volumes] == ["A", "B", "C"]
    assert panel.ui.readerLineEdit.text == "AB"
    assert len(panel.logic.allStudies()) == 1


def test_scans_are_found(panel: Any, scene: Any) -> None:
    panel.ui.findButton.click()
    assert "No head CT is loaded" in panel.ui.statusLabel.text
    volumes = [sample(scene, name) for name in ("baseline", "followup-1")]
    panel.ui.findButton.click()
    assert panel.study.volumes == volumes
    assert len(panel.logic.allStudies()) == 1
    panel.ui.findButton.click()
    assert len(panel.logic.allStudies()) == 1, "they are known"


def test_cancel_leaves_the_scene_as_it_was(panel: Any, scene: Any, told: list[str], tmp_path: Path) -> None:
    panel.parameters.baseline = sample(scene, "baseline")
    nodes = scene.GetNumberOfNodes()
    panel.ui.applyButton.click()
    assert panel.ui.cancelButton.enabled
    assert not panel.ui.applyButton.enabled
    while "baseline" not in panel.ui.statusLabel.text:
        panel.run.onTick()
        time.sleep(0.02)
    panel.exit()
    panel.enter()
    start = time.monotonic()
    panel.ui.cancelButton.click()
    tick_until_done(panel, seconds=5)
    assert time.monotonic() - start < 2.0
    assert panel.ui.statusLabel.text == "cancelled; the scene is as it was"
    assert scene.GetNumberOfNodes() == nodes
    assert list((tmp_path / "temporary").iterdir()) == []
    assert told == []
    assert panel.parameters.record is None
    assert panel.ui.applyButton.enabled


def test_closing_the_scene_ends_the_analysis(panel: Any, scene: Any, tmp_path: Path) -> None:
    panel.parameters.baseline = sample(scene, "baseline")
    panel.ui.applyButton.click()
    process = panel.run.process._child._process
    scene.Clear(False)
    assert process.returncode is not None
    assert panel.run.process is None
    assert list((tmp_path / "temporary").iterdir()) == []
    assert panel.parameters.baseline is None
    assert not panel.ui.applyButton.enabled


def test_scan_removed_during_the_analysis(panel: Any, scene: Any, told: list[str]) -> None:
    panel.parameters.baseline = sample(scene, "baseline")
    panel.ui.applyButton.click()
    scene.RemoveNode(panel.parameters.baseline)
    panel.run.onTick()
    assert panel.parameters.baseline is None
    panel.ui.cancelButton.click()
    tick_until_done(panel, seconds=5)
    assert told == []
    assert panel.ui.applyButton.toolTip == "Choose the baseline CT."


def test_follow_up_that_is_missing(panel: Any, scene: Any, told: list[str]) -> None:
    """Without any, or when it was removed from the scene, the baseline is analysed alone."""
    first, second = small("A"), small("B")
    panel.parameters.baseline = first
    assert panel.ui.applyButton.enabled
    panel.parameters.followups = [second]
    assert panel.study.timepoints == ["baseline", "followup-1"]
    scene.RemoveNode(second)
    panel.refresh()
    assert panel.study.volumes == [first]
    assert panel.ui.applyButton.enabled
    assert told == []


def refused(panel: Any, told: list[str]) -> str:
    """Press Apply; the one line that was said, by the panel at once or by the process."""
    panel.ui.applyButton.click()
    tick_until_done(panel, 60)
    (line,) = told
    assert line == panel.ui.statusLabel.text
    assert "\n" not in line
    assert panel.ui.applyButton.enabled
    assert panel.run.process is None
    return line


def test_volume_that_is_no_head_ct(panel: Any, told: list[str]) -> None:
    image = sitk.GetImageFromArray(np.full((30, 64, 64), 40, np.int16))
    image.SetSpacing((3.0, 3.0, 5.0))
    panel.parameters.baseline = volume_from_image(image, "phantom")
    assert refused(panel, told).startswith("phantom: ")


def test_volume_under_a_transform_that_bends_it(panel: Any, scene: Any, told: list[str]) -> None:
    import vtk

    volume = sample(scene, "baseline")
    spline = vtk.vtkThinPlateSplineTransform()
    spline.SetBasisToR()
    source, target = vtk.vtkPoints(), vtk.vtkPoints()
    for index, point in enumerate([(0, 0, 0), (50, 0, 0), (0, 50, 0), (0, 0, 50), (30, 30, 30)]):
        source.InsertNextPoint(point)
        target.InsertNextPoint(point[0], point[1], point[2] + 4 * index)
    spline.SetSourceLandmarks(source)
    spline.SetTargetLandmarks(target)
    transform = scene.AddNewNodeByClass("vtkMRMLTransformNode", "warp")
    transform.SetAndObserveTransformToParent(spline)
    volume.SetAndObserveTransformNodeID(transform.GetID())
    panel.parameters.baseline = volume
    assert "bends or turns slices" in refused(panel, told)


def test_segmentation_of_another_geometry(panel: Any, scene: Any, told: list[str]) -> None:
    from HematomaExpansionPanel.choices import Segmenter

    volume = sample(scene, "baseline")
    far = volume_from_image(sitk.Image(12, 12, 12, sitk.sitkInt16), "elsewhere")
    labels = sitk.GetImageFromArray(np.ones((12, 12, 12), np.uint8))
    outline = segmentation_from_labels(labels, far, class_styles([Label.ICH]), "theirs")
    put_under(scene, outline, np.array([[1, 0, 0, 5000], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]))
    panel.parameters.baseline = volume
    panel.ui.segmentationSelector.setCurrentNode(outline)
    assert panel.parameters.segmenter is Segmenter.OWN
    assert refused(panel, told) == (
        "theirs: all of it lies outside the scan; it must be drawn on the same scan"
    )


def test_segments_of_unknown_names_are_mapped(panel: Any, scene: Any, told: list[str]) -> None:
    """Outlines of another module: one segment is recognised, one is not until the user says what it is."""
    volume = sample(scene, "baseline")
    labels = sitk.ReadImage(resource("sample", "baseline-labels.nii.gz"), sitk.sitkUInt8)
    outline = segmentation_from_labels(labels, volume, class_styles([Label.ICH, Label.IVH]), "theirs")
    for name, shown in {"ich": "Clot 1", "ivh": "intraventricular haemorrhage"}.items():
        segment = outline.GetSegmentation().GetSegment(name)
        segment.SetName(shown)
        segment.RemoveTag("TerminologyEntry")
    panel.parameters.baseline = volume
    panel.ui.segmentationSelector.setCurrentNode(outline)
    boxes = panel.steps["segments"].boxes
    assert {name: box.itemText(0) for name, box in boxes.items()} == {
        "Clot 1": "not recognised: choose",
        "intraventricular haemorrhage": "Intraventricular haemorrhage (IVH), recognised",
    }
    assert refused(panel, told).startswith('theirs: segment "Clot 1" is of no known class')
    boxes["Clot 1"].setCurrentText("Intraparenchymal haemorrhage (ICH)")
    assert panel.study.mapping == {"Clot 1": "ich"}
    panel.ui.applyButton.click()
    assert panel.run.process is not None
    assert len(told) == 1
    panel.run.stop()
    panel.refresh()
    panel.ui.segmenterComboBox.setCurrentText("Density threshold")
    assert panel.steps["segments"].boxes == {}
    assert panel.ui.segmentsTable.height == 0


def test_clinical_value_that_is_impossible(panel: Any, scene: Any, told: list[str]) -> None:
    panel.parameters.baseline = sample(scene, "baseline")
    panel.parameters.clinical = '{"age_years": "400"}'
    assert refused(panel, told) == "age_years: 400 is not possible; 0 to 120 years is allowed"


def test_blast_ct_asks_for_the_extension_that_brings_torch(
    panel: Any, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "PyTorchUtils")
    panel.parameters.baseline = small("CT")
    panel.ui.segmenterComboBox.setCurrentText("BLAST-CT networks")
    assert refused(panel, told) == (
        "blast-ct needs PyTorch: install the PyTorch extension and restart, or choose threshold"
    )


def test_error_of_the_process_is_its_line(
    panel: Any, scene: Any, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights that are not there: the process says so and ends with code 4."""
    empty = tmp_path / "no weights"
    empty.mkdir()
    monkeypatch.setenv("HEMATOMA_EXPANSION_MODELS", str(empty))
    panel.parameters.baseline = sample(scene, "baseline")
    panel.ui.segmenterComboBox.setCurrentText("BLAST-CT networks")
    monkeypatch.setattr(panel.logic, "ensurePackages", lambda segmenter: None)
    nodes = scene.GetNumberOfNodes()
    panel.ui.applyButton.click()
    tick_until_done(panel)
    (line,) = told
    assert line == panel.ui.statusLabel.text
    assert "blast-ct" in line
    assert "\n" not in line
    assert line in panel.ui.logText.toPlainText()
    assert scene.GetNumberOfNodes() == nodes


def test_self_test_passes_here_too(module: Any) -> None:
    module.HematomaExpansionTest().runTest()


def test_panel_is_as_high_as_what_it_shows(panel: Any) -> None:
    """Slicer's module panel gives a module its least height once the user was in another one."""
    from Testing.widget.host.application import application, show_panel

    window = show_panel(panel, 440, 800)
    root = panel.ui.HematomaExpansion
    panel.ui.clinicalButton.collapsed = True
    application().processEvents()
    closed = root.minimumHeight
    assert closed == root.layout().heightForWidth(root.width) > 400
    panel.ui.statusLabel.text = "A sentence that is wrapped. " * 20
    panel.refresh()
    application().processEvents()
    assert root.minimumHeight > closed + 50
    higher = root.minimumHeight
    panel.ui.scansButton.collapsed = True
    application().processEvents()
    assert root.minimumHeight < higher
    window.takeWidget()

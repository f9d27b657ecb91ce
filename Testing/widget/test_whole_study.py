"""One study through the panel with the real library: from two volumes to a saved scene and back."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.prediction.model_bundle import SIMULATED, save_predictor
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.zhong2021.volume import ZhongVolume
from HematomaExpansionLib.scene.archive import load_scene, save_scene
from HematomaExpansionLib.scene.head_ct import head_ct_from_volume
from HematomaExpansionLib.scene.segmentations import labels_from_segmentation
from HematomaExpansionLib.scene.study_record import recorded
from Testing.widget.conftest import sample, texts, tick_until_done


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Zhong's volume model of eight patients."""
    grew = {4: False, 6: False, 9: True, 11: False, 14: True, 18: False, 25: True, 40: True}
    patients = [Patient(values={"ich_ml": float(ml)}, expansion=outcome) for ml, outcome in grew.items()]
    folder = tmp_path / "model"
    save_predictor(ZhongVolume.fit(patients, seed=0), folder, training={}, metrics={}, simulated=True)
    return folder


def without_timing(text: str) -> dict[str, Any]:
    result = json.loads(text)
    result.pop("door")
    result["stages"] = [stage["name"] for stage in result["stages"]]
    return result


def test_whole_study(
    panel: Any, scene: Any, sample_record: Path, demo: Any, model: Path, told: list[str], tmp_path: Path
) -> None:
    from Testing.widget.host.qt_classes import DesktopServices, FileDialog

    for name in ("baseline", "followup-1"):
        sample(scene, name)
    panel.ui.findButton.click()
    FileDialog.answer = str(sample_record)
    panel.ui.loadClinicalButton.click()
    panel.ui.applyButton.click()
    seen = tick_until_done(panel)
    stages = {text.split(": ")[0] + ": " + text.split(": ")[1] for _, text in seen if ": " in text}
    assert {"baseline: segmentation", "followup-1: comparison"} <= stages
    assert told == []
    same_as_the_shell(panel, demo[1])

    before = panel.study.result.scans[0].volumes["ich"]
    add_a_voxel(panel)
    panel.parameters.followups = []
    panel.ui.applyButton.click()
    tick_until_done(panel)
    result = panel.study.result
    assert result.options["segmenter"] == "mask"
    assert result.scans[0].volumes["ich"].voxels == before.voxels + 1
    assert len(result.scans) == 1

    panel.ui.readerLineEdit.setText("AB")
    panel.steps["markers"].boxes["blend"].setCurrentText("present")
    panel.ui.clinicalButton.collapsed = False
    panel.steps["clinical"].inputs["nihss"].setText("20")
    panel.steps["clinical"].inputs["nihss"].editingFinished.emit()
    assert panel.study.result.clinical["nihss"] == 20

    panel.ui.modelPathLineEdit.currentPath = str(model)
    panel.ui.predictButton.click()
    tick_until_done(panel)
    (predicted,) = texts(panel.ui.predictionsTable)
    assert predicted[0] == "zhong2021-volume"
    assert 0 < float(predicted[2].removesuffix(" %")) < 100
    assert panel.ui.predictionLabel.text.startswith(SIMULATED)

    DesktopServices.opened.clear()
    panel.ui.openReportButton.click()
    tick_until_done(panel)
    (report,) = map(Path, DesktopServices.opened)
    written = json.loads((report.parent / "result.json").read_text())
    assert written["clinical"]["nihss"] == 20
    assert [each["model"] for each in written["predictions"]] == ["zhong2021-volume"]
    blend = next(each for each in written["scans"][0]["markers"]["markers"] if each["marker"] == "blend")
    assert (blend["value"], blend["decided_by"]) == ("present", "AB")
    assert told == []
    found_again(panel, scene, tmp_path / "scene.mrb")


@pytest.fixture
def sample_record(sample: Path) -> Path:
    return sample / "clinical.yaml"


def same_as_the_shell(panel: Any, demo: Path) -> None:
    """What the report's folder holds is what the shell wrote for the same files."""
    ours = (panel.study.report / "result.json").read_text()
    assert without_timing(ours) == without_timing((demo / "result.json").read_text())
    assert json.loads(ours)["door"] == "slicer"
    assert json.loads(panel.study.result.model_dump_json()) == json.loads(ours)
    assert {each.name for each in panel.study.report.iterdir()} == {each.name for each in demo.iterdir()}


def add_a_voxel(panel: Any) -> None:
    """What Segment Editor does: one voxel beside the clot more, in the segment of the ICH."""
    import slicer

    node, volume = panel.study.segmentation("baseline"), panel.study.volumes[0]
    panel.steps["segmentation"].edited()
    there = slicer.util.arrayFromSegmentBinaryLabelmap(node, "ich", volume)
    k, j, i = np.argwhere(there)[0]
    assert not there[k, j - 1, i]
    there[k, j - 1, i] = 1
    slicer.util.updateSegmentBinaryLabelmapFromArray(there, node, "ich", volume)


def found_again(panel: Any, scene: Any, file: Path) -> None:
    """Save, close, open: every value is there."""
    said = [texts(getattr(panel.ui, name)) for name in ("volumesTable", "markersTable", "scoresTable")]
    result, entries = panel.study.result, panel.study.entries
    reader, model = panel.parameters.reader, panel.parameters.model
    scan = head_ct_from_volume(panel.study.volumes[0]).image
    labels = labels_from_segmentation(panel.study.segmentation("baseline"), scan)
    save_scene(file)
    scene.Clear(False)
    assert panel.study.result is None
    load_scene(file)
    assert len(panel.logic.allStudies()) == 1
    assert panel.study.result == result
    assert panel.study.entries == entries
    assert (panel.parameters.reader, panel.parameters.model) == (reader, model)
    assert panel.parameters.segmenter.value == "mask"
    assert [
        texts(getattr(panel.ui, name)) for name in ("volumesTable", "markersTable", "scoresTable")
    ] == said
    assert panel.steps["markers"].boxes["blend"].currentText == "present"
    again = labels_from_segmentation(panel.study.segmentation("baseline"), scan)
    assert recorded(panel.study.record, "segmentations", "baseline") is panel.study.segmentation("baseline")
    np.testing.assert_array_equal(sitk.GetArrayFromImage(again), sitk.GetArrayFromImage(labels))

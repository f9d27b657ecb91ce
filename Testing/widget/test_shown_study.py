"""The steps of the panel on the sample study, which the shell has analysed."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from HematomaExpansionLib.clinical.record import ClinicalRecord
from HematomaExpansionLib.prediction.model_bundle import save_predictor
from HematomaExpansionLib.prediction.ning2025_deep.cnn import NingCnn
from HematomaExpansionLib.prediction.ning2025_deep.settings import NingSettings
from HematomaExpansionLib.prediction.predictor import Threshold
from HematomaExpansionLib.prediction.shipped import shipped
from HematomaExpansionLib.scene.study_record import recorded
from HematomaExpansionLib.scene.two_by_two import BASELINE, GROWTH, pane, panes
from Testing.widget.conftest import texts, tick_until_done


def points(panel: Any, score: str) -> str:
    """Of a score at the baseline, as the panel shows them."""
    return next(row[2] for row in texts(panel.ui.scoresTable) if row[:2] == [score, "baseline"])


def test_change(shown: Any) -> None:
    assert "expansion by all four definitions" in shown.ui.headlineLabel.text
    volumes = {row[0]: row[1:] for row in texts(shown.ui.volumesTable)}
    result = shown.study.result
    assert volumes["ICH"] == [f"{scan.volumes['ich'].ml:.1f} mL" for scan in result.scans]
    assert volumes["Location"] == ["Left deep"] * 2
    assert shown.ui.answerLabel.text.count(": yes") == 4
    shown.ui.definitionComboBox.setCurrentText("Revised 1 (rHE-1)")
    assert shown.ui.answerLabel.text.startswith("Revised expansion 1")
    assert len(shown.ui.answerLabel.text.splitlines()) == 1
    (ich, *_rest) = texts(shown.ui.changeTable)
    low, high = (float(end.replace("\N{MINUS SIGN}", "-")) for end in ich[4].split(" to "))
    assert low < result.changes[0].ich_ml < high


def test_segmentation_is_edited_elsewhere(shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Segment Editor gets outline and scan; from then on the outlines as they are count."""
    import slicer
    from HematomaExpansionPanel.choices import Segmenter

    told: dict[str, Any] = {}
    editor = SimpleNamespace(
        setSegmentationNode=lambda node: told.update(segmentation=node),
        setSourceVolumeNode=lambda node: told.update(volume=node),
    )
    monkeypatch.setattr(slicer.util, "selectModule", lambda name: told.update(module=name))
    widget = SimpleNamespace(editor=editor)
    monkeypatch.setattr(slicer.modules, "SegmentEditorWidget", widget, raising=False)
    shown.ui.panesButton.click()
    shown.ui.reviewedCheckBox.setChecked(True)
    shown.ui.segmentationScanComboBox.setCurrentText("followup-1")
    node = shown.study.segmentation("followup-1")
    assert shown.ui.segmentationSelector.currentNode() is node
    shown.ui.visibleCheckBox.setChecked(False)
    assert not node.GetDisplayNode().GetVisibility()
    shown.ui.visibleCheckBox.setChecked(True)
    assert node.GetDisplayNode().GetNumberOfViewNodeIDs() == 1
    shown.ui.editButton.click()
    assert told == {"module": "SegmentEditor", "segmentation": node, "volume": shown.study.volumes[1]}
    assert node.GetDisplayNode().GetNumberOfViewNodeIDs() == 0, "it is seen in every view"
    assert shown.parameters.segmenter is Segmenter.OWN
    assert not shown.parameters.reviewed
    assert shown.study.stale
    assert shown.ui.applyButton.enabled


def test_four_panes(shown: Any) -> None:
    """Follow-up and growth look at the place of the baseline; outlines stand in their own pane only."""
    shown.ui.panesButton.click()
    views = panes()
    baseline, followup = shown.study.volumes
    backgrounds = [each.composite.GetBackgroundVolumeID() for each in views.values()]
    assert backgrounds == [baseline.GetID(), followup.GetID(), followup.GetID()]
    display = baseline.GetDisplayNode()
    assert (display.GetWindow(), display.GetLevel()) == (80.0, 40.0)
    record = shown.study.record
    growth = recorded(record, "growth", "followup-1").GetDisplayNode()
    assert [growth.GetNthViewNodeID(n) for n in range(growth.GetNumberOfViewNodeIDs())] == [
        pane(GROWTH).slice.GetID()
    ]
    assert growth.GetVisibility2DFill()
    outlines = recorded(record, "segmentations", "baseline").GetDisplayNode()
    assert outlines.IsDisplayableInView(pane(BASELINE).slice.GetID())
    assert not outlines.IsDisplayableInView(pane(GROWTH).slice.GetID())
    shown.ui.volumesPlotButton.click()
    assert shown.parameters.volumesChart.GetNumberOfPlotSeriesNodes() == 3


def test_marker_is_jumped_to_and_overruled(shown: Any, told: list[str]) -> None:
    shown.ui.panesButton.click()
    table = shown.ui.markersTable
    names = [row[0] for row in texts(table)]
    before = pane(BASELINE).slice.GetSliceToRAS().GetElement(0, 3)
    table.setCurrentCell(names.index("Swirl"), 0)
    assert pane(BASELINE).slice.GetSliceToRAS().GetElement(0, 3) != before
    assert points(shown, "BAT score") == "4"
    blend = shown.steps["markers"].boxes["blend"]
    blend.setCurrentText("present")
    assert told == ["blend: an override needs the reader's name; '' is none"]
    assert blend.currentText == "", "it does not count"
    shown.ui.readerLineEdit.setText("AB")
    blend.setCurrentText("present")
    # Blend sign 1 point (BAT: blend 1, hypodensity 2, under 2.5 h 2).
    assert points(shown, "BAT score") == "5"
    assert texts(table)[names.index("Blend")][3] == "present (AB)"
    assert texts(table)[names.index("Blend")][1].startswith("absent")
    assert shown.study.stale
    blend.setCurrentText("")
    assert points(shown, "BAT score") == "4"
    assert len(told) == 1


def test_clinical_form(shown: Any, told: list[str], tmp_path: Path) -> None:
    from Testing.widget.host.qt_classes import FileDialog

    shown.ui.clinicalButton.collapsed = False
    form = shown.steps["clinical"]
    assert list(form.inputs) == list(ClinicalRecord.model_fields)
    assert form.inputs["nihss"].text == "14"
    assert form.inputs["antiplatelet"].currentText == "yes"
    shown.ui.clearClinicalButton.click()
    assert shown.study.clinical is None
    form.inputs["glucose_mg_dl"].setText("7.9")
    form.units["glucose_mg_dl"].setCurrentText("mmol/L")
    form.inputs["sex"].setCurrentText("female")
    form.inputs["warfarin"].setCurrentText("yes")
    # 7.9 mmol/L x 18.0156 = 142.32 mg/dL
    assert shown.study.clinical.glucose_mg_dl == pytest.approx(142.32, abs=0.01)
    assert shown.study.clinical.warfarin is True
    form.inputs["age_years"].setText("400")
    form.inputs["age_years"].editingFinished.emit()
    assert "400 is not possible" in shown.ui.clinicalLabel.text
    form.inputs["age_years"].setText("72")
    form.inputs["age_years"].editingFinished.emit()
    assert shown.ui.clinicalLabel.text == ""
    FileDialog.answer = str(tmp_path / "record.json")
    shown.ui.saveClinicalButton.click()
    shown.ui.clearClinicalButton.click()
    assert shown.study.entries == {}
    assert form.inputs["age_years"].text == ""
    shown.ui.loadClinicalButton.click()
    assert shown.study.clinical.age_years == 72
    assert form.inputs["sex"].currentText == "female"
    FileDialog.answer = str(tmp_path / "none.json")
    shown.ui.loadClinicalButton.click()
    assert len(told) == 1
    assert "none.json" in told[0]


def test_score_is_plotted(shown: Any) -> None:
    row = next(n for n, cells in enumerate(texts(shown.ui.scoresTable)) if cells[0] == "ICH score")
    shown.ui.scoresTable.setCurrentCell(row, 0)
    shown.ui.scorePlotButton.click()
    chart = shown.parameters.scoreChart
    assert chart.GetTitle() == "ICH score, baseline"
    assert chart.GetNumberOfPlotSeriesNodes() == 5
    shown.ui.scorePlotButton.click()
    assert shown.parameters.scoreChart is not chart
    assert chart.GetScene() is None, "the chart before is gone"


def test_report_is_opened_and_saved(shown: Any, tmp_path: Path) -> None:
    from Testing.widget.host.qt_classes import DesktopServices, FileDialog

    DesktopServices.opened.clear()
    shown.ui.openReportButton.click()
    assert [Path(name).name for name in DesktopServices.opened] == ["report.html"]
    FileDialog.answer = str(tmp_path / "saved")
    shown.ui.saveReportButton.click()
    assert (tmp_path / "saved" / "report.pdf").is_file()
    assert "no reader reviewed" in shown.ui.reportLabel.text
    shown.ui.reviewedCheckBox.setChecked(True)
    assert "a reader reviewed" in shown.ui.reportLabel.text
    shown.parameters.clinical = '{"age_years": "71"}'
    assert "made anew" in shown.ui.reportLabel.text
    assert not shown.ui.saveReportButton.enabled


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A small network of Ning 2025 with random weights: it says nothing, and looks at the clot."""
    torch.manual_seed(1)
    settings = NingSettings("resnet101", 2, 96, 4, (1, 1, 1, 1))
    made = settings.network()
    (last,) = (layer for layer in made.modules() if isinstance(layer, torch.nn.Linear))
    with torch.no_grad():
        # Evidence for expansion, whatever the features.
        last.weight.abs_()
    predictor = NingCnn(settings, made.eval(), Threshold(0.5, "by hand"), "cpu")
    folder = tmp_path / "network"
    save_predictor(predictor, folder, training={}, metrics={}, simulated=True)
    return folder


def test_model_of_the_extension_is_chosen_by_name(shown: Any, told: list[str], tmp_path: Path) -> None:
    """It answers and shows its evidence; a folder is asked for only where the model is the user's own."""
    box, folder = shown.ui.modelComboBox, shown.ui.modelPathLineEdit
    names = [box.itemText(index) for index in range(box.count)]
    assert names == ["from a folder", *shipped()]
    assert not shown.ui.predictButton.enabled
    box.setCurrentText("zhong2021-simulated")
    assert shown.parameters.model == "zhong2021-simulated"
    assert not folder.enabled
    assert folder.currentPath == ""
    shown.ui.predictButton.click()
    tick_until_done(shown)
    assert told == []
    assert [row[0] for row in texts(shown.ui.predictionsTable)] == ["zhong2021-cnn"]
    assert shown.parameters.heatMap is not None
    box.setCurrentIndex(0)
    assert shown.parameters.model == ""
    assert folder.enabled
    assert not shown.ui.predictButton.enabled
    folder.currentPath = str(tmp_path / "none")
    assert box.currentIndex == 0
    shown.ui.predictButton.click()
    (said,) = told
    assert said.startswith(f"{tmp_path / 'none'}: no such folder, and no model of that name")


def test_network_shows_its_evidence(shown: Any, network: Path, told: list[str]) -> None:
    """The heat map lies over the baseline, within the clot's box, and goes with the next question."""
    import slicer

    shown.ui.modelPathLineEdit.currentPath = str(network)
    shown.ui.predictButton.click()
    tick_until_done(shown)
    assert told == []
    (row,) = texts(shown.ui.predictionsTable)
    assert row[0] == "ning2025-cnn"
    heat = shown.parameters.heatMap
    assert pane(BASELINE).composite.GetBackgroundVolumeID() == shown.study.volumes[0].GetID(), "unasked"
    assert pane(BASELINE).composite.GetForegroundVolumeID() == heat.GetID()
    shown.ui.panesButton.click()
    assert pane(BASELINE).composite.GetForegroundVolumeID() == heat.GetID(), "it stays"
    values = slicer.util.arrayFromVolume(heat)
    assert (values.min(), values.max()) == (0.0, 1.0)
    clot = slicer.util.arrayFromSegmentBinaryLabelmap(
        shown.study.segmentation("baseline"), "ich", shown.study.volumes[0]
    )
    slices = np.nonzero(values.any(axis=(1, 2)))[0]
    bled = np.nonzero(clot.any(axis=(1, 2)))[0]
    assert bled.min() - 2 <= slices.min() <= slices.max() <= bled.max() + 2
    shown.ui.predictButton.click()
    tick_until_done(shown)
    assert heat.GetScene() is None
    assert shown.parameters.heatMap is not None

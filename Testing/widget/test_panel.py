"""The panel on test doubles, the analysis in its real process, the scene of slicer-core."""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.device import CHOICES
from HematomaExpansionLib.resources import resource
from HematomaExpansionLib.scene.volumes import volume_from_image
from HematomaExpansionLib.segmentation.backends import BACKENDS
from Testing.scene.conftest import load


@pytest.fixture
def panel(module: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An open panel; temporary folders of its analyses would be under ``tmp_path``."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    widget = module.HematomaExpansionWidget()
    widget.setup()
    yield widget
    widget.cleanup()


def choose(panel: Any, baseline: Any, followup: Any = None) -> None:
    panel.parameters.baseline, panel.parameters.followup = baseline, followup


def tick_until_done(panel: Any, seconds: float = 240) -> list[tuple[int, str]]:
    """Let the timer tick; what the progress bar and the label said on the way."""
    seen = []
    deadline = time.monotonic() + seconds
    while panel.timer.active:
        assert time.monotonic() < deadline, panel.ui.statusLabel.text
        panel.timer.tick()
        seen.append((panel.ui.progressBar.value, panel.ui.statusLabel.text))
        time.sleep(0.05)
    return seen


def sample(scene: Any, name: str) -> Any:
    return load(scene, resource("sample", f"{name}.nii.gz"), name=name)


def test_choices_are_those_of_the_library(panel: Any) -> None:
    assert set(panel.parameters.choices("segmenter")) == set(BACKENDS) - {"mask"}
    assert tuple(panel.parameters.choices("device")) == CHOICES


def test_apply_is_offered_when_it_can_be_done(panel: Any, scene: Any) -> None:
    assert not panel.ui.applyButton.enabled
    assert "baseline" in panel.ui.applyButton.toolTip
    volume = volume_from_image(sitk.Image(4, 4, 4, sitk.sitkInt16), "CT")
    choose(panel, volume, volume)
    assert not panel.ui.applyButton.enabled
    assert "same volume" in panel.ui.applyButton.toolTip
    choose(panel, volume)
    assert panel.ui.applyButton.enabled
    assert not panel.ui.cancelButton.enabled


def test_whole_study(panel: Any, scene: Any, told: list[str], tmp_path: Path) -> None:
    choose(panel, sample(scene, "baseline"), sample(scene, "followup-1"))
    panel.ui.applyButton.click()
    assert panel.ui.cancelButton.enabled
    assert panel.ui.progressBar.visible
    assert not panel.ui.applyButton.enabled
    panel.exit()
    seen = tick_until_done(panel)
    assert {"baseline: segmentation", "followup-1: comparison", "report"} <= {
        stage for _, text in seen for stage in (text, ": ".join(text.split(": ")[:2]))
    }
    assert {0, 100} <= {value for value, _ in seen}
    assert told == []
    assert "expansion by all four definitions" in panel.ui.statusLabel.text
    panel.enter()
    tables = panel.ui.volumesTableView.table, panel.ui.expansionTableView.table
    assert [table.GetNumberOfRows() for table in tables] == [2, 4]
    assert [panel.parameters.volumesTable, panel.parameters.expansionTable] == list(tables)
    assert panel.ui.applyButton.enabled
    assert not panel.ui.progressBar.visible
    assert list(tmp_path.iterdir()) == []


def test_cancel_leaves_the_scene_as_it_was(panel: Any, scene: Any, told: list[str], tmp_path: Path) -> None:
    choose(panel, sample(scene, "baseline"))
    nodes = scene.GetNumberOfNodes()
    panel.ui.applyButton.click()
    while "baseline" not in panel.ui.statusLabel.text:
        panel.timer.tick()
        time.sleep(0.05)
    start = time.monotonic()
    panel.ui.cancelButton.click()
    tick_until_done(panel, seconds=5)
    assert time.monotonic() - start < 3.0
    assert panel.ui.statusLabel.text == "cancelled; the scene is as it was"
    assert scene.GetNumberOfNodes() == nodes
    assert list(tmp_path.iterdir()) == []
    assert told == []
    assert panel.ui.applyButton.enabled


def test_closing_the_scene_ends_the_analysis(panel: Any, scene: Any, tmp_path: Path) -> None:
    panel.parent = type("Parent", (), {"isEntered": True})
    choose(panel, sample(scene, "baseline"))
    panel.ui.applyButton.click()
    process = panel.logic.analysis._process
    scene.Clear(False)
    assert process.returncode is not None
    assert panel.logic.analysis is None
    assert not panel.timer.active
    assert list(tmp_path.iterdir()) == []
    assert panel.parameters.baseline is None
    assert not panel.ui.applyButton.enabled


def test_volume_that_is_no_head_ct_is_one_line(panel: Any, scene: Any, told: list[str]) -> None:
    image = sitk.GetImageFromArray(np.full((30, 64, 64), 40, np.int16))
    image.SetSpacing((3.0, 3.0, 5.0))
    choose(panel, volume_from_image(image, "phantom"))
    panel.ui.applyButton.click()
    (line,) = told
    assert line == panel.ui.statusLabel.text
    assert line.startswith("phantom: ")
    assert "\n" not in line
    assert panel.ui.applyButton.enabled
    assert not panel.timer.active


def test_error_of_the_process_is_its_line(
    panel: Any, scene: Any, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights that are not there: the process says so and ends with code 4."""
    empty = tmp_path / "no weights"
    empty.mkdir()
    monkeypatch.setenv("HEMATOMA_EXPANSION_MODELS", str(empty))
    choose(panel, sample(scene, "baseline"))
    nodes = scene.GetNumberOfNodes()
    panel.logic.start(panel.parameters.baseline, None, "blast-ct")
    panel.timer.start()
    tick_until_done(panel)
    (line,) = told
    assert line == panel.ui.statusLabel.text
    assert "blast-ct" in line
    assert "\n" not in line
    assert scene.GetNumberOfNodes() == nodes
    assert list(tmp_path.iterdir()) == [empty]


def test_blast_ct_asks_for_the_extension_that_brings_torch(
    panel: Any, scene: Any, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "PyTorchUtils")
    choose(panel, volume_from_image(sitk.Image(4, 4, 4, sitk.sitkInt16), "CT"))
    panel.parameters.segmenter = "blast-ct"
    panel.ui.applyButton.click()
    assert told == ["blast-ct needs PyTorch: install the PyTorch extension and restart, or choose threshold"]
    assert panel.ui.applyButton.enabled


def test_self_test_passes_here_too(module: Any) -> None:
    module.HematomaExpansionTest().runTest()

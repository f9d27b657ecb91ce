"""The real module file, loaded on slicer-core with test doubles for what only the application has."""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from HematomaExpansionLib.clinical import read_clinical
from HematomaExpansionLib.resources import resource
from HematomaExpansionLib.scene.analysis_process import Finding
from HematomaExpansionLib.scene.clinical_form import entries_of_record
from HematomaExpansionLib.scene.head_ct import head_ct_from_volume
from HematomaExpansionLib.scene.study_folder import read_result, show_study_folder
from Testing.scene.conftest import load
from Testing.scene.conftest import scene as scene


@pytest.fixture
def told() -> list[str]:
    """The messages shown to the user."""
    return []


@pytest.fixture
def qt() -> None:
    """PySide6 with the libraries of Debian that it needs."""
    reason = "PySide6 cannot be imported (extra: test; libraries: debian-packages.txt)"
    pytest.importorskip("PySide6.QtWidgets", reason=reason, exc_type=ImportError)


@pytest.fixture
def module(scene: Any, qt: None, told: list[str], tmp_path: Path) -> Iterator[Any]:
    """``HematomaExpansion.py`` as Slicer would import it."""
    from Testing.widget.host.application import hosted

    with hosted(told, tmp_path / "application") as loaded:
        yield loaded


@pytest.fixture
def panel(module: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An open panel; the temporary folders of its analyses are under ``tmp_path / "temporary"``."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    # Qt swallows what a slot raises.
    raised: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, traceback: raised.append(error))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    widget = module.HematomaExpansionWidget(type("Parent", (), {"isEntered": True}))
    widget.setup()
    yield widget
    widget.cleanup()
    if raised:
        raise raised[0]


@pytest.fixture
def shown(panel: Any, scene: Any, demo: Any) -> Any:
    """A panel that shows the sample study, as if it had analysed it."""
    from HematomaExpansionPanel.analysis import show

    volumes = [sample(scene, name) for name in ("baseline", "followup-1")]
    panel.parameters.baseline, panel.parameters.followups = volumes[0], volumes[1:]
    record = read_clinical(resource("sample", "clinical.yaml"))
    panel.parameters.clinical = json.dumps(entries_of_record(record))
    folder = demo[1]
    images = [head_ct_from_volume(volume).image for volume in volumes]
    nodes = show_study_folder(folder, images, volumes)
    finding = Finding(read_result(folder), nodes, tuple(volumes), (), folder, panel.study.inputs)
    show(panel.parameters, finding)
    return panel


def sample(scene: Any, name: str) -> Any:
    """A scan of the sample study in the scene."""
    return load(scene, resource("sample", f"{name}.nii.gz"), name=name)


def tick_until_done(panel: Any, seconds: float = 500) -> list[tuple[int, str]]:
    """Let Qt's events run; what the progress bar and the label said on the way."""
    from Testing.widget.host.application import application

    seen = []
    deadline = time.monotonic() + seconds
    while panel.run.process is not None:
        assert time.monotonic() < deadline, panel.ui.statusLabel.text
        application().processEvents()
        seen.append((panel.ui.progressBar.value, panel.ui.statusLabel.text))
        time.sleep(0.02)
    return seen


def texts(table: Any) -> list[list[str]]:
    """The cells of a table widget."""
    return [
        [table.item(row, column).text() for column in range(table.columnCount)]
        for row in range(table.rowCount)
    ]

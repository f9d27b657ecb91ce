"""The host refuses what Slicer would refuse; otherwise the tests of the panel would prove nothing."""

from pathlib import Path
from typing import Any

import pytest

from Testing.widget.doubles import MODULE

UI = MODULE / "Resources" / "UI" / "HematomaExpansion.ui"


@pytest.fixture
def ui(module: Any) -> Any:
    from Testing.widget.host.ui_files import child_widgets, load_ui

    root = load_ui(UI)
    found = child_widgets(root)
    found.root = root
    return found


def test_properties_are_attributes_and_others_are_refused(ui: Any) -> None:
    ui.statusLabel.text = "done"
    assert ui.statusLabel.text == "done"
    with pytest.raises(AttributeError, match="a QLabel has no txet that may be set"):
        ui.statusLabel.txet = "done"
    with pytest.raises(TypeError):
        ui.statusLabel.text()


def test_signals_are_known_by_their_signature(ui: Any) -> None:
    heard: list[bool] = []
    ui.applyButton.connect("clicked(bool)", heard.append)
    ui.applyButton.enabled = True
    ui.applyButton.click()
    assert heard == [False]
    with pytest.raises(ValueError, match=r"a QPushButton .* has no signal clicked\(int\)"):
        ui.applyButton.connect("clicked(int)", heard.append)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('name="wordWrap"', 'name="wordRap"', "has no wordRap"),
        ('class="ctkPathLineEdit"', 'class="ctkPathLine"', "no such class: ctkPathLine"),
        ("<slot>setMRMLScene(", "<slot>setScene(", "no slot setScene"),
    ],
)
def test_ui_files_with_mistakes_are_refused(
    module: Any, tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    from Testing.widget.host.ui_files import load_ui

    text = UI.read_text()
    assert right in text
    file = tmp_path / "wrong.ui"
    file.write_text(text.replace(right, wrong))
    with pytest.raises(ValueError, match=said):
        load_ui(file)


def test_parameters_refuse_what_they_are_not(module: Any, scene: Any) -> None:
    parameters = module.HematomaExpansionLogic().getParameterNode()
    for name, value in {"device": "abacus", "segmenter": "bundled", "reviewed": "yes", "baseline": 3}.items():
        with pytest.raises((TypeError, ValueError)):
            setattr(parameters, name, value)
    with pytest.raises(AttributeError):
        parameters.basline = None

"""The real module file, loaded on slicer-core with test doubles for what only the application has."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from Testing.scene.conftest import scene as scene
from Testing.widget import doubles


def _module(name: str, **content: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(content)
    return made


@pytest.fixture
def told() -> list[str]:
    """The messages shown to the user."""
    return []


@pytest.fixture
def module(scene: Any, told: list[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """``HematomaExpansion.py`` as Slicer would import it."""
    import slicer
    import slicer.util

    bases = ("", "Widget", "Logic", "Test")
    scripted = _module(
        "slicer.ScriptedLoadableModule",
        **{f"ScriptedLoadableModule{end}": getattr(doubles, f"ScriptedLoadableModule{end}") for end in bases},
    )
    wrapper = _module(
        "slicer.parameterNodeWrapper",
        Choice=doubles.Choice,
        parameterNodeWrapper=doubles.parameterNodeWrapper,
    )
    i18n = _module("slicer.i18n", tr=lambda text: text, translate=lambda context, text: text)
    sample_data = _module("SampleData", SampleDataLogic=doubles.SampleDataLogic)
    qt = _module("qt", QTimer=doubles.Timer)
    pytorch = _module("PyTorchUtils", PyTorchUtilsLogic=doubles.PyTorchUtilsLogic)
    for double in (scripted, wrapper, i18n, sample_data, qt, pytorch):
        monkeypatch.setitem(sys.modules, double.__name__, double)
        if double.__name__.startswith("slicer."):
            monkeypatch.setattr(slicer, double.__name__.split(".")[1], double, raising=False)

    @contextmanager
    def try_with_error_display(message: str, show: bool = True, waitCursor: bool = False) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            told.append(f"{message}\n\n{error}")
            raise

    monkeypatch.setattr(slicer.util, "tryWithErrorDisplay", try_with_error_display)
    monkeypatch.setattr(slicer.util, "errorDisplay", told.append)
    monkeypatch.setattr(
        slicer.util, "loadUI", lambda path: SimpleNamespace(path=path, setMRMLScene=lambda s: None)
    )
    monkeypatch.setattr(
        slicer.util, "childWidgetVariables", lambda panel: SimpleNamespace(**doubles.widgets(panel.path))
    )
    monkeypatch.setattr(slicer.app, "connect", lambda signal, slot: None, raising=False)
    spec = importlib.util.spec_from_file_location(
        "HematomaExpansionModule", doubles.MODULE / "HematomaExpansion.py"
    )
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded

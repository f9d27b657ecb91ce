"""Slicer's Python modules on slicer-core and PySide6: enough of the application to open the module in.

A test double. Used by the tests of the widget and to take its picture.
"""

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from Testing.widget import doubles

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def application() -> Any:
    """The one Qt application of the process."""
    from PySide6 import QtWidgets

    return QtWidgets.QApplication.instance() or QtWidgets.QApplication([])


def modules() -> dict[str, ModuleType]:
    """What Slicer has in ``sys.modules`` and slicer-core lacks."""
    from .parameter_nodes import Choice, parameterNodeWrapper
    from .qt_classes import QtModule

    application()
    bases = ("", "Widget", "Logic", "Test")
    scripted = {
        f"ScriptedLoadableModule{end}": getattr(doubles, f"ScriptedLoadableModule{end}") for end in bases
    }
    made = [
        _module("slicer.ScriptedLoadableModule", **scripted),
        _module("slicer.parameterNodeWrapper", Choice=Choice, parameterNodeWrapper=parameterNodeWrapper),
        _module("slicer.i18n", tr=lambda text: text, translate=lambda context, text: text),
        _module("SampleData", SampleDataLogic=doubles.SampleDataLogic),
        _module("PyTorchUtils", PyTorchUtilsLogic=doubles.PyTorchUtilsLogic),
    ]
    return {each.__name__: each for each in made} | {"qt": QtModule()}


def slicer_attributes(told: list[str], temporary: Path) -> Iterator[tuple[Any, str, Any]]:
    """What ``slicer``, ``slicer.util`` and ``slicer.app`` have in the application: object, name and value.

    Args:
        told: takes the messages that are shown to the user.
        temporary: the application's temporary folder.
    """
    import slicer
    import slicer.util

    from .ui_files import child_widgets, load_ui

    for name, made in modules().items():
        if name.startswith("slicer."):
            yield slicer, name.split(".")[1], made
    yield slicer.util, "tryWithErrorDisplay", _try_with_error_display(told)
    yield slicer.util, "errorDisplay", told.append
    yield slicer.util, "loadUI", load_ui
    yield slicer.util, "childWidgetVariables", child_widgets
    yield slicer.app, "connect", lambda signal, slot: None
    yield slicer.app, "temporaryPath", str(temporary)


def load_module() -> ModuleType:
    """``HematomaExpansion.py`` as Slicer imports it."""
    path = doubles.MODULE / "HematomaExpansion.py"
    spec = importlib.util.spec_from_file_location("HematomaExpansionModule", path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def show_panel(widget: Any, width: int, height: int) -> Any:
    """Show the panel in a window of Slicer's kind, with a bar to scroll; returns the window."""
    from PySide6 import QtWidgets

    window = QtWidgets.QScrollArea()
    window.setWidgetResizable(True)
    window.setWidget(widget.shown)
    window.resize(width, height)
    window.show()
    # Each turn lets one more level of nested layouts learn the size of what it holds.
    for _ in range(10):
        application().processEvents()
    return window


def _module(name: str, **content: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(content)
    return made


def _try_with_error_display(told: list[str]) -> Callable[..., Any]:
    @contextmanager
    def shown(message: str, show: bool = True, waitCursor: bool = False) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            told.append(f"{message}\n\n{error}")
            raise

    return shown


@contextmanager
def hosted(told: list[str], temporary: Path) -> Iterator[ModuleType]:
    """The module in the host, and everything as before when it is left."""
    before = dict(sys.modules)
    path = list(sys.path)
    attributes = []
    missing = object()
    sys.path.insert(0, str(doubles.MODULE))
    sys.modules.update(modules())
    for owner, name, value in slicer_attributes(told, temporary):
        attributes.append((owner, name, getattr(owner, name, missing)))
        setattr(owner, name, value)
    try:
        yield load_module()
    finally:
        for owner, name, value in reversed(attributes):
            if value is missing:
                delattr(owner, name)
            else:
                setattr(owner, name, value)
        sys.path[:] = path
        for name in modules():
            sys.modules.pop(name)
        sys.modules.update({name: before[name] for name in modules() if name in before})
        for name in [name for name in sys.modules if name.startswith("HematomaExpansionPanel")]:
            del sys.modules[name]

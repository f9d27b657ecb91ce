"""Loads a real ``.ui`` file with PySide6: its widgets as PythonQt shows them, its connections replayed."""

import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PySide6 import QtCore, QtUiTools, QtWidgets

from .qt_classes import widget_class
from .slicer_widgets import CLASSES


class _Loader(QtUiTools.QUiLoader):
    def __init__(self) -> None:
        super().__init__()
        self.made: dict[str, Any] = {}

    def createWidget(self, kind: str, parent: Any = None, name: str = "") -> Any:
        known = CLASSES.get(kind) or (widget_class(kind) if hasattr(QtWidgets, kind) else None)
        if known is None:
            raise ValueError(f"{name}: no such class: {kind}")
        widget = known(parent)
        QtCore.QObject.setObjectName(widget, name)
        self.made[name] = widget
        return widget


def load_ui(path: str | Path) -> Any:
    """The root widget of a ``.ui`` file.

    Raises:
        ValueError: a connection, a class or a property in it that does not exist.
    """
    loader = _Loader()
    tree = ET.parse(path)  # noqa: S314 (our own file)
    connections = tree.find("connections")
    # Their signals carry VTK's classes, which PySide6 does not know: replayed here instead.
    tree.getroot().remove(connections)
    # Nor does it know CTK's flags.
    for path_edit in (each for each in tree.iter("widget") if each.get("class") == "ctkPathLineEdit"):
        path_edit.remove(path_edit.find("property[@name='filters']"))
    content = QtCore.QBuffer()
    content.setData(ET.tostring(tree.getroot()))
    content.open(QtCore.QIODevice.ReadOnly)
    root = loader.load(content)
    _check_properties(tree, loader.made)
    for connection in connections.iter("connection"):
        said = {each: connection.find(each).text for each in ("sender", "signal", "receiver", "slot")}
        _connect(loader.made, said)
    for widget in loader.made.values():
        if hasattr(widget, "show_contents"):
            widget.show_contents()
    root.widgets = loader.made
    return root


def child_widgets(root: Any) -> SimpleNamespace:
    """``slicer.util.childWidgetVariables``."""
    return SimpleNamespace(**root.widgets)


def _connect(widgets: dict[str, Any], said: dict[str, str]) -> None:
    sender, receiver = widgets[said["sender"]], widgets[said["receiver"]]
    signal, slot = (said[each].partition("(")[0] for each in ("signal", "slot"))
    if not hasattr(receiver, slot):
        raise ValueError(f"{said['receiver']}: no slot {said['slot']}")
    getattr(sender, signal).connect(getattr(receiver, slot))


def _check_properties(tree: ET.ElementTree, widgets: dict[str, Any]) -> None:
    """QUiLoader passes over properties that do not exist; uic refuses them, and so does this."""
    for element in tree.iter("widget"):
        widget = widgets[element.get("name")]
        for each in element.findall("property"):
            there = type(widget).staticMetaObject.indexOfProperty(each.get("name")) >= 0
            if each.get("stdset") != "0" and not there and each.get("name") != "buddy":
                raise ValueError(f"{element.get('name')}: a {element.get('class')} has no {each.get('name')}")

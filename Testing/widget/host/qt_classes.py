"""PySide6 classes as PythonQt shows them in Slicer: Qt properties are attributes, signals go by signature.

A test double. It catches misspelt widgets, attributes and signals; it is not PythonQt, and what only PythonQt
would refuse is seen in the application alone.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets

# Qt itself calls these: they are virtual, and must stay methods.
_VIRTUAL = {"sizeHint", "minimumSizeHint"}


@cache
def names_of_properties(kind: type) -> frozenset[str]:
    # What ``metaObject()`` of an object gives dies with that object, even in the hands of its sisters.
    meta = kind.staticMetaObject
    return frozenset(meta.property(number).name() for number in range(meta.propertyCount())) - _VIRTUAL


def _property(name: str) -> property:
    def read(self: QtCore.QObject) -> Any:
        return self.property(name)

    def write(self: QtCore.QObject, value: Any) -> None:
        assert QtCore.QObject.setProperty(self, name, value), f"{name} cannot be set to {value!r}"

    return property(read, write)


def _connect(self: QtCore.QObject, signal: str, slot: Callable[..., None]) -> None:
    own = getattr(self, "slicer_signals", {}).get(signal)
    if own is not None:
        getattr(self, own).connect(slot)
        return
    if type(self).staticMetaObject.indexOfSignal(signal) < 0:
        raise ValueError(f"a {type(self).__name__} ({self.objectName}) has no signal {signal}")
    QtCore.QObject.connect(self, QtCore.SIGNAL(signal), slot)


def _strict(kind: type) -> Callable[[Any, str, Any], None]:
    def set_known(self: QtCore.QObject, name: str, value: Any) -> None:
        if not hasattr(type(self), name):
            raise AttributeError(f"a {type(self).__name__} has no {name} that may be set")
        kind.__setattr__(self, name, value)

    return set_known


class Shown:
    """An object that Qt made, shown as PythonQt does."""

    def __init__(self, made: QtCore.QObject) -> None:
        self._made = made
        self._properties = names_of_properties(type(made)) | _VIRTUAL

    def __getattr__(self, name: str) -> Any:
        return self._made.property(name) if name in self._properties else getattr(self._made, name)


def as_pythonqt(kind: type, strict: bool = True) -> type:
    """A subclass of a Qt class with its properties as attributes."""
    content: dict[str, Any] = {
        name: _property(name)
        for name in names_of_properties(kind) - {"objectName"}
        if not isinstance(getattr(kind, name, None), QtCore.Property)
    }
    content["objectName"] = property(QtCore.QObject.objectName)
    content["connect"] = _connect
    if strict:
        content["__setattr__"] = _strict(kind)
    return type(kind.__name__, (kind,), content)


@cache
def widget_class(name: str) -> type:
    """The class of a widget by its Qt name."""
    if name == "QTableWidget":
        kind = as_pythonqt(QtWidgets.QTableWidget)
        for header in ("horizontalHeader", "verticalHeader"):
            method = getattr(QtWidgets.QTableWidget, header)
            setattr(kind, header, lambda self, method=method: Shown(method(self)))
        return kind
    return as_pythonqt(getattr(QtWidgets, name))


class FileDialog:
    """Answers instead of a person; PythonQt gives the name alone, without the filter."""

    answer = ""

    @classmethod
    def getOpenFileName(cls, parent: Any, title: str, folder: str, kinds: str) -> str:
        return cls.answer

    @classmethod
    def getSaveFileName(cls, parent: Any, title: str, folder: str, kinds: str) -> str:
        return cls.answer

    @classmethod
    def getExistingDirectory(cls, parent: Any, title: str) -> str:
        return cls.answer


class DesktopServices:
    """Notes what would be opened."""

    opened: list[str] = []  # noqa: RUF012 (shared, as the desktop is)

    @classmethod
    def openUrl(cls, url: QtCore.QUrl) -> None:
        cls.opened.append(url.toLocalFile())


class QtModule:
    """What ``import qt`` gives in Slicer, of the parts that are used."""

    Qt = QtCore.Qt
    QUrl = QtCore.QUrl
    QFileDialog = FileDialog
    QDesktopServices = DesktopServices
    QTableWidgetItem = QtWidgets.QTableWidgetItem
    QColor = QtGui.QColor

    def __getattr__(self, name: str) -> type:
        if name == "QTimer":
            return as_pythonqt(QtCore.QTimer)
        if not hasattr(QtWidgets, name):
            raise AttributeError(f"qt has no {name}")
        return widget_class(name)

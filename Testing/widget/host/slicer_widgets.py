"""The widgets of CTK and Slicer that the panel uses, made of PySide6: their properties, signals and methods.

Test doubles: what they show of the scene is true, how they look is not Slicer's.
"""

from typing import Any

import shiboken6
from PySide6 import QtCore, QtWidgets
from PySide6.QtCore import Property, Qt, Signal

from .qt_classes import as_pythonqt


class CollapsibleButton(QtWidgets.QGroupBox):
    """ctkCollapsibleButton: a heading that hides what is under it."""

    contentsCollapsed = Signal(bool)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFlat(True)
        self.setStyleSheet(
            "QGroupBox{font-weight:bold;border:0;border-top:1px solid #999;margin-top:9px;padding-top:9px}"
            "QGroupBox::title{subcontrol-origin:margin;left:4px} QGroupBox QWidget{font-weight:normal}"
        )
        self.toggled.connect(self._toggled)

    def _toggled(self, there: bool) -> None:
        self.show_contents()
        self.contentsCollapsed.emit(not there)

    def show_contents(self) -> None:
        for child in self.findChildren(QtWidgets.QWidget, options=Qt.FindDirectChildrenOnly):
            child.setVisible(QtWidgets.QGroupBox.isChecked(self))
            # A group box disables what it hides; CTK's button does not.
            if not child.testAttribute(Qt.WA_ForceDisabled):
                child.setEnabled(True)

    def _text(self) -> str:
        return QtWidgets.QGroupBox.title(self)

    def _set_text(self, text: str) -> None:
        QtWidgets.QGroupBox.setTitle(self, text)

    def _collapsed(self) -> bool:
        return not QtWidgets.QGroupBox.isChecked(self)

    def _set_collapsed(self, collapsed: bool) -> None:
        QtWidgets.QGroupBox.setChecked(self, not collapsed)

    text = Property(str, _text, _set_text)
    collapsed = Property(bool, _collapsed, _set_collapsed)


class PathLineEdit(QtWidgets.QWidget):
    """ctkPathLineEdit: a path and a button to browse for it."""

    currentPathChanged = Signal(str)
    slicer_signals = {"currentPathChanged(QString)": "currentPathChanged"}  # noqa: RUF012

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        line = QtWidgets.QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        self.edit, self.browse = QtWidgets.QLineEdit(), QtWidgets.QToolButton()
        self.browse.setText("...")
        line.addWidget(self.edit)
        line.addWidget(self.browse)
        self.edit.textChanged.connect(self.currentPathChanged)
        self._kinds = ""

    def _path(self) -> str:
        return self.edit.text()

    def _set_path(self, path: str) -> None:
        if self.edit.text() != path:
            self.edit.setText(path)

    def _filters(self) -> str:
        return self._kinds

    def _set_filters(self, kinds: str) -> None:
        self._kinds = kinds

    currentPath = Property(str, _path, _set_path)
    filters = Property(str, _filters, _set_filters)


class NodeComboBox(QtWidgets.QComboBox):
    """qMRMLNodeComboBox: the nodes of some classes in the scene."""

    currentNodeChanged = Signal(object)
    slicer_signals = {"currentNodeChanged(vtkMRMLNode*)": "currentNodeChanged"}  # noqa: RUF012

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._own: dict[str, Any] = {"nodeTypes": [], "noneEnabled": False, "baseName": ""}
        self._scene: Any = None
        self._ids: list[str | None] = []
        self._attributes: dict[str, tuple[str, str]] = {}
        self.currentIndexChanged.connect(lambda index: self.currentNodeChanged.emit(self.currentNode()))

    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene
        for event in (scene.NodeAddedEvent, scene.NodeRemovedEvent, scene.EndCloseEvent):
            scene.AddObserver(event, lambda *_: self._changed())
        self.fill()

    def _changed(self) -> None:
        # The scene of the tests outlives the panels.
        if shiboken6.isValid(self):
            self.fill()

    def addAttribute(self, kind: str, name: str, value: str) -> None:
        self._attributes[kind] = (name, value)

    def nodes(self) -> list[Any]:
        found = []
        for kind in self._own["nodeTypes"]:
            for number in range(self._scene.GetNumberOfNodesByClass(kind)):
                node = self._scene.GetNthNodeByClass(number, kind)
                name, value = self._attributes.get(kind, (None, None))
                hidden = node.GetHideFromEditors() and not self._own.get("showHidden")
                if not hidden and (name is None or node.GetAttribute(name) == value):
                    found.append(node)
        return found

    def fill(self) -> None:
        before = self.currentNode()
        blocked = QtCore.QObject.blockSignals(self, True)
        QtWidgets.QComboBox.clear(self)
        self._ids = []
        if self._own["noneEnabled"]:
            self._add(None, "None")
        for node in self.nodes():
            self._add(node.GetID(), node.GetName())
        self._choose(before)
        QtCore.QObject.blockSignals(self, blocked)
        if before is not self.currentNode() and not blocked:
            self.currentNodeChanged.emit(self.currentNode())

    def _add(self, identifier: str | None, name: str) -> None:
        self._ids.append(identifier)
        QtWidgets.QComboBox.addItem(self, name)

    def _choose(self, node: Any) -> None:
        wanted = node.GetID() if node is not None and node.GetScene() is not None else None
        index = self._ids.index(wanted) if wanted in self._ids else -1
        QtWidgets.QComboBox.setCurrentIndex(self, index)

    def currentNode(self) -> Any:
        index = QtWidgets.QComboBox.currentIndex(self)
        identifier = self._ids[index] if 0 <= index < len(self._ids) else None
        return None if identifier is None else self._scene.GetNodeByID(identifier)

    def setCurrentNode(self, node: Any) -> None:
        if node is not None and node.GetID() not in self._ids and self._scene is not None:
            self.fill()
        self._choose(node)

    def _get(name: str) -> Any:
        return lambda self: self._own.get(name)

    def _put(name: str) -> Any:
        def put(self: Any, value: Any) -> None:
            self._own[name] = value

        return put

    nodeTypes = Property("QStringList", _get("nodeTypes"), _put("nodeTypes"))
    baseName = Property(str, _get("baseName"), _put("baseName"))
    noneEnabled = Property(bool, _get("noneEnabled"), _put("noneEnabled"))
    addEnabled = Property(bool, _get("addEnabled"), _put("addEnabled"))
    removeEnabled = Property(bool, _get("removeEnabled"), _put("removeEnabled"))
    renameEnabled = Property(bool, _get("renameEnabled"), _put("renameEnabled"))
    showChildNodeTypes = Property(bool, _get("showChildNodeTypes"), _put("showChildNodeTypes"))
    showHidden = Property(bool, _get("showHidden"), _put("showHidden"))


class CheckableNodeComboBox(NodeComboBox):
    """qMRMLCheckableNodeComboBox: any number of nodes, each ticked or not."""

    checkedNodesChanged = Signal()

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._checked: set[str] = set()

    def checkedNodes(self) -> list[Any]:
        return [node for node in self.nodes() if node.GetID() in self._checked]

    def setCheckState(self, node: Any, state: Qt.CheckState) -> None:
        before = set(self._checked)
        (self._checked.add if state == Qt.Checked else self._checked.discard)(node.GetID())
        self._label()
        if before != self._checked:
            self.checkedNodesChanged.emit()

    def fill(self) -> None:
        super().fill()
        self._label()

    def _label(self) -> None:
        """Slicer writes the names of the ticked nodes in the closed box."""
        names = ", ".join(node.GetName() for node in self.checkedNodes()) if self._scene else ""
        QtWidgets.QComboBox.setPlaceholderText(self, names or "None")
        blocked = QtCore.QObject.blockSignals(self, True)
        QtWidgets.QComboBox.setCurrentIndex(self, -1)
        QtCore.QObject.blockSignals(self, blocked)


class MRMLWidget(QtWidgets.QWidget):
    """qMRMLWidget: hands the scene to those that are connected to it."""

    mrmlSceneChanged = Signal(object)

    def setMRMLScene(self, scene: Any) -> None:
        self.mrmlSceneChanged.emit(scene)


def _named(name: str, kind: type) -> type:
    made = as_pythonqt(kind, strict=False)
    made.__name__ = name
    return made


CLASSES = {
    name: _named(name, kind)
    for name, kind in {
        "ctkCollapsibleButton": CollapsibleButton,
        "ctkPathLineEdit": PathLineEdit,
        "qMRMLNodeComboBox": NodeComboBox,
        "qMRMLCheckableNodeComboBox": CheckableNodeComboBox,
        "qMRMLWidget": MRMLWidget,
    }.items()
}

"""``slicer.parameterNodeWrapper`` and its ways to a widget, for the types that the module uses.

Written after Slicer's own: names of parameters, references and lists in the node are the same. A test double.
"""

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints


class Choice:
    def __init__(self, choices: list[str]) -> None:
        self.choices = choices


class _Kind:
    """How one type is kept in a node."""

    def __init__(self, hint: Any) -> None:
        self.choices = next((each.choices for each in getattr(hint, "__metadata__", ())), None)
        self.type = get_args(hint)[0] if self.choices else hint

    def default(self) -> Any:
        if get_origin(self.type) is list:
            return []
        if self.is_node or issubclass(self.type, Enum):
            return None if self.is_node else next(iter(self.type))
        return self.type()

    @property
    def is_node(self) -> bool:
        return isinstance(self.type, type) and hasattr(self.type, "GetNodeTagName")

    def check(self, name: str, value: Any) -> None:
        if self.choices is not None and value not in self.choices:
            raise ValueError(f"{name}: {value!r} is not one of {self.choices}")
        if value is None and self.is_node:
            return
        if value is None or not isinstance(value, self.type):
            raise TypeError(f"{name}: {value!r} is no {self.type.__name__}")

    def write(self, node: Any, name: str, value: Any) -> None:
        if get_origin(self.type) is list:
            inner = _Kind(get_args(self.type)[0])
            for number, each in enumerate(value):
                inner.check(name, each)
                inner.write(node, f"{name}_{number}", each)
            node.SetParameter(f"{name}_len", str(len(value)))
            return
        self.check(name, value)
        if self.is_node:
            node.SetParameter(name, "")
            node.SetNodeReferenceID(name, None if value is None else value.GetID())
        elif isinstance(value, Enum):
            node.SetParameter(name, value.name)
        else:
            node.SetParameter(name, str(value))

    def read(self, node: Any, name: str) -> Any:
        if get_origin(self.type) is list:
            inner = _Kind(get_args(self.type)[0])
            length = int(node.GetParameter(f"{name}_len"))
            return [inner.read(node, f"{name}_{number}") for number in range(length)]
        text = node.GetParameter(name)
        if self.is_node:
            return node.GetNodeReference(name)
        if issubclass(self.type, Enum):
            return self.type[text]
        return text == "True" if self.type is bool else self.type(text)


class _Modify:
    def __init__(self, node: Any) -> None:
        self.node = node

    def __enter__(self) -> None:
        self.before = self.node.StartModify()

    def __exit__(self, *_: object) -> None:
        self.node.EndModify(self.before)


class Wrapped:
    """One node with the parameters that a class declares."""

    def __init__(self, declared: type, node: Any) -> None:
        hints = get_type_hints(declared, include_extras=True)
        kinds = {name: _Kind(hint) for name, hint in hints.items()}
        self.__dict__.update(parameterNode=node, kinds=kinds, guis={}, updating=False)
        for name, kind in kinds.items():
            if not (node.HasParameter(name) or node.HasParameter(f"{name}_len")):
                kind.write(node, name, getattr(declared, name, kind.default()))

    def __getattr__(self, name: str) -> Any:
        if name in self.kinds:
            return self.kinds[name].read(self.parameterNode, name)
        if name in ("AddObserver", "RemoveObserver", "StartModify", "EndModify", "Modified"):
            return getattr(self.parameterNode, name)
        raise AttributeError(f"no parameter {name}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.kinds:
            raise AttributeError(f"no parameter {name}")
        with _Modify(self.parameterNode):
            self.kinds[name].write(self.parameterNode, name, value)

    def getValue(self, name: str) -> Any:
        return getattr(self, name)

    def setValue(self, name: str, value: Any) -> None:
        setattr(self, name, value)

    def connectGui(self, ui: Any) -> int:
        """Show the parameters in the widgets that are named for them, and keep both alike."""
        widgets = {name: each for each in vars(ui).values() if (name := each.property("SlicerParameterName"))}
        unknown = set(widgets) - set(self.kinds)
        if unknown:
            raise ValueError(f"no parameters: {unknown}")
        tag = len(self.guis)
        gui = {name: _Connector(widget, self.kinds[name]) for name, widget in widgets.items()}
        for name, connector in gui.items():
            connector.write(getattr(self, name))
            connector.connect(lambda name=name, connector=connector: self._changed(name, connector))
        observer = self.parameterNode.AddObserver("ModifiedEvent", lambda *_: self._show())
        self.guis[tag] = (gui, observer)
        return tag

    def disconnectGui(self, tag: int) -> None:
        gui, observer = self.guis.pop(tag)
        self.parameterNode.RemoveObserver(observer)
        for connector in gui.values():
            connector.connect(None)

    def _changed(self, name: str, connector: "_Connector") -> None:
        if not self.updating:
            setattr(self, name, connector.read())

    def _show(self) -> None:
        if self.updating:
            return
        self.__dict__["updating"] = True
        try:
            for gui, _ in list(self.guis.values()):
                for name, connector in gui.items():
                    connector.write(getattr(self, name))
        finally:
            self.__dict__["updating"] = False


class _Connector:
    """Between one widget and one parameter; the pairs that Slicer knows and the module uses."""

    def __init__(self, widget: Any, kind: _Kind) -> None:
        self.widget, self.kind, self.changed = widget, kind, None
        self.values: list[Any] = []
        signals = {
            "QLineEdit": "textChanged",
            "QCheckBox": "stateChanged",
            "QComboBox": "currentIndexChanged",
            "qMRMLNodeComboBox": "currentNodeChanged",
            "ctkPathLineEdit": "currentPathChanged",
        }
        self.type = type(widget).__name__
        getattr(widget, signals[self.type]).connect(lambda *_: self.changed and self.changed())
        if self.type == "QComboBox":
            named = isinstance(kind.type, type) and issubclass(kind.type, Enum)
            self.values = list(kind.type) if named else kind.choices
            widget.blockSignals(True)
            widget.clear()
            for value in self.values:
                widget.addItem(value.label() if named else value)
            widget.blockSignals(False)

    def connect(self, changed: Callable[[], None] | None) -> None:
        self.changed = changed

    def read(self) -> Any:
        if self.type == "QComboBox":
            return self.values[self.widget.currentIndex]
        return {
            "QLineEdit": lambda: self.widget.text,
            "QCheckBox": lambda: self.widget.checked,
            "qMRMLNodeComboBox": lambda: self.widget.currentNode(),
            "ctkPathLineEdit": lambda: Path(self.widget.currentPath),
        }[self.type]()

    def write(self, value: Any) -> None:
        if self.type == "QComboBox":
            self.widget.currentIndex = self.values.index(value)
        elif self.type == "QLineEdit":
            self.widget.text = value
        elif self.type == "QCheckBox":
            self.widget.checked = value
        elif self.type == "qMRMLNodeComboBox":
            self.widget.setCurrentNode(value)
        else:
            self.widget.currentPath = str(value)


def parameterNodeWrapper(declared: type) -> Any:
    return lambda node: Wrapped(declared, node)

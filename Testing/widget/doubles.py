"""Test doubles of what 3D Slicer has and slicer-core lacks.

They stand in for the scripted module classes, translation, the parameter node wrapper, Sample Data, and a panel
without Qt that knows the widgets of the real ``.ui`` file and refuses attributes their classes do not have.
They catch misspelt names, buttons in the wrong state and logic that goes astray. They are not Qt: look, layout
and PythonQt's conversions are only seen in the application.
"""

import hashlib
import unittest
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_type_hints
from urllib.request import url2pathname

from Testing.scene.conftest import load

MODULE = Path(__file__).resolve().parents[2] / "HematomaExpansion"


class ScriptedLoadableModule:
    def __init__(self, parent: Any) -> None:
        self.parent = parent


class ScriptedLoadableModuleWidget:
    def __init__(self, parent: Any = None) -> None:
        super().__init__()
        self.parent = parent
        self.layout = SimpleNamespace(addWidget=lambda widget: None)

    def setup(self) -> None:
        """The application adds its reload buttons here."""

    def resourcePath(self, name: str) -> str:
        return str(MODULE / "Resources" / name)


class ScriptedLoadableModuleLogic:
    moduleName = "HematomaExpansion"

    def getParameterNode(self) -> Any:
        import slicer

        node = slicer.mrmlScene.GetSingletonNode(self.moduleName, "vtkMRMLScriptedModuleNode")
        if node is None:
            node = slicer.vtkMRMLScriptedModuleNode()
            node.SetSingletonTag(self.moduleName)
            node = slicer.mrmlScene.AddNode(node)
        return node


class ScriptedLoadableModuleTest(unittest.TestCase):
    pass


class Choice:
    def __init__(self, choices: list[str]) -> None:
        self.choices = choices


def parameterNodeWrapper(cls: type) -> Callable[[Any], Any]:
    """Keep strings as parameters and nodes as references of the scripted module node, as Slicer does."""
    hints = get_type_hints(cls, include_extras=True)
    choices = {
        name: hint.__metadata__[0].choices for name, hint in hints.items() if hasattr(hint, "__metadata__")
    }

    class Wrapper:
        fields = tuple(hints)

        def __init__(self, node: Any) -> None:
            self.__dict__["node"] = node

        def __bool__(self) -> bool:
            return True

        def __getattr__(self, name: str) -> Any:
            if name in choices:
                return self.node.GetParameter(name) or getattr(cls, name)
            if name in hints:
                return self.node.GetNodeReference(name)
            return getattr(self.node, name)

        def __setattr__(self, name: str, value: Any) -> None:
            if name not in hints:
                raise AttributeError(f"{cls.__name__} has no parameter {name}")
            if name in choices:
                if value not in choices[name]:
                    raise ValueError(f"{value} is none of {choices[name]}")
                self.node.SetParameter(name, value)
            else:
                if value is not None and not value.IsA(hints[name].__name__):
                    raise TypeError(f"{name} is a {hints[name].__name__}")
                self.node.SetNodeReferenceID(name, value and value.GetID())

        def connectGui(self, ui: Any) -> int:
            for widget in vars(ui).values():
                named = widget.properties.get("SlicerParameterName")
                if named is not None and named not in hints:
                    raise ValueError(f"{widget.name} is connected to {named}, which is no parameter")
            return 1

        def disconnectGui(self, tag: int) -> None:
            if tag != 1:
                raise ValueError("not connected")

    return Wrapper


class SampleDataLogic:
    """Registers samples, and loads them when their hash is right."""

    sources: dict[str, dict[str, Any]] = {}  # noqa: RUF012 (shared by all, as in the application)

    @classmethod
    def registerCustomSampleDataSource(cls, *, sampleName: str, **source: Any) -> None:
        cls.sources[sampleName] = source

    def downloadSamples(self, name: str) -> list[Any]:
        import slicer

        source = self.sources[name]
        nodes = []
        fields = ("uris", "fileNames", "nodeNames", "checksums")
        for uri, _file, node_name, checksum in zip(*(source[field] for field in fields), strict=True):
            file = Path(url2pathname(uri.removeprefix("file:")))
            if f"SHA256:{hashlib.sha256(file.read_bytes()).hexdigest()}" != checksum:
                raise ValueError(f"{file}: checksum verification failed")
            nodes.append(load(slicer.mrmlScene, file, name=node_name))
        return nodes


class Timer:
    """A QTimer that ticks when the test says so."""

    def __init__(self) -> None:
        self.active = False
        self.tick: Callable[[], None]

    def setInterval(self, milliseconds: int) -> None:
        assert milliseconds > 0

    def connect(self, signal: str, slot: Callable[[], None]) -> None:
        assert signal == "timeout()"
        self.tick = slot

    def start(self) -> None:
        self.active = True

    def stop(self) -> None:
        self.active = False


_MAY_BE_SET = {
    "QLabel": {"text"},
    "QPushButton": {"enabled", "toolTip"},
    "QProgressBar": {"value", "visible"},
    "qMRMLTableView": {"table"},
}
_SIGNALS = {"QPushButton": {"clicked(bool)"}}


class Widget:
    """One widget of a ``.ui`` file."""

    def __init__(self, element: ET.Element) -> None:
        own = {prop.get("name"): "".join(prop.itertext()).strip() for prop in element.findall("property")}
        self.__dict__.update(name=element.get("name"), kind=element.get("class"), properties=own, slots={})

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _MAY_BE_SET.get(self.kind, ()):
            raise AttributeError(f"a {self.kind} ({self.name}) has no {name} that the panel may set")
        self.__dict__[name] = value

    def connect(self, signal: str, slot: Callable[..., None]) -> None:
        if signal not in _SIGNALS.get(self.kind, ()):
            raise ValueError(f"a {self.kind} ({self.name}) has no signal {signal}")
        self.slots[signal] = slot

    def click(self) -> None:
        assert self.enabled, f"{self.name} is disabled"
        self.slots["clicked(bool)"](False)

    def setMRMLScene(self, scene: Any) -> None:
        assert scene is not None
        assert self.kind.startswith("qMRML")

    def setMRMLTableNode(self, node: Any) -> None:
        if self.kind != "qMRMLTableView":
            raise AttributeError(f"a {self.kind} ({self.name}) shows no table")
        self.table = node


def widgets(ui: str | Path) -> dict[str, Widget]:
    """The widgets of a ``.ui`` file by name, the root first."""
    found = [Widget(element) for element in ET.parse(ui).iter("widget")]  # noqa: S314 (our own file)
    return {widget.name: widget for widget in found}

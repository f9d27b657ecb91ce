"""Test doubles of what 3D Slicer has and slicer-core lacks.

They stand in for the scripted module classes, translation, the parameter node wrapper, Sample Data, and a
panel without Qt that knows the widgets of the real ``.ui`` file and refuses attributes their classes do not
have. They catch misspelt names, buttons in the wrong state and logic that goes astray. They are not Qt: look,
layout and PythonQt's conversions are only seen in the application.
"""

import hashlib
import unittest
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
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


class Parameters:
    """A wrapped node: choices kept as its parameters, nodes as its references, as Slicer does."""

    def __init__(self, declared: type, node: Any) -> None:
        self.__dict__.update(
            node=node, declared=declared, hints=get_type_hints(declared, include_extras=True)
        )

    def choices(self, name: str) -> list[str] | None:
        """What a parameter may be; None when it is a node."""
        return next((choice.choices for choice in getattr(self.hints[name], "__metadata__", ())), None)

    def __getattr__(self, name: str) -> Any:
        if name not in self.hints:
            return getattr(self.node, name)
        if self.choices(name) is None:
            return self.node.GetNodeReference(name)
        return self.node.GetParameter(name) or getattr(self.declared, name)

    def __setattr__(self, name: str, value: Any) -> None:
        allowed = self.choices(name)
        if allowed is None:
            assert value is None or value.IsA(self.hints[name].__name__), f"{name}: {value}"
            self.node.SetNodeReferenceID(name, value and value.GetID())
        else:
            assert value in allowed, f"{name}: {value}"
            self.node.SetParameter(name, value)

    def connectGui(self, ui: Any) -> int:
        """Check what the panel is to be connected to; its selectors are not moved."""
        named = {widget.properties.get("SlicerParameterName") for widget in vars(ui).values()} - {None}
        assert named <= set(self.hints), f"no parameters: {named - set(self.hints)}"
        return 1

    def disconnectGui(self, tag: int) -> None:
        assert tag == 1


def parameterNodeWrapper(declared: type) -> Any:
    return partial(Parameters, declared)


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
        self.__dict__.update(
            name=element.get("name"),
            kind=element.get("class"),
            properties=own,
            slots={},
            text=own.get("text", ""),
            value=int(own.get("value", 0)),
            enabled=own.get("enabled") != "false",
            visible=own.get("visible") != "false",
        )

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


class PyTorchUtilsLogic:
    """The PyTorch extension, where PyTorch is there already."""

    def torchInstalled(self) -> bool:
        return find_spec("torch") is not None

    def installTorch(self, askConfirmation: bool) -> None:
        """What a user who declines gets."""

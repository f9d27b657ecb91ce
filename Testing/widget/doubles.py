"""Test doubles of what 3D Slicer has and slicer-core lacks, Qt aside: that is in ``host``.

They stand in for the scripted module classes, Sample Data and the PyTorch extension.
"""

import hashlib
import unittest
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import url2pathname

from Testing.scene.conftest import load

MODULE = Path(__file__).resolve().parents[2] / "HematomaExpansion"


class ScriptedLoadableModule:
    def __init__(self, parent: Any) -> None:
        self.parent = parent


class ScriptedLoadableModuleWidget:
    moduleName = "HematomaExpansion"

    def __init__(self, parent: Any = None) -> None:
        super().__init__()
        self.parent = parent
        self.layout = SimpleNamespace(addWidget=self._show)

    def _show(self, widget: Any) -> None:
        self.shown = widget

    def setup(self) -> None:
        """The application adds its reload buttons here."""

    def resourcePath(self, name: str) -> str:
        return str(MODULE / "Resources" / name)


class ScriptedLoadableModuleLogic:
    def __init__(self) -> None:
        self.moduleName = type(self).__name__.removesuffix("Logic")
        self.isSingletonParameterNode = True

    def getParameterNode(self) -> Any:
        assert not self.isSingletonParameterNode
        there = self.getAllParameterNodes()
        return there[0] if there else self.createParameterNode()

    def getAllParameterNodes(self) -> list[Any]:
        import slicer

        nodes = slicer.util.getNodesByClass("vtkMRMLScriptedModuleNode")
        return [node for node in nodes if node.GetAttribute("ModuleName") == self.moduleName]

    def createParameterNode(self) -> Any:
        import slicer

        node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLScriptedModuleNode")
        node.UnRegister(None)
        node.SetAttribute("ModuleName", self.moduleName)
        node.SetName(slicer.mrmlScene.GenerateUniqueName(self.moduleName))
        return slicer.mrmlScene.AddNode(node)


class ScriptedLoadableModuleTest(unittest.TestCase):
    pass


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
        fields = ("uris", "fileNames", "nodeNames", "checksums", "loadFileTypes")
        for uri, _file, node_name, checksum, kind in zip(*(source[field] for field in fields), strict=True):
            if kind != "VolumeFile":
                raise ValueError(f"{node_name}: Slicer may load a NIfTI file as a segmentation")
            file = Path(url2pathname(uri.removeprefix("file:")))
            if f"SHA256:{hashlib.sha256(file.read_bytes()).hexdigest()}" != checksum:
                raise ValueError(f"{file}: checksum verification failed")
            nodes.append(load(slicer.mrmlScene, file, name=node_name))
        return nodes


class PyTorchUtilsLogic:
    """The PyTorch extension, where PyTorch is there already."""

    def torchInstalled(self) -> bool:
        return find_spec("torch") is not None

    def installTorch(self, askConfirmation: bool) -> None:
        """What a user who declines gets."""

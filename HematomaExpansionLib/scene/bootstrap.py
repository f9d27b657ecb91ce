"""One MRML scene, whether the process is 3D Slicer or plain Python with slicer-core.

Only the main thread may touch the scene.
"""

import atexit
import shutil
import tempfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ..errors import UsageError

if TYPE_CHECKING:
    import slicer

# The module logics that the scene code and slicer.util ask for, by the name slicer.modules has for them.
# Segmentations goes first: it registers the representations without which no segment can be added.
_LOGICS = {
    "segmentations": "vtkSlicerSegmentationsModuleLogic",
    "volumes": "vtkSlicerVolumesLogic",
    "subjecthierarchy": "vtkSlicerSubjectHierarchyModuleLogic",
    "tables": "vtkSlicerTablesLogic",
    "transforms": "vtkSlicerTransformLogic",
}


def ensure_scene() -> "slicer.vtkMRMLScene":
    """Return ``slicer.mrmlScene``; outside the application make it, and what ``slicer.util`` needs, first.

    Inside 3D Slicer, and on every call but the first, it only returns the scene.

    Raises:
        UsageError: when neither 3D Slicer nor slicer-core is there.
    """
    try:
        import slicer
    except ImportError as error:
        raise UsageError(
            "the MRML scene needs 3D Slicer or slicer-core: pip install 'hematoma-expansion[scene]'"
        ) from error
    if getattr(slicer, "mrmlScene", None) is None:
        _start(slicer)
    return slicer.mrmlScene


def _start(slicer: Any) -> None:
    """Stand in for the application: scene, colour nodes, module logics, ``slicer.app``."""
    scene = slicer.vtkMRMLScene()
    # A scene unpacks bundles under its cache folder, and cannot open one without.
    folder = tempfile.mkdtemp(prefix="hematoma-expansion-scene-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    cache, files = slicer.vtkCacheManager(), slicer.vtkDataIOManager()
    cache.SetRemoteCacheDirectory(folder)
    files.SetCacheManager(cache)
    scene.SetCacheManager(cache)
    scene.SetDataIOManager(files)
    application = slicer.vtkSlicerApplicationLogic()
    application.SetMRMLScene(scene)
    colours = application.GetColorLogic()
    colours.SetMRMLScene(scene)
    colours.AddDefaultColorNodes()
    application.SetModuleLogic("Colors", colours)
    modules = SimpleNamespace()
    for name, class_name in _LOGICS.items():
        logic = getattr(slicer, class_name)()
        logic.SetMRMLApplicationLogic(application)
        logic.SetMRMLScene(scene)
        setattr(modules, name, SimpleNamespace(logic=_always(logic)))
    # The module of colours does this in the application.
    scene.RegisterNodeClass(slicer.vtkMRMLColorLegendDisplayNode())
    slicer.mrmlScene = scene
    slicer.modules = modules
    slicer.app = SimpleNamespace(applicationLogic=_always(application), mrmlScene=_always(scene))


def _always(value: Any) -> Any:
    """A function that gives ``value``: in the application these things are got by calling."""
    return lambda: value

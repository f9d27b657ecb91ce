import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT
    )


def test_process_ends_well_with_a_full_scene(scene: object) -> None:
    ended = run(
        "import numpy as np, SimpleITK as sitk\n"
        "from HematomaExpansionLib.scene.bootstrap import ensure_scene\n"
        "from HematomaExpansionLib.scene.volumes import volume_from_image\n"
        "scene = ensure_scene()\n"
        "assert ensure_scene() is scene\n"
        "volume_from_image(sitk.Image(4, 4, 4, sitk.sitkInt16), 'CT').CreateDefaultDisplayNodes()\n"
        "scene.AddNewNodeByClass('vtkMRMLSegmentationNode').CreateDefaultDisplayNodes()\n"
        "print('done')\n"
    )
    assert (ended.returncode, ended.stdout) == (0, "done\n")
    assert "leak" not in ended.stderr.lower()


def test_application_is_left_alone(scene: object) -> None:
    ended = run(
        "import slicer\n"
        "slicer.mrmlScene = theirs = slicer.vtkMRMLScene()\n"
        "from HematomaExpansionLib.scene.bootstrap import ensure_scene\n"
        "print(ensure_scene() is theirs, hasattr(slicer, 'modules'), hasattr(slicer, 'app'))\n"
    )
    assert ended.stdout == "True False False\n"


def test_without_slicer_the_message_says_what_to_install() -> None:
    ended = run(
        "import sys; sys.modules['slicer'] = None\n"
        "from HematomaExpansionLib.errors import UsageError\n"
        "from HematomaExpansionLib.scene.bootstrap import ensure_scene\n"
        "try: ensure_scene()\n"
        "except UsageError as error: print(error)\n"
    )
    assert ended.stdout == (
        "the MRML scene needs 3D Slicer or slicer-core: pip install 'hematoma-expansion[scene]'\n"
    )


@pytest.mark.parametrize("module", ["study_scene", "archive", "head_ct"])
def test_import_is_cheap(module: str) -> None:
    ended = run(
        f"import sys, HematomaExpansionLib.scene.{module}\n"
        "print([name for name in ('slicer', 'vtk', 'SimpleITK', 'torch', 'scipy') if name in sys.modules])\n"
    )
    assert ended.stdout == "[]\n", ended.stderr

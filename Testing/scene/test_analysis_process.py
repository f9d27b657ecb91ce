"""The analysis in its own process: what it is told, how it ends, and scans that had to be corrected."""

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.errors import (
    Cancelled,
    HematomaExpansionError,
    InputRefused,
    ModelError,
    UsageError,
)
from HematomaExpansionLib.resources import resource
from HematomaExpansionLib.scene import child_process
from HematomaExpansionLib.scene.analysis_process import AnalysisProcess
from HematomaExpansionLib.scene.child_process import ChildProcess
from HematomaExpansionLib.scene.volumes import volume_from_image
from HematomaExpansionLib.study import Options
from Testing.conftest import run_command
from Testing.ct.phantom import REGULAR, Head
from Testing.scene.conftest import load, put_under
from training.simulate.dicom_series import Slices, Tags, write_series


@pytest.fixture
def baseline(scene: Any) -> Any:
    return load(scene, resource("sample", "baseline.nii.gz"), name="their CT")


def test_tilted_scan_is_analysed_as_corrected(scene: Any, baseline: Any) -> None:
    """A 15 degree gantry tilt by a transform that nobody hardened; the user's volume stays as it is."""
    shear = np.eye(4)
    shear[1, 2] = np.tan(np.radians(15.0))
    put_under(scene, baseline, shear)
    before = scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode")
    finding = AnalysisProcess([baseline]).wait()
    assert finding.nodes.volumes[0] is not baseline
    assert finding.nodes.volumes[0].GetName() == "baseline CT"
    assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == before + 1
    assert any("tilt" in said for said in finding.summary)
    # Shear moves slices and keeps volumes: the truth is that of the sample, 14.0 mL.
    assert finding.result.scans[0].volumes["ich"].ml == pytest.approx(14.0, rel=0.1)
    assert finding.result.door == "slicer"


def test_refused_before_anything_starts(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "_started", pytest.fail)
    with pytest.raises(InputRefused, match=r"^phantom: the volume is empty"):
        AnalysisProcess([scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "phantom")])


def test_refused_by_the_process(scene: Any) -> None:
    volume = volume_from_image(sitk.Image(64, 64, 30, sitk.sitkInt16), "phantom")
    nodes = scene.GetNumberOfNodes()
    with pytest.raises(InputRefused, match=r"^phantom: "):
        AnalysisProcess([volume]).wait()
    assert scene.GetNumberOfNodes() == nodes


def said(script: str) -> ChildProcess:
    """A child that runs a script of the test instead of the library."""
    child = ChildProcess()
    child._process = child_process._started([sys.executable, "-c", script], child.folder / "log.txt")
    child._log = child._resources.enter_context((child.folder / "log.txt").open("rb"))
    return child


@pytest.mark.parametrize(
    ("code", "cause"), [(2, UsageError), (3, InputRefused), (4, ModelError), (70, HematomaExpansionError)]
)
def test_error_is_the_last_line(code: int, cause: type[Exception]) -> None:
    lines = "warning: thick slices", "progress\treading\t0.5\t", "hematoma-expansion: x: no CT"
    child = said(f"import sys; sys.stderr.write({chr(10).join(lines) + chr(10)!r}); sys.exit({code})")
    with pytest.raises(cause, match=r"^x: no CT$"):
        child.end()
    assert child.log.splitlines() == [lines[0], lines[2]]
    child.close()
    assert not child.folder.exists()


def test_silent_death_is_told() -> None:
    child = said("import os; os.kill(os.getpid(), 9)")
    with pytest.raises(HematomaExpansionError, match="code -9"):
        child.end()
    child.close()


def test_process_that_does_not_obey_is_killed() -> None:
    """SIGTERM is ignored by a child that sleeps; it is gone soon after the grace: a panel cancels in 2 s."""
    assert child_process.GRACE_S < 2.0
    script = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    child = said(script + "sys.stderr.write('ready\\n'); sys.stderr.flush(); time.sleep(60)")
    while "ready" not in child.log:
        child.poll()
        time.sleep(0.02)
    start = time.monotonic()
    child.cancel()
    while child.running:
        child.poll()
        time.sleep(0.02)
    assert child_process.GRACE_S <= time.monotonic() - start < child_process.GRACE_S + 1.0
    with pytest.raises(Cancelled):
        child.end()
    child.close()


def test_dicom_series_says_what_the_shell_says(scene: Any, tmp_path: Path) -> None:
    """Series, position and acquisition included; and its DICOM objects are written."""
    tags = Tags(acquired=datetime(2031, 5, 6, 7, 8, 9))
    slices = Slices(REGULAR, pixel_mm=1.5, rows=128, columns=128, depth_samples=1)
    files = write_series(tmp_path / "series", Head(), slices, tags)
    volume = load(scene, *files, name="Head")
    AnalysisProcess([volume], Options(segmenter="threshold"), keep=tmp_path / "kept").wait()
    done = run_command(
        "analyze", tmp_path / "series", "--segmenter", "threshold", "--dicom", "--out", tmp_path / "shell"
    )
    assert done.code == 0, done.err
    ours, theirs = (json.loads((tmp_path / each / "result.json").read_text()) for each in ("kept", "shell"))
    for result in (ours, theirs):
        result.pop("door")
        result["stages"] = [stage["name"] for stage in result["stages"]]
    assert ours == theirs
    assert ours["scans"][0]["source"] == "DICOM"
    written = [
        sorted(each.name for each in (tmp_path / door / "dicom").iterdir()) for door in ("kept", "shell")
    ]
    assert written[0] == written[1] != []

"""The analysis in its own process: what it is told, how it ends, and scans that had to be corrected."""

import sys
import time
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
from Testing.scene.conftest import load, put_under


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
    with pytest.raises(InputRefused, match=r"^phantom: "):
        AnalysisProcess([volume_from_image(sitk.Image(64, 64, 30, sitk.sitkInt16), "phantom")])


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
    """SIGTERM is ignored by a child that sleeps; it is gone soon after the grace of two seconds."""
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

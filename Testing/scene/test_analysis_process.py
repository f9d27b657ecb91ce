"""The analysis in its own process: what it is told, how it ends, and scans that had to be corrected."""

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
from HematomaExpansionLib.scene import analysis_process
from HematomaExpansionLib.scene.analysis_process import AnalysisProcess
from HematomaExpansionLib.scene.head_ct import head_ct_from_volume
from HematomaExpansionLib.scene.volumes import volume_from_image
from Testing.scene.conftest import load, put_under


@pytest.fixture
def baseline(scene: Any) -> Any:
    return load(scene, resource("sample", "baseline.nii.gz"), name="their CT")


def test_acquisition_times_become_hours(baseline: Any) -> None:
    times = [datetime(2026, 1, 31, 22, 30), datetime(2026, 2, 1, 3, 42), datetime(2026, 2, 2, 22, 30)]
    scans = [head_ct_from_volume(baseline, acquired) for acquired in times]
    command = analysis_process._command(["a", "b", "c"], "threshold", "cpu", scans)
    assert command[-4:] == ["--hours", "5.2", "--hours", "48.0"]
    unknown = [*scans[:2], head_ct_from_volume(baseline)]
    assert "--hours" not in analysis_process._command(["a", "b", "c"], "threshold", "cpu", unknown)
    assert "--hours" not in analysis_process._command(["a"], "threshold", "cpu", scans[:1])


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
    monkeypatch.setattr(analysis_process, "_started", pytest.fail)
    with pytest.raises(InputRefused, match=r"^phantom: "):
        AnalysisProcess([volume_from_image(sitk.Image(64, 64, 30, sitk.sitkInt16), "phantom")])


def test_error_is_the_last_line(baseline: Any) -> None:
    analysis = AnalysisProcess([baseline])
    analysis.close()
    analysis._lines[:] = ["warning: thick slices", "hematoma-expansion: x: no CT"]
    for code, cause in ((2, UsageError), (3, InputRefused), (4, ModelError), (70, HematomaExpansionError)):
        raised = analysis._error(code)
        assert type(raised) is cause
        assert str(raised) == "x: no CT"
    analysis._lines.clear()
    assert "code -9" in str(analysis._error(-9))


def test_process_that_does_not_obey_is_killed(baseline: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM is ignored by a child that sleeps; it is gone soon after the grace of two seconds."""
    script = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    script += "sys.stderr.write('ready\\n'); sys.stderr.flush(); time.sleep(60)"
    original = analysis_process._started
    monkeypatch.setattr(
        analysis_process, "_started", lambda command, log: original([command[0], "-c", script], log)
    )
    analysis = AnalysisProcess([baseline])
    folder: Path = analysis._folder
    while "ready" not in analysis.log:
        analysis.poll()
        time.sleep(0.02)
    start = time.monotonic()
    analysis.cancel()
    with pytest.raises(Cancelled):
        analysis.wait()
    assert analysis_process.GRACE_S <= time.monotonic() - start < analysis_process.GRACE_S + 1.0
    assert not folder.exists()

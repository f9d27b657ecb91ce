"""The scripts for ``Slicer --python-script``, run by plain Python and as the application would."""

import json
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from HematomaExpansionLib.resources import resource
from Testing.widget.doubles import MODULE

SCRIPT = MODULE / "Scripts" / "analyze_study.py"
BATCH = MODULE / "Scripts" / "batch.py"


def test_one_study(tmp_path: Path) -> None:
    """From another folder, with paths relative to it; what it writes is what the shell writes."""
    scan = resource("sample", "baseline.nii.gz")
    (tmp_path / "scan.nii.gz").symlink_to(scan)
    command = [sys.executable, str(SCRIPT), "--", "scan.nii.gz", "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["door"] == "slicer"
    assert abs(result["scans"][0]["volumes"]["ich"]["ml"] - 14.0) < 1.4
    assert (tmp_path / "out" / "report.html").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "scan.nii.gz"]


def test_cohort_is_that_of_the_shell(tmp_path: Path) -> None:
    """The command that answers is ``batch``: it names the table that is not there."""
    command = [sys.executable, str(BATCH), "--", "none.csv", "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 3
    assert "none.csv" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_cancelled(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--", str(resource("sample", "baseline.nii.gz"))]
    command += ["--out", str(tmp_path / "out"), "--progress", "lines"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr.readline().startswith("progress\treading")
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
    assert process.returncode == 130, said
    assert time.monotonic() - start < 3.0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "arguments", "code"),
    [
        (SCRIPT, ["--", "none.nii.gz", "--out", "out", "--segmenter=threshold"], 3),
        (SCRIPT, ["none.nii.gz", "--out", "out"], 4),
        (SCRIPT, ["none.nii.gz", "--out", "out", "--segmenter", "nonsense"], 2),
        (SCRIPT, ["--", "none.nii.gz", "--out", "out", "--segmenter", "blast-ct"], 4),
        (SCRIPT, [], 2),
        (BATCH, [], 2),
        (BATCH, ["--", "none.csv", "--out", "out"], 4),
    ],
)
def test_in_slicer_the_exit_code_is_passed_on(
    script: Path,
    arguments: list[str],
    code: int,
    module: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The application is a test double that notes its exit; it has no PyTorch extension."""
    import slicer

    exited: list[int] = []
    monkeypatch.delitem(sys.modules, "PyTorchUtils")
    monkeypatch.setattr(slicer.app, "commandOptions", SimpleNamespace, raising=False)
    monkeypatch.setattr(slicer.util, "exit", exited.append)
    monkeypatch.setattr(sys, "argv", [str(script), *arguments])
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        runpy.run_path(str(script), run_name="__main__")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert exited == [code]
    assert list(tmp_path.iterdir()) == []

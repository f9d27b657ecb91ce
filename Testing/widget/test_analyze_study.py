"""The scripts for ``Slicer --python-script``, run by plain Python and as the application would."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from HematomaExpansionLib.resources import resource
from Testing.widget.scripts import ANALYZE_STUDY, BATCH, exits_of


def test_one_study(tmp_path: Path) -> None:
    """From another folder, with paths relative to it; what it writes is what the shell writes."""
    scan = resource("sample", "baseline.nii.gz")
    (tmp_path / "scan.nii.gz").symlink_to(scan)
    command = [sys.executable, str(ANALYZE_STUDY), "--", "scan.nii.gz", "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["door"] == "slicer"
    assert abs(result["scans"][0]["volumes"]["ich"]["ml"] - 14.0) < 1.4
    assert (tmp_path / "out" / "report.html").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "scan.nii.gz"]


def test_cohort_that_is_not_there(tmp_path: Path) -> None:
    """The command that answers is ``batch``; its tables are compared in ``Testing/cohort/test_batch.py``."""
    command = [sys.executable, str(BATCH), "--", "none.csv", "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 3
    assert "none.csv" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_cancelled(tmp_path: Path) -> None:
    command = [sys.executable, str(ANALYZE_STUDY), "--", str(resource("sample", "baseline.nii.gz"))]
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
        (ANALYZE_STUDY, ["--", "none.nii.gz", "--out", "out", "--segmenter=threshold"], 3),
        (ANALYZE_STUDY, ["none.nii.gz", "--out", "out"], 4),
        (ANALYZE_STUDY, ["none.nii.gz", "--out", "out", "--segmenter", "nonsense"], 2),
        (ANALYZE_STUDY, ["--", "none.nii.gz", "--out", "out", "--segmenter", "blast-ct"], 4),
        (ANALYZE_STUDY, [], 2),
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
    """There is no PyTorch extension."""
    monkeypatch.delitem(sys.modules, "PyTorchUtils")
    monkeypatch.chdir(tmp_path)
    assert exits_of(script, arguments, monkeypatch) == [code]
    assert list(tmp_path.iterdir()) == []

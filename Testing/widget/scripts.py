"""A script for ``Slicer --python-script``, run as the application would: a test double notes its exit."""

import runpy
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from Testing.widget.doubles import MODULE

ANALYZE_STUDY = MODULE / "Scripts" / "analyze_study.py"
BATCH = MODULE / "Scripts" / "batch.py"


def exits_of(script: Path, arguments: Sequence[object], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Run a script in the host of the panel's tests; the exit codes it asked the application for."""
    import slicer

    exited: list[int] = []
    monkeypatch.setattr(slicer.app, "commandOptions", SimpleNamespace, raising=False)
    monkeypatch.setattr(slicer.util, "exit", exited.append)
    monkeypatch.setattr(sys, "argv", [str(script), *map(str, arguments)])
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        runpy.run_path(str(script), run_name="__main__")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return exited

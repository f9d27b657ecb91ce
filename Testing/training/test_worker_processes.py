"""Processes that share work: answers in order, and no process left behind by a run that is killed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from Testing.cohort.processes import is_alive, wait_until
from Testing.cohort.tasks import squared
from Testing.conftest import ROOT
from training.worker_processes import mapped


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_are_in_order(workers: int):
    assert list(mapped(squared, range(5), workers)) == [0, 1, 4, 9, 16]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
def test_processes_end_with_a_run_that_is_killed(tmp_path: Path):
    code = (
        "from pathlib import Path; from Testing.cohort.tasks import asleep; "
        "from training.worker_processes import mapped; "
        f"list(mapped(asleep, [(n, Path({str(tmp_path)!r})) for n in range(2)], 2))"
    )
    run = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    files = [tmp_path / f"pid-{number}" for number in range(2)]
    wait_until(lambda: all(file.exists() and file.read_text() for file in files), 60)
    run.send_signal(signal.SIGKILL)
    run.wait()
    workers = [int(file.read_text()) for file in files]
    wait_until(lambda: not any(is_alive(worker) for worker in workers), 60)

"""The worker processes of a run, as Linux lists them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from Testing.conftest import ROOT


def workers_of(run: int) -> list[int]:
    """Process numbers of the workers of a run; other children of it (a resource tracker) are none."""
    children = Path(f"/proc/{run}/task/{run}/children").read_text().split()
    return [int(child) for child in children if "spawn_main" in _command(child)]


def kill_one_worker(run: int) -> None:
    """SIGKILL to the first worker."""
    os.kill(workers_of(run)[0], signal.SIGKILL)


def is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended and waits to be asked how does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def workers_of_a_killed_run(call: str, folder: Path) -> list[int]:
    """Process numbers of two workers whose run was killed while they were asleep.

    Args:
        call: Python that imports what it needs and gives ``tasks`` to :func:`.tasks.asleep` in two workers.
        folder: empty, where they say their numbers.
    """
    code = (
        "from pathlib import Path; from Testing.cohort.tasks import asleep; "
        f"tasks = [(number, Path({str(folder)!r})) for number in range(2)]; {call}"
    )
    run = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    files = [folder / f"pid-{number}" for number in range(2)]
    wait_until(lambda: all(file.exists() and file.read_text() for file in files), 60)
    run.send_signal(signal.SIGKILL)
    run.wait()
    return [int(file.read_text()) for file in files]


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: it did not come true in so many seconds.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


def _command(process: str) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""

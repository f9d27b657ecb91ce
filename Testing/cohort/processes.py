"""The worker processes of a run, as Linux lists them."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


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

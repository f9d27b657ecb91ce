"""What workers are given in tests: they import it by name, so it holds nothing else."""

import os
import signal
import time
from pathlib import Path


def squared(number: int) -> int:
    return number * number


def killed_by_threes(task: tuple[int, Path]) -> int:
    """Kill the worker with 3 each time, and with 6 the first time; leave a trace of each try."""
    number, folder = task
    tries = folder / f"tries-{number}"
    with tries.open("a") as stream:
        stream.write("x")
    if number == 3 or (number == 6 and len(tries.read_text()) == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return os.getpid() * 1000 + number


def refused(number: int) -> int:
    if number == 2:
        raise ValueError("2 is refused")
    return number


def threads(_: int) -> tuple[str, ...]:
    names = (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
    )
    return tuple(os.environ.get(name, "") for name in names)


def asleep(task: tuple[int, Path]) -> None:
    """Say which process it is, and sleep."""
    number, folder = task
    (folder / f"pid-{number}").write_text(str(os.getpid()))
    time.sleep(60)

"""``hematoma-expansion batch`` on small heads: killed and resumed, two workers against one, a dask cluster.

    python -m Testing.benchmarks.batch [--patients 60] [--timed 8] [--out build/bench-batch]

Every part runs the real command. Linux only: workers to kill are found in /proc. A patient needs about 10 s
of processor time. Each worker has one thread, so that two take twice the processors of one. Of the seconds,
compare only those of one run, and on a machine that does nothing else; the processor time of a patient says
what two workers cost each other even where it does.
"""

import argparse
import csv
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from Testing.cohort.processes import kill_one_worker, wait_until
from Testing.cohort.small_heads import write_cohort

ONE_THREAD = {"OMP_NUM_THREADS": "1", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "1"}
LONGEST_S = 4 * 3600.0


def main() -> None:
    """Run all parts and print what they show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--patients", type=int, default=60, help="of the cohort that is killed; 0 to leave it out"
    )
    parser.add_argument("--timed", type=int, default=8, help="of the cohort that is timed; 0 to leave it out")
    parser.add_argument("--out", type=Path, default=Path("build/bench-batch"), help="folder; must be empty")
    arguments = parser.parse_args()
    console = Console()
    if arguments.patients:
        console.print(
            killed_and_resumed(_folder(arguments.out / "killed"), arguments.patients), highlight=False
        )
    if arguments.timed:
        console.print(timed(_folder(arguments.out / "timed"), arguments.timed))


def killed_and_resumed(folder: Path, patients: int) -> str:
    """One run in one go; one with a worker killed, then the run killed, then resumed. They must agree.

    Raises:
        SystemExit: they do not.
    """
    radii = np.random.default_rng(8).uniform(10, 24, patients)
    names = [f"P{number:03d}" for number in range(patients)]
    broken = (names[patients // 8], names[patients // 2])
    table = write_cohort(folder, {name: (radius,) for name, radius in zip(names, radii, strict=True)}, broken)
    whole, parts = folder / "whole", folder / "parts"
    _expect(_batch(table, whole, "--workers", "2").wait(), 5, "exit code of the unbroken run")
    run = _batch(table, parts, "--workers", "2")
    wait_until(lambda: len(_done(parts)) >= patients // 6, LONGEST_S)
    kill_one_worker(run.pid)
    wait_until(lambda: len(_done(parts)) >= patients // 2, LONGEST_S)
    run.send_signal(signal.SIGKILL)
    run.wait()
    before = {name: (parts / "patients" / name).stat().st_mtime_ns for name in _done(parts)}
    _expect(_batch(table, parts, "--workers", "2", "--resume").wait(), 5, "exit code of the resumed run")
    after = {name: (parts / "patients" / name).stat().st_mtime_ns for name in before}
    _expect(after, before, "folders that were there when the run was killed")
    for name in ("results.csv", "failures.csv"):
        _expect((parts / name).read_bytes(), (whole / name).read_bytes(), name)
    results, failures = _rows(parts / "results.csv"), _rows(parts / "failures.csv")
    _expect(
        [row["patient"] for row in results], [n for n in names if n not in broken], "patients with a result"
    )
    _expect([row["patient"] for row in failures], list(broken), "patients without one")
    return (
        f"{patients} patients, a worker killed, the run killed after {len(before)}, resumed: "
        f"{len(results)} results, {len(failures)} failures, none lost, none twice, "
        "results.csv as of the unbroken run"
    )


def timed(folder: Path, patients: int) -> Table:
    """One worker, two, and a dask cluster of two, on the same cohort.

    Raises:
        SystemExit: the results differ.
    """
    from distributed import LocalCluster

    radii = np.random.default_rng(9).uniform(10, 24, patients)
    table = write_cohort(folder, {f"P{number:03d}": (radius,) for number, radius in enumerate(radii)})
    shown = Table(title=f"{patients} patients, one head and its mask each")
    columns = (
        "",
        "seconds",
        "patients a minute",
        "against one worker",
        "processor s a patient",
        "MB a worker",
    )
    for column in columns:
        shown.add_column(column, justify="right" if column else "left")
    first = _timed(table, folder / "one", ("--workers", "1"))
    runs = {"1 worker": first, "2 workers": _timed(table, folder / "two", ("--workers", "2"))}
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        runs["dask, 2 workers"] = _timed(table, folder / "dask", ("--cluster", cluster.scheduler_address))
    for name, (seconds, busy, memory, results) in runs.items():
        _expect(results, first[-1], f"results.csv of {name}")
        pace = (f"{60 * patients / seconds:.1f}", f"{first[0] / seconds:.2f}")
        # The workers of a cluster are no children of the run, so their time is not known here.
        each = "" if name.startswith("dask") else f"{busy / patients:.1f}"
        shown.add_row(name, f"{seconds:.0f}", *pace, each, memory)
    return shown


def _timed(table: Path, out: Path, arguments: Sequence[str]) -> tuple[float, float, str, bytes]:
    """Seconds, processor seconds of the run and its workers, memory of a worker, the table of results."""
    started, busy = time.monotonic(), _processor_s()
    run = _batch(table, out, *arguments, stderr=subprocess.PIPE)
    _, said = run.communicate()
    _expect(run.returncode, 0, f"exit code of {' '.join(arguments)}")
    memory = re.search(r"at most (\d+) MB", said.decode())
    seconds, results = time.monotonic() - started, (out / "results.csv").read_bytes()
    return seconds, _processor_s() - busy, memory[1] if memory else "", results


def _processor_s() -> float:
    """Of all children that have ended, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _batch(table: Path, out: Path, *arguments: str, stderr: int | None = None) -> "subprocess.Popen[bytes]":
    fixed = ("--out", str(out), "--mapping", "1=ich", "--device", "cpu")
    command = [sys.executable, "-m", "HematomaExpansionLib.cli", "batch", str(table), *fixed, *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, env=os.environ | ONE_THREAD)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def _done(out: Path) -> set[str]:
    folder = out / "patients"
    return {item.name for item in folder.iterdir() if item.name[0] != "."} if folder.is_dir() else set()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def _expect(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise SystemExit(f"{what}: {found!r}, not {wanted!r}")


if __name__ == "__main__":
    main()

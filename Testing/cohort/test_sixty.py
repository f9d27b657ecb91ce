"""Sixty patients, two broken, a worker and the run killed: the same as if nothing had happened."""

import csv
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from Testing.cohort.processes import kill_one_worker, wait_until
from Testing.cohort.quick_scans import write_scans
from Testing.conftest import ROOT

BROKEN = ("P07", "P31")
PATIENTS = [f"P{number:02d}" for number in range(60)]


def started(table: Path, out: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "Testing.cohort.quick", str(table), str(out), *arguments]
    return subprocess.Popen(command, cwd=ROOT)


def done(out: Path) -> set[str]:
    folder = out / "patients"
    return {item.name for item in folder.iterdir() if item.name[0] != "."} if folder.is_dir() else set()


@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="worker processes are found as Linux lists them"
)
def test_nothing_is_lost_nothing_done_twice_and_the_table_is_the_same(tmp_path: Path) -> None:
    table, unbroken, broken = (
        write_scans(tmp_path, PATIENTS, BROKEN),
        tmp_path / "unbroken",
        tmp_path / "broken",
    )
    assert started(table, unbroken).wait(120) == 0
    (tmp_path / "tries.txt").unlink()

    run = started(table, broken)
    wait_until(lambda: len(done(broken)) >= 10, 60)
    kill_one_worker(run.pid)
    wait_until(lambda: len(done(broken)) >= 30, 60)
    run.send_signal(signal.SIGKILL)
    run.wait()
    before = {name: (broken / "patients" / name / "result.json").stat().st_mtime_ns for name in done(broken)}
    assert 30 <= len(before) < 58
    assert not (broken / "results.csv").exists()
    assert started(table, broken, "--resume").wait(120) == 0

    assert (broken / "results.csv").read_bytes() == (unbroken / "results.csv").read_bytes()
    assert (broken / "failures.csv").read_bytes() == (unbroken / "failures.csv").read_bytes()
    with (broken / "results.csv").open(newline="") as stream:
        assert [row["patient"] for row in csv.DictReader(stream)] == [p for p in PATIENTS if p not in BROKEN]
    with (broken / "failures.csv").open(newline="") as stream:
        assert [(row["patient"], row["reason"]) for row in csv.DictReader(stream)] == [
            ("P07", "P07.txt: is no scan"),
            ("P31", "P31.txt: is no scan"),
        ]
    after = {name: (broken / "patients" / name / "result.json").stat().st_mtime_ns for name in before}
    assert after == before
    assert not [item for item in (broken / "patients").iterdir() if item.name[0] == "."]
    # Once each, but for what was under way in a worker when it or the run was killed, and for the broken.
    tries = Counter(line.split()[0] for line in (tmp_path / "tries.txt").read_text().splitlines())
    twice = {name for name, count in tries.items() if count > 1} - set(BROKEN)
    assert set(tries) == set(PATIENTS)
    assert len(twice) <= 3

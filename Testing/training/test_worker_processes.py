"""Processes that share work: answers in order, and no process left behind by a run that is killed."""

import sys
from pathlib import Path

import pytest

from Testing.cohort.processes import is_alive, wait_until, workers_of_a_killed_run
from Testing.cohort.tasks import squared
from training.worker_processes import mapped


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_are_in_order(workers: int):
    assert list(mapped(squared, range(5), workers)) == [0, 1, 4, 9, 16]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
def test_processes_end_with_a_run_that_is_killed(tmp_path: Path):
    call = "from training.worker_processes import mapped; list(mapped(asleep, tasks, 2))"
    workers = workers_of_a_killed_run(call, tmp_path)
    wait_until(lambda: not any(is_alive(worker) for worker in workers), 60)

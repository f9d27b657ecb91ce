"""Workers in processes: each answer once, whatever is killed."""

import os
import sys
import time
from pathlib import Path

import pytest

from HematomaExpansionLib.cohort.workers import Killed, on_processes
from Testing.cohort.processes import is_alive, wait_until, workers_of_a_killed_run
from Testing.cohort.tasks import killed_by_threes, refused, squared, threads


def test_every_task_is_answered_once() -> None:
    assert sorted(on_processes(squared, range(9), 2)) == [(n, n * n) for n in range(9)]
    assert list(on_processes(squared, (), 2)) == []


def test_a_killed_worker_costs_the_others_nothing_and_its_task_one_more_try(tmp_path: Path) -> None:
    tasks = [(number, tmp_path) for number in range(8)]
    answers = {task[0]: answer for task, answer in on_processes(killed_by_threes, tasks, 2)}
    tries = {number: len((tmp_path / f"tries-{number}").read_text()) for number in range(8)}
    assert tries == {0: 1, 1: 1, 2: 1, 3: 2, 4: 1, 5: 1, 6: 2, 7: 1}
    assert [number for number, answer in answers.items() if isinstance(answer, Killed)] == [3]
    found = {number: answer for number, answer in answers.items() if not isinstance(answer, Killed)}
    assert all(answer % 1000 == number for number, answer in found.items())
    # Two begin, with 0 and 1, which kill nobody. Each of the three that are killed makes way for a new one;
    # which of these come to answer is a matter of timing.
    assert found[0] // 1000 != found[1] // 1000
    assert len({answer // 1000 for answer in found.values()}) <= 5


def test_what_a_task_raises_ends_the_run() -> None:
    with pytest.raises(ValueError, match="2 is refused"):
        list(on_processes(refused, range(4), 1))


def test_a_wish_to_stop_ends_the_run_while_tasks_are_under_way(tmp_path: Path) -> None:
    started = time.monotonic()

    def look() -> None:
        if time.monotonic() - started > 0.3:
            raise KeyboardInterrupt

    from Testing.cohort.tasks import asleep

    with pytest.raises(KeyboardInterrupt):
        list(on_processes(asleep, [(0, tmp_path)], 1, look))
    assert time.monotonic() - started < 30


def test_processors_are_divided_and_never_more_than_the_user_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert [answer for _, answer in on_processes(threads, [0], 2)] == [("1", "4", "4", "4")]
    assert "MKL_NUM_THREADS" not in os.environ


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
def test_workers_end_with_a_run_that_is_killed(tmp_path: Path) -> None:
    call = (
        "from HematomaExpansionLib.cohort.workers import on_processes; list(on_processes(asleep, tasks, 2))"
    )
    workers = workers_of_a_killed_run(call, tmp_path)
    wait_until(lambda: not any(is_alive(worker) for worker in workers), 60)

"""The same work on a dask cluster of this machine."""

from pathlib import Path

import pytest

from HematomaExpansionLib.cohort.batch import plan_batch, run_batch
from HematomaExpansionLib.cohort.case import read_cases
from HematomaExpansionLib.cohort.cluster import on_cluster
from HematomaExpansionLib.cohort.tables import write_results
from HematomaExpansionLib.cohort.workers import Killed
from HematomaExpansionLib.errors import UsageError
from Testing.cohort.quick import OPTIONS, quick_case
from Testing.cohort.quick_scans import write_scans
from Testing.cohort.tasks import killed_by_threes, squared

dask = pytest.importorskip("dask", reason="the extra cluster is not installed")


@pytest.fixture(scope="module")
def cluster():
    from distributed import LocalCluster

    settings = {"distributed.scheduler.allowed-failures": 1}
    with (
        dask.config.set(settings),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as found,
    ):
        yield found


def test_every_task_is_answered_once(cluster):
    answers = on_cluster(squared, range(9), cluster.scheduler_address)
    assert sorted(answers) == [(number, number * number) for number in range(9)]


def test_a_cohort_has_the_same_table_there(cluster, tmp_path: Path):
    table = write_scans(tmp_path, [f"P{number}" for number in range(9)], ["P7"])
    _, cases = read_cases(table)
    written = []
    for name, address in (("processes", None), ("cluster", cluster.scheduler_address)):
        plan = plan_batch(cases, tmp_path / name, OPTIONS, resume=False)
        found = run_batch(plan, OPTIONS, 2, address, analyse=quick_case)
        write_results(found.results, tmp_path / f"{name}.csv")
        written.append((tmp_path / f"{name}.csv").read_bytes())
        assert [failure.patient for failure in found.failures] == ["P7"]
    assert written[0] == written[1]
    assert written[0].count(b"\n") == 9


def test_a_task_that_kills_its_workers_is_given_up_and_the_others_are_done(cluster, tmp_path: Path):
    tasks = [(number, tmp_path) for number in range(2, 5)]
    answers = {
        task[0]: answer for task, answer in on_cluster(killed_by_threes, tasks, cluster.scheduler_address)
    }
    assert sorted(answers) == [2, 3, 4]
    assert [number for number, answer in answers.items() if isinstance(answer, Killed)] == [3]


def test_a_cluster_that_cannot_be_used_is_said():
    with pytest.raises(UsageError, match="no dask scheduler answers there"):
        list(on_cluster(squared, [1], "nonsense://127.0.0.1:1"))

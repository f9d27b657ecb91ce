"""The training loop: it learns, repeats, goes on after a kill, stops early, and shares work."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from HematomaExpansionLib.errors import ModelError, UsageError
from Testing.conftest import ROOT
from training import loop
from training.loop import batches, fit
from training.processes import Processes
from training.task import Plan
from training.training_log import Curves

from .learning_a_line import PLAN, Points, best_after, line

HERE = Processes(torch.device("cpu"))


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Sums in another order differ in the last bit."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def weights(task) -> dict[str, torch.Tensor]:
    return {key: value.clone() for key, value in task.network.state_dict().items()}


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[key], second[key]) for key in first)


def test_it_learns_and_records_how(tmp_path: Path):
    task = line()
    outcome = fit(task, replace(PLAN, epochs=30), tmp_path, HERE)
    assert outcome.scores["auc"] > 0.95
    # 18 examples are 4 batches of 4; the two that are left over come in another epoch.
    assert (outcome.steps, outcome.epochs, outcome.ended_by, outcome.kept_epoch) == (120, 30, "epochs", 30)
    table = (tmp_path / "curves.csv").read_text().splitlines()
    assert table[0] == "step,epoch,minutes,loss,auc"
    assert len(table) == 31
    losses = [float(row.split(",")[3]) for row in table[1:]]
    assert losses[-1] < 0.5 * losses[0]
    assert (tmp_path / "curves.png").read_bytes()[:4] == b"\x89PNG"


def test_tensorboard_reads_the_events(tmp_path: Path):
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    fit(line(), PLAN, tmp_path, HERE)
    events = reader.EventAccumulator(str(tmp_path / "events"))
    events.Reload()
    assert [event.step for event in events.Scalars("auc")] == [4, 8, 12, 16]


def test_each_example_is_seen_once_an_epoch_or_as_often_as_there_are_copies(tmp_path: Path):
    task = line()
    run = loop._Run(task, PLAN, tmp_path, HERE)
    assert sorted(run._order(0)) == list(range(18))
    assert not np.array_equal(run._order(0), run._order(1))
    thrice = loop._Run(task, replace(PLAN, copies=3), tmp_path, HERE)
    assert sorted(thrice._order(0)) == sorted(3 * list(range(18)))
    assert thrice.epoch_steps == 13


def test_weights_balance_the_classes(tmp_path: Path):
    """Three of ten are positive; drawn with the inverse of their share, half of the draws are."""
    shares = [0.5 / 3] * 3 + [0.5 / 7] * 7
    task = replace(line(), training=Points(10, 1), weights=shares)
    run = loop._Run(task, replace(PLAN, copies=400), tmp_path, HERE)
    assert np.mean(run._order(0) < 3) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(tmp_path: Path, dropout: float):
    tasks = [line(dropout) for _ in range(3)]
    for task, seed in zip(tasks, (3, 3, 4), strict=True):
        fit(task, replace(PLAN, seed=seed), tmp_path, HERE)
    first, again, other = map(weights, tasks)
    assert same(first, again)
    assert not same(first, other)


@pytest.mark.parametrize(
    ("where", "stop"), [("vary", 1), ("vary", 6), ("vary", 15), ("score", 0), ("score", 1), ("score", 3)]
)
def test_a_resumed_run_ends_like_an_unbroken_one(tmp_path: Path, monkeypatch, where: str, stop: int):
    """Stopped in an epoch, between two and in the last one, or while an epoch is scored.

    With dropout and early stopping.
    """
    plan = replace(PLAN, patience=3)
    unbroken = line(dropout=0.3)
    expected = fit(unbroken, plan, tmp_path / "unbroken", HERE)

    monkeypatch.setattr(loop, "SAVE_S", -1.0)
    stopped = line(dropout=0.3)
    usual = {"vary": stopped.training.vary, "score": stopped.score}[where]
    calls = []

    def stop_here(*given):
        if len(calls) == stop:
            raise KeyboardInterrupt
        calls.append(1)
        return usual(*given)

    if where == "vary":
        stopped.training.vary = stop_here
    else:
        stopped = replace(stopped, score=stop_here)
    with pytest.raises(KeyboardInterrupt):
        fit(stopped, plan, tmp_path / "broken", HERE)
    torch.manual_seed(99)
    resumed = line(dropout=0.3)
    outcome = fit(resumed, plan, tmp_path / "broken", HERE, resume=True)
    assert same(weights(unbroken), weights(resumed))
    assert replace(outcome, seconds=0) == replace(expected, seconds=0)
    tables = [(tmp_path / name / "curves.csv").read_text().splitlines() for name in ("unbroken", "broken")]
    assert [row.split(",")[3:] for row in tables[0]] == [row.split(",")[3:] for row in tables[1]]


def test_a_killed_process_is_resumed(tmp_path: Path):
    """SIGKILL, as the out-of-memory killer gives it, at whatever moment it comes."""
    command = [sys.executable, "-m", "Testing.training.learning_a_line"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    killed = subprocess.Popen(
        [*command, tmp_path, "0.3"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "checkpoint.pt").is_file():
        assert killed.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not (tmp_path / "weights.safetensors").exists()
    subprocess.run(
        [*command, tmp_path, "0"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
    )
    unbroken = line()
    fit(unbroken, PLAN, tmp_path / "unbroken", HERE)
    assert same(load_file(tmp_path / "weights.safetensors"), weights(unbroken))


def test_two_processes_learn_what_one_does(tmp_path: Path):
    """Two processes of torchrun on CPUs take half of each batch; gradients meet, and both keep one epoch."""
    command = ["torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m"]
    subprocess.run(
        [sys.executable, "-m", *command, "Testing.training.learning_a_line", tmp_path, "0", "3"],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert [(tmp_path / f"kept-epoch-{rank}").read_text() for rank in (0, 1)] == ["3", "3"]
    alone = replace(line(), score=best_after(3))
    fit(alone, replace(PLAN, patience=4), tmp_path / "alone", HERE)
    together = load_file(tmp_path / "weights.safetensors")
    for key, value in weights(alone).items():
        # A mean of two means is the mean but for rounding, which bfloat16 makes visible.
        assert torch.allclose(together[key], value, atol=0.02), key


def test_early_stopping_keeps_the_best_weights_of_the_validation_patients(tmp_path: Path):
    """Scores rise, fall, and stay below the best for two epochs: the run ends, with the second's weights."""
    told = iter([0.6, 0.8, 0.7, 0.8, 0.9])
    seen = []

    def score(network, unvaried):
        seen.append({key: value.clone() for key, value in network.state_dict().items()})
        return {"auc": next(told)}

    task = replace(line(), score=score)
    outcome = fit(task, replace(PLAN, epochs=5, patience=2), tmp_path, HERE)
    assert (outcome.ended_by, outcome.epochs, outcome.kept_epoch) == ("patience", 4, 2)
    assert outcome.scores == {"auc": 0.8}
    assert same(weights(task), seen[1])


def test_without_patience_the_last_weights_are_kept(tmp_path: Path):
    told = iter([0.9, 0.5])
    outcome = fit(
        replace(line(), score=lambda *_: {"auc": next(told)}), replace(PLAN, epochs=2), tmp_path, HERE
    )
    assert (outcome.kept_epoch, outcome.scores) == (2, {"auc": 0.5})


def test_a_run_without_validation_goes_to_its_end(tmp_path: Path):
    outcome = fit(line(validation=False), PLAN, tmp_path, HERE)
    assert (outcome.ended_by, outcome.scores) == ("epochs", {})


def test_the_clock_ends_a_run_and_the_rate_follows_it(tmp_path: Path):
    done = []
    task = replace(line(pause_s=0.05), rate=lambda share: done.append(share) or 1.0)
    outcome = fit(task, replace(PLAN, epochs=1000, minutes=1 / 60), tmp_path, HERE)
    assert outcome.ended_by == "clock"
    assert 1.0 <= outcome.seconds < 3
    assert done == sorted(done)
    assert done[-1] > 0.8


def test_the_rate_steps_down_where_the_plan_says(tmp_path: Path):
    """4 epochs of 4 steps: the rate of :func:`line` falls to a tenth at the start of the third epoch."""
    rates = []
    task = line(rate=0.5)

    def noted(parameters):
        optimizer = torch.optim.SGD(parameters, lr=0.5)
        optimizer.register_step_pre_hook(lambda o, *_: rates.append(o.param_groups[0]["lr"]))
        return optimizer

    fit(replace(task, optimizer=noted), PLAN, tmp_path, HERE)
    assert rates == 8 * [0.5] + 8 * [0.05]


def test_long_gradients_are_cut(tmp_path: Path):
    """A gradient of 1000 becomes one of 2: with a rate of 1, a step of 2."""
    task = line()
    before = weights(task)
    task = replace(
        task,
        loss=lambda network, batch: {
            "loss": 1000 * network[0].weight[0, 0] + 0 * network(batch["points"]).sum()
        },
        optimizer=lambda parameters: torch.optim.SGD(parameters, lr=1.0),
        rate=lambda done: 1.0,
        longest_gradient=2.0,
    )
    fit(task, replace(PLAN, epochs=1, batch=18), tmp_path, HERE)
    moved = before["0.weight"] - weights(task)["0.weight"]
    assert float(moved[0, 0]) == pytest.approx(2, abs=1e-3)
    assert float(moved.abs().sum()) == pytest.approx(2, abs=1e-3)


def test_validation_examples_come_in_their_order_and_unvaried():
    points = Points(5, 1)
    found = torch.cat([batch["points"] for batch in batches(points, 2, torch.device("cpu"))])
    assert torch.equal(found, torch.from_numpy(points.points))


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (replace(PLAN, batch=0), "18 examples in batches of 0 for 1 processes and 4 epochs"),
        (replace(PLAN, epochs=0), "and 0 epochs: each process needs at least one example a step"),
        (replace(PLAN, patience=2, monitor="dice"), "early stopping on dice: the scores are auc"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(tmp_path: Path, plan: Plan, message: str):
    with pytest.raises(UsageError, match=message):
        fit(line(), plan, tmp_path, HERE)


def test_early_stopping_needs_validation(tmp_path: Path):
    with pytest.raises(UsageError, match="early stopping needs validation patients"):
        fit(line(validation=False), replace(PLAN, patience=1), tmp_path, HERE)


def test_another_run_is_not_resumed(tmp_path: Path):
    fit(line(), PLAN, tmp_path, HERE)
    with pytest.raises(UsageError, match="a run with seed 3 cannot be resumed with 5"):
        fit(line(), replace(PLAN, seed=5), tmp_path, HERE, resume=True)


@pytest.mark.parametrize("kept", [0, 100, 2000])
def test_a_checkpoint_that_cannot_be_read_is_named(tmp_path: Path, kept: int):
    """Of the file only so many bytes are left."""
    fit(line(), replace(PLAN, epochs=1), tmp_path, HERE)
    file = tmp_path / "checkpoint.pt"
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(ModelError, match=rf"{file}: cannot be read .*; remove it to begin anew$"):
        fit(line(), replace(PLAN, epochs=1), tmp_path, HERE, resume=True)


def test_a_finished_run_is_not_run_again(tmp_path: Path):
    task, again = line(), line()
    fit(task, PLAN, tmp_path, HERE)
    assert fit(again, PLAN, tmp_path, HERE, resume=True).steps == 16
    assert same(weights(task), weights(again))


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path):
    task = replace(line(), loss=lambda network, batch: {"loss": network(batch["points"]).mean() * np.nan})
    with pytest.raises(ModelError, match="step 0: the loss is no longer a number"):
        fit(task, PLAN, tmp_path, HERE)


def test_a_table_forgets_what_a_stop_lost(tmp_path: Path):
    table = Curves(tmp_path / "curves.csv", 0)
    for step in (4, 8, 12):
        table.add(step=step, loss=1.0 / step)
    assert [row["step"] for row in Curves(tmp_path / "curves.csv", 8).rows] == [4, 8]

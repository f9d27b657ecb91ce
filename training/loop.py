"""The one training loop: seeded, resumable, in mixed precision, on one processor or several.

A script says what is learnt (:class:`Task`) and for how long (:class:`Plan`); :func:`fit` does the rest:

    outcome = fit(task, plan, folder, processes, resume=options.resume)

Every draw is keyed by the seed, the step and the place in the batch, never by what was drawn before. So a run
that is killed and resumed ends with the weights of an unbroken one, and several processes see the examples,
varied alike, that one would have seen (dropout and the statistics of batch normalisation are each process's
own). A run that ends by the clock (``minutes``) cannot be repeated exactly; all others can: bit for bit on a
CPU with the same number of threads, and on CUDA as far as cuDNN's deterministic kernels reach.
"""

import math
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from HematomaExpansionLib.errors import ModelError, UsageError

from .checkpoint import load_checkpoint, save_checkpoint
from .precision import mixed_precision
from .processes import Processes
from .task import Batch, Examples, Outcome, Plan, Task
from .training_log import Curves

CHECKPOINT, TABLE, FIGURE, EVENTS = "checkpoint.pt", "curves.csv", "curves.png", "events"
DRAW_S = 30.0
"""The figure is drawn anew after so long, and at the end."""
SAVE_S = 120.0
"""A checkpoint is written at least this often within an epoch, and at each epoch's end, with its scores."""

_PLAIN = ("steps", "seconds", "sums", "scores", "best", "ended_by")
"""Numbers, words and the best weights: what a checkpoint holds beside the states of PyTorch's objects."""


def fit(task: Task, plan: Plan, folder: Path, processes: Processes, *, resume: bool = False) -> Outcome:
    """Train a network; afterwards it has the weights that were kept, in every process.

    Args:
        task: what is learnt.
        plan: for how long.
        folder: for the checkpoint, ``curves.csv``, ``curves.png`` and TensorBoard's ``events``.
        processes: this process, and with it the device.
        resume: go on from the folder's checkpoint where there is one; a finished run is not run again.

    Raises:
        UsageError: when the run to resume was another, or the plan cannot be followed.
        ModelError: when the loss is no longer a number, or the checkpoint cannot be read.
    """
    run = _Run(task, plan, folder, processes)
    if resume and (folder / CHECKPOINT).is_file():
        run.resume()
    curves = Curves(folder / TABLE, run.steps, folder / EVENTS) if processes.first else None
    drawn = time.monotonic()
    while not run.ended_by:
        row = run.epoch()
        if curves is None:
            continue
        curves.add(step=run.steps, epoch=run.steps / run.epoch_steps, minutes=run.seconds / 60, **row)
        run.save()
        if run.ended_by or time.monotonic() - drawn > DRAW_S:
            curves.draw(folder / FIGURE, task.panels)
            drawn = time.monotonic()
        told = ", ".join(f"{key} {value:.4f}" for key, value in row.items())
        print(f"epoch {run.epochs}/{plan.epochs}, {run.seconds / 60:.1f} min: {told}", flush=True)
    if curves is not None:
        curves.close()
    return run.outcome()


def batches(examples: Examples, size: int, device: torch.device) -> Iterator[Batch]:
    """All examples in their order, unvaried, on a device; for scoring."""
    for first in range(0, len(examples), size):
        loaded = examples.load(range(first, min(first + size, len(examples))))
        yield {name: tensor.to(device) for name, tensor in loaded.items()}


class _Run:
    """The state of a run, and its steps."""

    def __init__(self, task: Task, plan: Plan, folder: Path, processes: Processes) -> None:
        self.task, self.plan, self.processes = task, plan, processes
        self.checkpoint = folder / CHECKPOINT
        self.device = processes.device
        torch.backends.cudnn.deterministic = True
        task.network.to(self.device)
        self.optimizer = task.optimizer(p for p in task.network.parameters() if p.requires_grad)
        self.rates = [float(group["lr"]) for group in self.optimizer.param_groups]
        self.shared = processes.share(task.network)
        self.dtype = mixed_precision("cuda" if self.device.type == "cuda" else "cpu", task.network)
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=self.dtype is torch.float16)
        self.seen = len(task.training) * plan.copies
        self.share = min(plan.batch, self.seen) // processes.count
        if self.share < 1 or plan.epochs < 1:
            raise UsageError(
                f"{self.seen} examples in batches of {plan.batch} for {processes.count} processes and "
                f"{plan.epochs} epochs: each process needs at least one example a step, and one epoch"
            )
        if plan.patience and task.validation is None:
            raise UsageError(f"patience of {plan.patience} epochs: early stopping needs validation patients")
        self.epoch_steps = self.seen // (self.share * processes.count)
        self.order = lru_cache(maxsize=2)(self._order)
        self.steps = 0
        self.seconds = 0.0
        self.sums: dict[str, float] = {}
        self.scores: dict[str, float] = {}
        self.best: dict[str, Any] = {}
        self.ended_by = ""

    @property
    def epochs(self) -> int:
        """That are finished."""
        return self.steps // self.epoch_steps

    @property
    def done(self) -> float:
        """Share of the run that is behind, 0-1, the same in all processes."""
        by_steps = self.steps / (self.plan.epochs * self.epoch_steps)
        if not self.plan.minutes:
            return by_steps
        return min(1.0, self.processes.agree(max(by_steps, self.seconds / 60 / self.plan.minutes)))

    def epoch(self) -> dict[str, float]:
        """Learn to the end of the epoch, or of the time; returns mean losses of the epoch, and scores."""
        last = (self.epochs + 1) * self.epoch_steps
        started, saved = time.monotonic() - self.seconds, time.monotonic()
        self.shared.train()
        done = self.done
        for loaded in self._loaded(range(self.steps, last)):
            self._step(loaded, done)
            self.seconds = time.monotonic() - started
            done = self.done
            if done >= 1:
                break
            # After the epoch's last step its scores are due: a run resumed there would begin the next epoch.
            if self.steps < last and time.monotonic() - saved > SAVE_S and self.processes.first:
                self.save()
                saved = time.monotonic()
        steps = (self.steps - 1) % self.epoch_steps + 1
        losses = {key: total / steps for key, total in self.sums.items()}
        self.sums = {}
        self._validate()
        self.seconds = time.monotonic() - started
        if not self.ended_by and done >= 1:
            self.ended_by = "epochs" if self.epochs == self.plan.epochs else "clock"
        return losses | self.scores

    def outcome(self) -> Outcome:
        """Put the kept weights into the network; say how it went."""
        if self.best:
            self.task.network.load_state_dict(self.best["weights"])
        self.processes.spread(self.task.network)
        # Only the first process scores; all have to train equally long on what comes next.
        kept_epoch = self.processes.agree(self.best["epoch"] if self.best else self.epochs)
        return Outcome(
            steps=self.steps,
            epochs=self.epochs,
            seconds=self.seconds,
            ended_by=self.ended_by,
            kept_epoch=int(kept_epoch),
            scores=self.best["scores"] if self.best else self.scores,
        )

    def save(self) -> None:
        """Write everything that :meth:`resume` needs."""
        state = {
            "network": self.task.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            **{name: getattr(self, name) for name in _PLAIN},
        }
        save_checkpoint(self.checkpoint, asdict(self.plan), state)

    def resume(self) -> None:
        """Go on as if the run had never stopped."""
        state = load_checkpoint(self.checkpoint, asdict(self.plan), self.device)
        self.task.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        for name in _PLAIN:
            setattr(self, name, state[name])

    def _step(self, loaded: Batch, done: float) -> None:
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * self.task.rate(done)
        count, rank = self.processes.count, self.processes.rank
        # For dropout, which draws from PyTorch's own generators.
        key = np.random.SeedSequence([self.plan.seed, self.steps, rank]).generate_state(1, np.uint32)
        torch.manual_seed(int(key[0]))
        places = range(rank, self.share * count, count)
        rngs = [np.random.default_rng([self.plan.seed, self.steps, place]) for place in places]
        on_device = {key: value.to(self.device, non_blocking=True) for key, value in loaded.items()}
        batch = self.task.training.vary(on_device, rngs)
        with self._autocast():
            losses = self.task.loss(self.shared, batch)
        self.optimizer.zero_grad()
        self.scaler.scale(losses["loss"]).backward()
        if self.task.longest_gradient:
            self.scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_(self.task.network.parameters(), self.task.longest_gradient)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        for key, value in losses.items():
            self.sums[key] = self.sums.get(key, 0.0) + float(value.detach())
        if not math.isfinite(self.sums["loss"]):
            raise ModelError(f"step {self.steps}: the loss is no longer a number; lower the learning rate")
        self.steps += 1

    def _validate(self) -> None:
        """Score the weights; keep them when they are the best so far, and stop when none were for long."""
        if self.task.validation is None:
            return
        if self.processes.first:
            network = self.task.network.eval()
            unvaried = batches(self.task.validation, self.share, self.device)
            with torch.inference_mode(), self._autocast():
                self.scores = {key: float(value) for key, value in self.task.score(network, unvaried).items()}
            self._keep_if_best()
        if not self.plan.patience:
            return
        best_epoch = self.best["epoch"] if self.best else 0
        if self.processes.agree(self.epochs - best_epoch) >= self.plan.patience:
            self.ended_by = "patience"

    def _keep_if_best(self) -> None:
        if not self.plan.patience:
            return
        if self.plan.monitor not in self.scores:
            names = ", ".join(self.scores) or "none"
            raise UsageError(f"early stopping on {self.plan.monitor}: the scores are {names}")
        score = self.scores[self.plan.monitor]
        if not self.best or score > self.best["score"]:
            weights = {key: value.detach().clone() for key, value in self.task.network.state_dict().items()}
            self.best = {"score": score, "epoch": self.epochs, "scores": self.scores, "weights": weights}

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype is not torch.float32)

    def _loaded(self, steps: Sequence[int]) -> Iterator[Batch]:
        """This process's share of each step's batch; the next is loaded while the present one is used."""
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(self._load, steps[0])
            for step in steps:
                loaded = coming.result()
                if step + 1 in steps:
                    coming = pool.submit(self._load, step + 1)
                yield loaded

    def _load(self, step: int) -> Batch:
        epoch, number = divmod(step, self.epoch_steps)
        size = self.share * self.processes.count
        indices = self.order(epoch)[number * size : (number + 1) * size]
        return self.task.training.load(indices[self.processes.rank :: self.processes.count].tolist())

    def _order(self, epoch: int) -> NDArray[np.int64]:
        """Examples in the order of an epoch. What does not fill a batch is left for another epoch's order."""
        rng = np.random.default_rng([self.plan.seed, epoch])
        count = len(self.task.training)
        if self.task.weights is None:
            return rng.permutation(np.repeat(np.arange(count), self.plan.copies))
        shares = np.asarray(self.task.weights, float)
        return rng.choice(count, self.seen, p=shares / shares.sum())

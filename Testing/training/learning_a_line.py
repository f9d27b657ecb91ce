"""A task that is learnt in milliseconds, as a module and as a command, for the tests of the training loop."""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.metrics import roc_auc_score
from torch import nn

from training.loop import fit
from training.processes import processes
from training.task import Batch, Plan, Task

PLAN = Plan(epochs=4, batch=4, seed=3, data="a line")


class Points:
    """Points of a plane; those above a line are positive. A step can pause, to last until it is killed."""

    def __init__(self, count: int, seed: int, pause_s: float = 0.0) -> None:
        self.points = np.random.default_rng(seed).normal(size=(count, 2)).astype(np.float32)
        self.labels = (self.points @ np.array([1.0, -2.0]) > 0).astype(np.float32)
        self.pause_s = pause_s

    def __len__(self) -> int:
        return len(self.points)

    def load(self, indices: Sequence[int]) -> Batch:
        chosen = list(indices)
        return {
            "points": torch.from_numpy(self.points[chosen]),
            "labels": torch.from_numpy(self.labels[chosen]),
        }

    def vary(self, batch: Batch, rngs: Sequence[np.random.Generator]) -> Batch:
        time.sleep(self.pause_s)
        noise = np.stack([rng.normal(0, 0.1, 2) for rng in rngs]).astype(np.float32)
        return batch | {"points": batch["points"] + torch.from_numpy(noise)}


def loss(network: nn.Module, batch: Batch) -> dict[str, torch.Tensor]:
    logits = network(batch["points"])[:, 0]
    return {"loss": nn.functional.binary_cross_entropy_with_logits(logits.float(), batch["labels"])}


def score(network: nn.Module, unvaried: Iterable[Batch]) -> dict[str, float]:
    pairs = [(network(batch["points"])[:, 0].float().numpy(), batch["labels"].numpy()) for batch in unvaried]
    logits, labels = (np.concatenate(each) for each in zip(*pairs, strict=True))
    return {"auc": float(roc_auc_score(labels, logits))}


def line(dropout: float = 0.0, pause_s: float = 0.0, validation: bool = True, rate: float = 0.1) -> Task:
    """A small network with seeded weights, and its points."""
    torch.manual_seed(1)
    return Task(
        network=nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Dropout(dropout), nn.Linear(8, 1)),
        training=Points(18, 1, pause_s),
        validation=Points(40, 2) if validation else None,
        loss=loss,
        score=score,
        optimizer=lambda parameters: torch.optim.Adam(parameters, lr=rate),
        rate=lambda done: 1.0 if done < 0.5 else 0.1,
    )


def best_after(epoch: int) -> Callable[..., dict[str, float]]:
    """A score that is best after an epoch, whatever was learnt."""
    calls = count(1)
    return lambda *_: {"auc": -abs(next(calls) - epoch)}


if __name__ == "__main__":
    # FOLDER PAUSE_S [BEST]: train in it, resume what is there, write the weights; keep those of epoch BEST.
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    task = line(pause_s=float(sys.argv[2]))
    with processes("cpu") as these:
        plan = PLAN
        if len(sys.argv) > 3:
            task, plan = replace(task, score=best_after(int(sys.argv[3]))), replace(PLAN, patience=4)
        outcome = fit(task, plan, folder, these, resume=True)
        (folder / f"kept-epoch-{these.rank}").write_text(str(outcome.kept_epoch))
        if these.first:
            save_file(task.network.state_dict(), folder / "weights.safetensors")

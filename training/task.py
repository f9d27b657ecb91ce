"""What a training run is told: what is learnt, from what, and for how long. See :mod:`.loop`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from .training_log import Panel

Batch = dict[str, Tensor]
"""Tensors by name, the first axis of each the example."""


class Examples(Protocol):
    """What a network learns from or is scored on."""

    def __len__(self) -> int:
        """How many there are."""

    def load(self, indices: Sequence[int]) -> Batch:
        """Examples as tensors on the CPU, as prepared; called in a thread while the step before runs."""

    def vary(self, batch: Batch, rngs: Sequence[np.random.Generator]) -> Batch:
        """Augment a loaded batch on its device, each example by its own generator; never for validation."""


@dataclass(frozen=True)
class Task:
    """What is learnt.

    Attributes:
        network: with its initial weights; after :func:`fit` it has the weights that were kept.
        training: learnt from.
        validation: scored after each epoch, never learnt from; None for a fit to everything.
        loss: of a network's answers to a batch, a mean over its examples under ``"loss"``, and whatever else
            should stand in the curves. Calls the network once, by ``network(...)``, so that the gradients of
            several processes meet.
        score: of a network in evaluation mode on unvaried batches that lie on the device, by name.
        optimizer: makes it from the network's parameters; only those that need a gradient are passed.
        rate: factor of the optimizer's learning rate when a share of the run, 0-1, is behind.
        weights: how often each training example is drawn, in proportion; None draws each once an epoch.
        longest_gradient: norm that the gradient of a step is cut to; 0 leaves it as it is.
        panels: of the figure of curves.
    """

    network: nn.Module
    training: Examples
    validation: Examples | None
    loss: Callable[[nn.Module, Batch], Mapping[str, Tensor]]
    score: Callable[[nn.Module, Iterable[Batch]], Mapping[str, float]]
    optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]
    rate: Callable[[float], float] = field(default=lambda done: 1.0)
    weights: Sequence[float] | None = None
    longest_gradient: float = 0.0
    panels: Sequence[Panel] = (
        Panel("training loss", "loss"),
        Panel("AUC, validation patients", "auc", (0, 1)),
    )


@dataclass(frozen=True)
class Plan:
    """How long, and in what steps.

    Attributes:
        epochs: passes over the training examples.
        batch: examples a step, of all processes together.
        seed: of all draws; that of the initial weights is the caller's.
        data: fingerprint of the examples; a run is not resumed on others.
        minutes: end earlier after so many, validation included; 0 for no such end.
        copies: how often an example is seen in an epoch, each time varied anew.
        patience: end after so many epochs without a better score, and keep the weights of the best epoch;
            0 trains to the end and keeps the last weights.
        monitor: the score that patience watches; more is better.
    """

    epochs: int
    batch: int
    seed: int
    data: str
    minutes: float = 0.0
    copies: int = 1
    patience: int = 0
    monitor: str = "auc"


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        steps: that were made.
        epochs: that were finished.
        seconds: it took, the time before a stop included.
        ended_by: ``"epochs"``, ``"clock"`` or ``"patience"``.
        kept_epoch: epoch after which the network had the weights that were kept.
        scores: of those weights on the validation examples; empty without any.
    """

    steps: int
    epochs: int
    seconds: float
    ended_by: str
    kept_epoch: int
    scores: dict[str, float]

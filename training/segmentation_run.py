"""One training run of the segmentation network: its state, its steps, and how it goes on after a stop."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.optim.swa_utils import AveragedModel

from HematomaExpansionLib.device import Device
from HematomaExpansionLib.networks.haemorrhage_unet import CONTEXT_SLICES, HaemorrhageUNet
from HematomaExpansionLib.segmentation.network_grid import neighbours

from .checkpoint import load_checkpoint, save_checkpoint
from .precision import has_fast_bfloat16
from .segmentation_batches import Sampler
from .segmentation_data import Prepared
from .segmentation_loss import SegmentationLoss, scores

LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-2
WARM_UP = 0.03
"""Share of the run in which the learning rate rises."""
EMA_DECAY = 0.999
GRADIENT_NORM = 3.0


@dataclass(frozen=True)
class Plan:
    """How long and how a network is trained.

    Attributes:
        steps: end after so many, 0 for no such end. Only a run that ends by steps can be repeated exactly.
        minutes: end after so many of training, 0 for no such end; the learning rate then follows the clock.
        batch: slices a step.
        seed: of the initial weights and all draws.
        data: fingerprint of the scans; a run is not resumed on others.
    """

    steps: int
    minutes: float
    batch: int
    seed: int
    data: str

    def done(self, steps: int, seconds: float) -> float:
        """Share of the run that is behind, 0-1."""
        by_steps = steps / self.steps if self.steps else 0.0
        by_clock = seconds / 60 / self.minutes if self.minutes else 0.0
        return min(max(by_steps, by_clock), 1.0)


class Run:
    """A training run: AdamW, one warm-up and a cosine, and an exponential average of the weights.

    Args:
        plan: how long and how.
        scans: what to learn from; one that is given twice is drawn twice as often.
        device: where to train. On CUDA, and on a CPU that has it in hardware, in bfloat16.
    """

    def __init__(self, plan: Plan, scans: Sequence[Prepared], device: Device) -> None:
        """Build a network with seeded weights."""
        torch.manual_seed(plan.seed)
        self.plan = plan
        self.device = torch.device(device)
        self.sampler = Sampler(scans, plan.batch, plan.seed)
        self.network = HaemorrhageUNet().to(self.device)
        self.average = AveragedModel(self.network, multi_avg_fn=_average, use_buffers=True)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY
        )
        self.loss = SegmentationLoss()
        self.bfloat16 = has_fast_bfloat16(device)
        self.steps = 0
        self.seconds = 0.0

    @property
    def done(self) -> float:
        """Share of the run that is behind, 0-1."""
        return self.plan.done(self.steps, self.seconds)

    def start_from(self, weights: dict[str, torch.Tensor]) -> None:
        """Begin with trained weights instead of random ones."""
        self.network.load_state_dict(weights)
        self.average.module.load_state_dict(weights)

    def step(self) -> float:
        """Learn from one batch; returns its loss."""
        started = time.perf_counter()
        rate = learning_rate(self.done)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        batch = self.sampler.draw(self.steps, self.device)
        self.network.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16):
            logits, ventricles = self.network(batch.hu)
        loss = self.loss(logits, ventricles, batch)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM)
        self.optimizer.step()
        self.average.update_parameters(self.network)
        value = float(loss.detach())
        self.steps += 1
        self.seconds += time.perf_counter() - started
        return value

    def validate(self, scans: Sequence[Prepared]) -> dict[str, float]:
        """Score the averaged weights on scans; see :func:`.segmentation_loss.scores`."""
        network = self.average.module.eval()
        return scores(
            (self._label(network, scan), np.asarray(scan.targets[:, 0]), scan.voxel_ml) for scan in scans
        )

    def _label(self, network: nn.Module, scan: Prepared, batch: int = 16) -> NDArray[np.uint8]:
        index = neighbours(len(scan.hu), CONTEXT_SLICES)
        labels = []
        with torch.inference_mode(), torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16):
            for first in range(0, len(index), batch):
                hu = torch.from_numpy(scan.hu[index[first : first + batch]]).to(self.device)
                labels.append(network(hu.float())[0].argmax(1).to(torch.uint8).cpu().numpy())
        return np.concatenate(labels)

    def save(self, file: Path) -> None:
        """Write everything that :meth:`resume` needs."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "steps": self.steps,
            "seconds": self.seconds,
        }
        save_checkpoint(file, vars(self.plan), state)

    def resume(self, file: Path) -> None:
        """Go on from a file of :meth:`save` as if the run had never stopped.

        Raises:
            UsageError: when there is none, or the run was another: other scans, seed, batch or length.
        """
        state = load_checkpoint(file, vars(self.plan), self.device)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.steps, self.seconds = state["steps"], state["seconds"]


def learning_rate(done: float) -> float:
    """The learning rate when a share of the run is behind: a linear warm-up, then half a cosine to 0."""
    if done < WARM_UP:
        return LEARNING_RATE * (done + 1e-3) / (WARM_UP + 1e-3)
    return LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))


def _average(averages: list[torch.Tensor], values: list[torch.Tensor], count: torch.Tensor) -> None:
    """Exponential average, shorter at the start, where the weights are still far from any good."""
    number = float(count)
    decay = min(EMA_DECAY, (1 + number) / (10 + number))
    for mean, value in zip(averages, values, strict=True):
        if mean.is_floating_point():
            mean.lerp_(value.to(mean.dtype), 1 - decay)
        else:
            mean.copy_(value)

"""One training run in several processes, as ``torchrun`` starts them: what they share and agree on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from HematomaExpansionLib.device import Device

_LONGEST_WAIT = timedelta(days=7)
"""For the first process, which alone prepares the scans: hours for a large cohort, where torch waits 10 to 30
minutes and then ends the run."""


@dataclass(frozen=True)
class Processes:
    """This process among those that train together.

    Attributes:
        device: where this process computes; on CUDA each process has a device of its own.
        rank: number of this process; 0 validates, writes and prints.
        count: how many there are.
    """

    device: torch.device
    rank: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that validates, writes and prints."""
        return self.rank == 0

    def share(self, network: nn.Module) -> nn.Module:
        """The network with its gradients averaged over all processes; the network itself when alone."""
        if self.count == 1:
            return network
        return DistributedDataParallel(
            network, device_ids=[self.device.index] if self.device.type == "cuda" else None
        )

    def agree(self, value: float) -> float:
        """What the first process says, in all of them."""
        if self.count == 1:
            return value
        told = torch.tensor([value], dtype=torch.float64, device=self.device)
        distributed.broadcast(told, 0)
        return float(told)

    def spread(self, network: nn.Module) -> None:
        """Give all processes the weights of the first one."""
        if self.count > 1:
            for value in network.state_dict().values():
                distributed.broadcast(value, 0)


@contextmanager
def processes(device: Device) -> Iterator[Processes]:
    """Join the processes of ``torchrun`` when it started this one (``WORLD_SIZE`` is set), else be alone.

    ``torchrun --nproc-per-node 4 -m training.zhong2021_cnn ...`` trains on four GPUs of one machine (NCCL),
    or in four processes on CPUs (gloo).
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Processes(torch.device(device))
        return
    place = torch.device(device)
    if device == "cuda":
        place = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(place)
    distributed.init_process_group("nccl" if device == "cuda" else "gloo", timeout=_LONGEST_WAIT)
    try:
        yield Processes(place, distributed.get_rank(), count)
    finally:
        distributed.destroy_process_group()

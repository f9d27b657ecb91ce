"""A patient with one or more scans: everything that makes it, and its scans."""

from dataclasses import dataclass

import numpy as np
import torch

from .bleed import BleedSettings, make_shape
from .extra_axial import CollectionSettings
from .followup import TimePoint, scan_at
from .head import Head
from .host import HostSettings, make_host
from .simulated_scan import SimulatedScan


@dataclass(frozen=True)
class Case:
    """All that makes a simulated patient.

    Attributes:
        seed: of every random draw.
        host: the head.
        bleed: the bleed; where no time point has any blood it is not used.
        time_points: baseline first.
        outside: a collection between skull and brain.
    """

    seed: int
    host: HostSettings
    bleed: BleedSettings
    time_points: tuple[TimePoint, ...]
    outside: CollectionSettings | None = None


def simulate(case: Case, device: torch.device | None = None, head: Head | None = None) -> list[SimulatedScan]:
    """Make the scans of a case, baseline first. The same case gives the same voxels.

    Args:
        case: what to make.
        device: where to compute; the CPU when not given.
        head: a head to take instead of the one that the case describes, on its own device.

    Raises:
        ValueError: when the head has no room for the blood.
    """
    anatomy, blood, outside, *noise = np.random.SeedSequence(case.seed).spawn(3 + len(case.time_points))
    host = head or make_host(case.host, np.random.default_rng(anatomy), device)
    shape = make_shape(host, case.bleed, np.random.default_rng(blood))
    return [
        scan_at(host, shape, case.outside, point, (_number(outside), _number(seed)))
        for point, seed in zip(case.time_points, noise, strict=True)
    ]


def _number(seed: np.random.SeedSequence) -> int:
    return int(seed.generate_state(1)[0])

"""The command ``python -m training.simulate``: write simulated patients with their truth.

Not in ``__main__``, whose functions a worker process cannot find.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from HematomaExpansionLib.device import CHOICES, choose_device
from HematomaExpansionLib.errors import UsageError

from ..worker_processes import mapped
from .draw import COLLECTION_SHARE, draw_case
from .files import write

_ATTEMPTS = 20


@dataclass(frozen=True)
class Order:
    """What to write, see the options of the command."""

    seed: int
    out: Path
    followup: bool
    clean: float
    collections: float
    dicom: bool
    device: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Write ``--cases`` patients into folders ``case-0001``, ``case-0002``, ... of ``--out``."""
    parser = argparse.ArgumentParser(prog="python -m training.simulate", description=main.__doc__)
    parser.add_argument("--cases", type=int, required=True, help="how many patients")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same files")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--followup", action="store_true", help="a second scan of each patient")
    parser.add_argument("--clean", type=float, default=0.0, help="share of patients without blood, 0-1")
    parser.add_argument(
        "--collections",
        type=float,
        default=COLLECTION_SHARE,
        help=f"share of patients with a subdural or epidural haematoma, 0-1; {COLLECTION_SHARE}",
    )
    parser.add_argument("--dicom", action="store_true", help="each scan as a DICOM series, too")
    parser.add_argument("--workers", type=int, default=1, help="processes; the files do not depend on it")
    parser.add_argument("--device", default="auto", help=f"one of {', '.join(CHOICES)}")
    options = parser.parse_args(arguments)
    if options.cases < 1 or options.seed < 0:
        parser.error("--cases must be at least 1 and --seed at least 0")
    for name in ("clean", "collections"):
        if not 0 <= getattr(options, name) <= 1:
            parser.error(f"--{name} is {getattr(options, name)}: from 0 to 1 is allowed")
    if options.workers < 1:
        parser.error("--workers must be at least 1")
    try:
        device = choose_device(options.device)
    except UsageError as error:
        parser.error(str(error))
    order = Order(
        options.seed, options.out, options.followup, options.clean, options.collections, options.dicom, device
    )
    for line in mapped(partial(_write, order), range(1, options.cases + 1), options.workers):
        print(line, flush=True)


def _write(order: Order, number: int) -> str:
    """Write one patient; what was written in one line."""
    # Sums depend on how many threads share them: one makes the same bytes everywhere.
    torch.set_num_threads(1)
    folder = order.out / f"case-{number:04d}"
    for attempt in range(_ATTEMPTS):
        case = draw_case(order.seed, number, order.followup, order.clean, attempt, order.collections)
        try:
            scans = write(case, folder, dicom=order.dicom, device=torch.device(order.device))
        except ValueError as error:
            print(f"{folder}: drawn again, {error}", flush=True)
            continue
        volumes = ", ".join(f"ICH {s.truth_ml['ich']:.1f} mL, IVH {s.truth_ml['ivh']:.1f} mL" for s in scans)
        return f"{folder}: {volumes}"
    return f"{folder}: not written, none of {_ATTEMPTS} bleeds had room"

"""The command ``python -m training.simulate.cohort``: write simulated patients, with or without their scans.

Not in ``__main__``, whose functions a worker process cannot find.
"""

import argparse
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from HematomaExpansionLib.errors import OutputError

from ...worker_processes import mapped
from .draw import draw_cohort
from .files import SCANS, write_cohort
from .patient import Patient

_ATTEMPTS = 20


@dataclass(frozen=True)
class Order:
    """Which scans to write, see the options of the command."""

    seed: int
    folder: Path
    followup: bool
    device: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Write ``--out`` and, beside it, its data dictionary and, with ``--scans``, a folder of scans."""
    parser = argparse.ArgumentParser(prog="python -m training.simulate.cohort", description=main.__doc__)
    parser.add_argument("--patients", type=int, required=True, help="how many patients")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes")
    parser.add_argument("--out", type=Path, required=True, help="CSV file to write")
    parser.add_argument("--latent", action="store_true", help="write the true risk, too")
    parser.add_argument("--scans", action="store_true", help="write the baseline CT of each patient, too")
    parser.add_argument("--followup", action="store_true", help="with --scans: the follow-up CT, too")
    parser.add_argument("--workers", type=int, default=1, help="processes; the files do not depend on it")
    parser.add_argument("--device", default="auto", help="for the scans: auto, cpu or cuda")
    options = parser.parse_args(arguments)
    if options.patients < 1 or options.seed < 0 or options.workers < 1:
        parser.error("--patients and --workers must be at least 1 and --seed at least 0")
    if options.out.suffix != ".csv":
        parser.error(f"--out {options.out}: a .csv file is allowed")
    if options.followup and not options.scans:
        parser.error("--followup goes with --scans")
    try:
        if options.scans:
            order = Order(options.seed, options.out.parent / SCANS, options.followup, options.device)
            numbers = range(1, options.patients + 1)
            patients = list(mapped(partial(_scan, order), numbers, options.workers))
        else:
            patients = draw_cohort(options.patients, options.seed)
        scans = (1 + options.followup) * options.scans
        said = write_cohort(patients, options.out, options.seed, options.latent, scans=scans)
    except OutputError as error:
        parser.error(str(error))
    print(f"{options.out}: {said['patients']} simulated patients, {said['expanded']} with expansion")
    print(f"best reachable AUC {said['best_reachable_auc']} (true risk, expected)")


def _scan(order: Order, number: int) -> Patient:
    """Draw one patient and write the scans, into a folder that gets its name when it is whole.

    What an earlier run wrote whole is kept.
    """
    import torch

    from HematomaExpansionLib.device import choose_device

    from ..files import write
    from .scans import draw_scanned

    # Sums depend on how many threads share them: one makes the same bytes everywhere.
    torch.set_num_threads(1)
    device = torch.device(choose_device(order.device))
    folder = order.folder / f"{number:04d}"
    written = json.loads((folder / "truth.json").read_text())["seed"] if folder.is_dir() else None
    unfinished = folder.with_name(f".{folder.name}")
    for attempt in range(_ATTEMPTS):
        patient, case = draw_scanned(order.seed, number, order.followup, attempt)
        if case.seed == written:
            return patient
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            write(case, unfinished, device=device)
        except ValueError as error:
            print(f"{folder}: drawn again, {error}", flush=True)
            continue
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
        print(f"{folder}: ICH {patient.ich_ml:.1f} mL, IVH {patient.ivh_ml:.1f} mL", flush=True)
        return patient
    raise OutputError(f"{folder}: no head had room for the blood in {_ATTEMPTS} attempts")

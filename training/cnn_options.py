"""The options that the training scripts of image networks have in common."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from HematomaExpansionLib.device import CHOICES, choose_device
from HematomaExpansionLib.errors import HematomaExpansionError

from .cnn_training import Recipe, Training
from .processes import processes


@dataclass(frozen=True)
class Defaults:
    """The paper's.

    Attributes:
        epochs: passes over the training patients.
        batch: patients a step.
        rate: learning rate.
        copies: how often a patient is seen in an epoch.
        folds: of the cross-validation.
    """

    epochs: int
    batch: int
    rate: float
    copies: int
    folds: int


def parser(name: str, description: str | None, defaults: Defaults) -> argparse.ArgumentParser:
    """A parser with the common options, for a script to add its own."""
    made = argparse.ArgumentParser(
        prog=f"python -m training.{name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--cohort", type=Path, required=True, help="table with baseline and baseline_mask")
    add("--out", type=Path, required=True, help="the bundle to write; OUT-run holds everything else")
    add("--data", choices=("simulated", "real"), help="what the patients are; else as beside the table")
    add("--cache", type=Path, help="folder of prepared scans (default: OUT-run/prepared)")
    add("--epochs", type=int, default=defaults.epochs, help=f"paper and default: {defaults.epochs}")
    add("--batch", type=int, default=defaults.batch, help=f"patients a step; {defaults.batch}")
    add("--rate", type=float, default=defaults.rate, help=f"learning rate; {defaults.rate:g}")
    add(
        "--copies",
        type=int,
        default=defaults.copies,
        help=f"times a patient is seen in an epoch, each varied anew; {defaults.copies}",
    )
    add(
        "--folds",
        type=int,
        default=defaults.folds,
        help=f"of the cross-validation, {defaults.folds}; 0 holds one patient in five out instead",
    )
    add("--patience", type=int, default=0, help="stop after so many epochs without a better AUC; 0: never")
    add(
        "--no-balance",
        dest="balance",
        action="store_false",
        help="do not weight patients with expansion by their rarity",
    )
    add("--minutes", type=float, default=0.0, help="of all trainings together, at most")
    add("--seed", type=int, default=1)
    add("--device", choices=CHOICES, default="auto")
    add("--threads", type=int, help="threads on the CPU (default: all cores)")
    add("--workers", type=int, default=1, help="processes that prepare scans")
    add("--prepare-only", action="store_true", help="prepare the scans and stop")
    add("--resume", action="store_true", help="go on from the last checkpoint")
    return made


def check(made: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse common options that make no sense."""
    for name in ("epochs", "batch", "copies", "threads", "workers"):
        value = getattr(options, name)
        if value is not None and value < 1:
            made.error(f"--{name} is {value}; it must be at least 1")
    if options.folds < 0 or options.folds == 1 or (options.patience and options.folds == 2):
        made.error(f"--folds is {options.folds}; 0, or from 2 (from 3 with --patience) is allowed")
    for name in ("patience", "minutes", "seed"):
        if getattr(options, name) < 0:
            made.error(f"--{name} is {getattr(options, name)}; it must not be negative")
    if options.rate <= 0:
        made.error(f"--rate is {options.rate}; it must be more than 0")


def run(name: str, options: argparse.Namespace, recipe: Callable[[], Recipe]) -> int:
    """Train; an error that is the user's ends with one line and its exit code."""
    if options.threads:
        torch.set_num_threads(options.threads)
    try:
        with processes(choose_device(options.device)) as these:
            folder = options.out.with_name(options.out.name + "-run")
            Training(recipe(), options, these, folder).everything()
    except HematomaExpansionError as error:
        print(f"training.{name}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("stopped; --resume goes on from the last checkpoint", file=sys.stderr)
        return 130
    return 0

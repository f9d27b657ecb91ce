"""The options that the training scripts of image networks have in common."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from HematomaExpansionLib.device import choose_device

from . import script
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
    made = script.parser_of(name, description)
    script.add_cohort(made, "the bundle to write; OUT-run holds everything else", "scans")
    add = made.add_argument
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
    script.add_patience(made, "AUC in the next fold")
    add(
        "--no-balance",
        dest="balance",
        action="store_false",
        help="do not weight patients with expansion by their rarity",
    )
    add(
        "--learn-risk",
        action="store_true",
        help="of a simulated cohort, learn the stated risk and not the outcome drawn from it",
    )
    add("--minutes", type=float, default=0.0, help="of all trainings together, at most")
    script.add_machine(made)
    script.add_workers(made, "scans")
    add("--prepare-only", action="store_true", help="prepare the scans and stop")
    script.add_resume(made)
    return made


def check(made: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse common options that make no sense."""
    script.check_least(made, options, "epochs", "batch", "copies", "threads", "workers")
    if options.patience and not options.folds:
        made.error("--patience needs --folds from 3: who chooses when to stop can be no test of the network")
    if options.folds < 0 or options.folds == 1 or (options.patience and options.folds == 2):
        made.error(f"--folds is {options.folds}; 0, or from 2 (from 3 with --patience) is allowed")
    for name in ("patience", "minutes", "seed"):
        if getattr(options, name) < 0:
            made.error(f"--{name} is {getattr(options, name)}; it must not be negative")
    if options.rate <= 0:
        made.error(f"--rate is {options.rate}; it must be more than 0")


def run(name: str, options: argparse.Namespace, recipe: Callable[[], Recipe]) -> int:
    """Train, see :func:`.script.run`."""

    def train(options: argparse.Namespace) -> None:
        with processes(choose_device(options.device)) as these:
            Training(recipe(), options, these, script.run_folder(options.out)).everything()

    return script.run(name, train, options)

"""What the commands that train networks have in common: options, their checks, and how they end."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import torch

from HematomaExpansionLib.device import CHOICES
from HematomaExpansionLib.errors import HematomaExpansionError


def parser_of(name: str, description: str | None) -> argparse.ArgumentParser:
    """A parser without options for ``python -m training.NAME``; the description is shown as it is."""
    return argparse.ArgumentParser(
        prog=f"python -m training.{name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_cohort(parser: argparse.ArgumentParser, bundle: str, prepared: str) -> None:
    """Add ``--cohort``, ``--out``, ``--data`` and ``--cache``.

    Args:
        parser: of the command.
        bundle: what ``--out`` is.
        prepared: what is prepared of each patient, in the plural.
    """
    add = parser.add_argument
    add("--cohort", type=Path, required=True, help="table with baseline and baseline_mask")
    add("--out", type=Path, required=True, help=bundle)
    add("--data", choices=("simulated", "real"), help="what the patients are; else as beside the table")
    add("--cache", type=Path, help=f"folder of prepared {prepared} (default: OUT-run/prepared)")


def add_machine(parser: argparse.ArgumentParser) -> None:
    """Add ``--seed``, ``--device`` and ``--threads``."""
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", choices=CHOICES, default="auto")
    parser.add_argument("--threads", type=int, help="threads on the CPU (default: all cores)")


def add_workers(parser: argparse.ArgumentParser, prepared: str) -> None:
    """Add ``--workers``; ``prepared`` as in :func:`add_cohort`."""
    parser.add_argument("--workers", type=int, default=1, help=f"processes that prepare {prepared}")


def add_resume(parser: argparse.ArgumentParser) -> None:
    """Add ``--resume``."""
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")


def add_patience(parser: argparse.ArgumentParser, watched: str) -> None:
    """Add ``--patience``.

    Args:
        parser: of the command.
        watched: the score, and of whom.
    """
    told = f"stop after so many epochs without a better {watched}, and keep the best epoch; 0: never"
    parser.add_argument("--patience", type=int, default=0, help=told)


def check_least(
    parser: argparse.ArgumentParser, options: argparse.Namespace, *names: str, least: int = 1
) -> None:
    """Refuse whole numbers that are too small; one that was not given is none."""
    for name in names:
        value = getattr(options, name)
        if value is not None and value < least:
            parser.error(f"--{name.replace('_', '-')} is {value}; it must be at least {least}")


def run_folder(out: Path) -> Path:
    """Where a training keeps everything but its bundle."""
    return out.with_name(out.name + "-run")


def said_simulated(options: argparse.Namespace) -> bool | None:
    """What ``--data`` says; None where it says nothing."""
    return None if options.data is None else options.data == "simulated"


def run(name: str, train: Callable[[argparse.Namespace], None], options: argparse.Namespace) -> int:
    """Train; an error that is the user's ends with one line and its exit code.

    Args:
        name: of the command.
        train: what it does.
        options: with ``threads``.
    """
    if options.threads:
        torch.set_num_threads(options.threads)
    try:
        train(options)
    except HematomaExpansionError as error:
        print(f"training.{name}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        how = "; --resume goes on from the last checkpoint" if hasattr(options, "resume") else ""
        print(f"stopped{how}", file=sys.stderr)
        return 130
    return 0

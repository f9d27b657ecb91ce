"""Progress on standard error, and cancellation by signal, for commands."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Literal

from .progress import Progress

ProgressStyle = Literal["auto", "lines", "none"]
"""``auto``: bars on a terminal, else nothing. ``lines``: ``progress<TAB>stage<TAB>fraction<TAB>message``, one
line each, for a program that reads them."""


@contextmanager
def cancelled_by_signals() -> Iterator[Callable[[], bool]]:
    """Take SIGINT and SIGTERM as a wish to stop; a second one ends the process at once."""
    wished: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        wished.append(number)
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(wished)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def shown(style: ProgressStyle, cancelled: Callable[[], bool]) -> Iterator[Progress]:
    """A :class:`~HematomaExpansionLib.progress.Progress` that shows itself in the chosen style."""
    if style == "lines":
        yield Progress(_line, cancelled)
    elif style == "none" or not sys.stderr.isatty():
        yield Progress(None, cancelled)
    else:
        from rich.console import Console
        from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Bars(*columns, console=Console(stderr=True)) as bars:
            tasks: dict[str, TaskID] = {}

            def report(stage: str, fraction: float, _message: str) -> None:
                if stage not in tasks:
                    tasks[stage] = bars.add_task(stage, total=1.0)
                bars.update(tasks[stage], completed=fraction)

            yield Progress(report, cancelled)


def _line(stage: str, fraction: float, message: str) -> None:
    # Written, not printed: standard error is this door's progress channel.
    sys.stderr.write(f"progress\t{stage}\t{fraction:.3f}\t{message}\n")
    sys.stderr.flush()

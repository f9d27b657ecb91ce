"""Packages that take seconds to import, imported while other work runs."""

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Thread

SWITCH_S = 0.0005
"""How long the importing thread keeps the interpreter when the block asks for it. With Python's own 5 ms a
filter that reports its progress waits so long at each of its hundreds of iterations."""


@contextmanager
def imported_meanwhile(packages: Sequence[str]) -> Iterator[None]:
    """Import packages in a thread beside the block, which ends when both have.

    A package that cannot be imported is left to who needs it, and knows what to say. The block must import
    nothing for the first time: two threads that import the same packages can each see half of one. Garbage is
    not looked for meanwhile: nearly all of what an import makes stays, and looking took a fifth of its time.

    Args:
        packages: names, such as ``torch``; those that are imported already cost nothing.
    """
    thread = Thread(target=_import, args=(packages,), name="imports")
    usual, collecting = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(min(usual, SWITCH_S))
    gc.disable()
    thread.start()
    try:
        yield
    finally:
        thread.join()
        sys.setswitchinterval(usual)
        if collecting:
            gc.enable()


def _import(packages: Sequence[str]) -> None:
    for package in packages:
        with suppress(Exception):
            import_module(package)

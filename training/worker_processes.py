"""Work shared by processes, in the order in which it was given."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from HematomaExpansionLib.cohort.workers import end_with_parent

Item = TypeVar("Item")
Result = TypeVar("Result")


def mapped(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int, chunk: int = 1
) -> Iterator[Result]:
    """What a function gives for each item. The processes end with this one, however it ends.

    Args:
        function: of a module other than ``__main__``, or a partial of one, so that it can be sent.
        items: likewise.
        workers: processes; with 1 everything is done in this one.
        chunk: items sent at a time.
    """
    if workers == 1:
        yield from map(function, items)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), end_with_parent) as pool:
        yield from pool.map(function, items, chunksize=chunk)

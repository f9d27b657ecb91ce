"""Workers of a dask.distributed cluster that is already running.

Its workers must see the table's files and the output folder under the same paths, have this package
installed, and run one task at a time (``dask worker ADDRESS --nthreads 1``): the threads of a worker are for
one patient. A worker that dies is the scheduler's to notice: it gives the task to others as often as its
setting ``distributed.scheduler.allowed-failures`` says (1 is one retry, as on one machine). What it gives
up is tried once more when nothing else runs.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import UsageError
from .workers import Answer, Killed, Task

if TYPE_CHECKING:
    from distributed import Client

_LOOK_S = 0.5


def on_cluster(
    function: Callable[[Task], Answer],
    tasks: Sequence[Task],
    address: str,
    look: Callable[[], None] = lambda: None,
) -> Iterator[tuple[Task, Answer | Killed]]:
    """Run a function on every task in a cluster, and give each answer when it is there.

    Args:
        function: can be pickled; its exceptions end the run.
        tasks: can be pickled.
        address: of the scheduler, as ``tcp://HOST:8786``.
        look: called several times a second; what it raises ends the run.

    Raises:
        UsageError: distributed is not installed, there is no cluster at the address, it has no worker, or a
            worker runs several tasks at a time.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "--cluster needs the package distributed: pip install 'hematoma-expansion[cluster]'"
        ) from error
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise UsageError(f"--cluster {address}: no dask scheduler answers there ({error})") from error
    with client:
        _check_workers(client.scheduler_info(n_workers=-1)["workers"], address)
        # Of two tasks that wait on one worker the scheduler blames both for its death, so what it gives up
        # is asked once more, alone.
        blamed: list[Task] = []
        for task, answer in _answers(client, function, tasks, look):
            if isinstance(answer, Killed):
                blamed.append(task)
            else:
                yield task, answer
        for task in blamed:
            yield from _answers(client, function, [task], look)


def _answers(
    client: "Client", function: Callable[[Task], Answer], tasks: Sequence[Task], look: Callable[[], None]
) -> Iterator[tuple[Task, Answer | Killed]]:
    """The answers to tasks that are given to the scheduler together."""
    from distributed import KilledWorker, wait

    running = {client.submit(function, task, pure=False): task for task in tasks}
    try:
        while running:
            look()
            try:
                done = wait(list(running), timeout=_LOOK_S, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                continue
            for future in done:
                task = running.pop(future)
                try:
                    yield task, future.result()
                except KilledWorker:
                    yield task, Killed()
    finally:
        client.cancel(list(running))


def _check_workers(workers: dict[str, dict[str, int]], address: str) -> None:
    if not workers:
        raise UsageError(
            f"--cluster {address}: has no worker; start one with dask worker {address} --nthreads 1"
        )
    for name, worker in workers.items():
        if worker["nthreads"] != 1:
            raise UsageError(
                f"--cluster {address}: worker {name} runs {worker['nthreads']} tasks at a time; "
                "start workers with --nthreads 1"
            )

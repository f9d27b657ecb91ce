"""Workers in processes of this machine, of which any may be killed without harm to the others.

Each worker has a pipe of its own. When one dies, it is known which patient it had, it alone is replaced, and
the patient is tried once more. Pools (joblib's loky, the standard library's) end all workers when one dies
and cannot say which task was to blame.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

_THREADS = (
    "OMP_NUM_THREADS",  # PyTorch, and OpenMP generally
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
)
_TRIES = 2
_LOOK_S = 0.2

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class Killed:
    """Stands for the answer of a task whose worker died each time it was tried."""


def on_processes(
    function: Callable[[Task], Answer],
    tasks: Sequence[Task],
    workers: int,
    look: Callable[[], None] = lambda: None,
) -> Iterator[tuple[Task, Answer | Killed]]:
    """Run a function on every task in processes, and give each answer when it is there.

    The processors are divided among the workers: each has so many threads, or fewer where the environment
    says so. A task whose worker is killed is run once more; the second time it is given up.

    Args:
        function: can be pickled; its exceptions end the run.
        tasks: can be pickled.
        workers: how many processes.
        look: called several times a second; what it raises ends the run.
    """
    waiting = [(task, 1) for task in reversed(tasks)]
    busy: dict[Connection, tuple[_Worker[Task], Task, int]] = {}
    idle: list[_Worker[Task]] = []
    try:
        with _threads_divided(workers):
            while waiting or busy:
                while waiting and len(busy) < workers:
                    worker = idle.pop() if idle else _hired(function)
                    task, times = waiting.pop()
                    worker.give(task)
                    busy[worker.pipe] = (worker, task, times)
                look()
                ready = wait(list(busy), timeout=_LOOK_S)
                for pipe in [pipe for pipe in busy if pipe in ready]:
                    worker, task, times = busy.pop(pipe)
                    answer = worker.answer()
                    if isinstance(answer, Killed) and times < _TRIES:
                        waiting.append((task, times + 1))
                        continue
                    if not isinstance(answer, Killed):
                        idle.append(worker)
                    yield task, answer
    finally:
        # At once: what a worker was writing has a temporary name.
        for worker in [*idle, *(worker for worker, _, _ in busy.values())]:
            worker.end()


@dataclass(frozen=True, eq=False)
class _Worker(Generic[Task]):
    """A process that answers one task after another."""

    process: BaseProcess
    pipe: "Connection[Task, Any]"

    def give(self, task: Task) -> None:
        """Hand over a task; when the process has died meanwhile, :meth:`answer` will tell."""
        try:
            self.pipe.send(task)
        except BrokenPipeError:
            return

    def answer(self) -> Any:
        """The answer, waited for; :class:`Killed` when the process has died.

        Raises whatever the task raised.
        """
        try:
            answer, error = self.pipe.recv()
        except (EOFError, OSError):
            self.end()
            return Killed()
        if error is not None:
            raise error
        return answer

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _hired(function: Callable[[Task], Any]) -> _Worker[Task]:
    """A new worker in a fresh Python: neither PyTorch nor ITK may be forked once they have threads."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, function), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _work(pipe: "Connection[Any, Any]", function: Callable[[Any], Any]) -> None:
    """In the worker: answer tasks, leave Ctrl-C to the run, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):  # the run has ended
            return
        try:
            answer = (function(task), None)
        except Exception as error:  # raised again in the run
            pipe.send((None, error))
        else:
            pipe.send(answer)


def end_with_parent() -> None:
    """In a worker: let this process end as soon as the one that started it has, however that ended."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


@contextmanager
def _threads_divided(workers: int) -> Iterator[None]:
    """Processes that start inside the block share the processors."""
    before = {name: os.environ.get(name) for name in _THREADS}
    share = max(1, (os.cpu_count() or 1) // workers)
    for name, text in before.items():
        own = int(text) if text is not None and text.isdigit() else share
        os.environ[name] = str(min(own, share))
    try:
        yield
    finally:
        for name, text in before.items():
            if text is None:
                del os.environ[name]
            else:
                os.environ[name] = text

"""Progress out, cancellation in: the one callback that long work takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .errors import Cancelled


class Progress:
    """Reports how far a stage is, and raises when the user asked to stop.

    A stage calls it often (at least every 2 s); a door passes the two callables it can serve.

    Args:
        report: called with the stage's name, the fraction of that stage done (0-1), and a short message.
        cancelled: returns True once the user asked to stop.
    """

    def __init__(
        self,
        report: Callable[[str, float, str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        """Keep the two callables; either may be absent."""
        self._report = report
        self._cancelled = cancelled
        self._stage = ""

    def stage(self, name: str) -> None:
        """Begin a stage: what follows is reported under this name."""
        self._stage = name
        self(0.0)

    def __call__(self, fraction: float, message: str = "") -> None:
        """Report the fraction (0-1) of the current stage.

        Raises:
            Cancelled: when the user asked to stop.
        """
        if self._cancelled is not None and self._cancelled():
            raise Cancelled(f"cancelled during {self._stage or 'start'}; nothing was written")
        if self._report is not None:
            self._report(self._stage, min(max(fraction, 0.0), 1.0), message)


@contextmanager
def watched(process: Any, report: Callable[[], None]) -> Iterator[None]:
    """Let an iterating ITK process report its progress and be cancelled.

    A Python exception does not cross ITK, so a cancellation stops the process and is raised behind it.

    Args:
        process: a ``SimpleITK.ProcessObject`` or ``ImageRegistrationMethod``, executed inside the block.
        report: called at each iteration; may raise :class:`~HematomaExpansionLib.errors.Cancelled`.

    Raises:
        Cancelled: when ``report`` raised it.
    """
    import SimpleITK as sitk

    cancelled: list[Cancelled] = []

    def iterated() -> None:
        if cancelled:
            return
        try:
            report()
        except Cancelled as error:
            cancelled.append(error)
            process.Abort()

    process.AddCommand(sitk.sitkIterationEvent, iterated)
    try:
        yield
    except RuntimeError:
        if not cancelled:
            raise
    if cancelled:
        raise cancelled[0]

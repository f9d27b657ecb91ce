"""A command of the library in a process of its own, so that the application stays responsive.

A thread would not do: SimpleITK and PyTorch hold Python's lock for seconds.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import Cancelled, HematomaExpansionError, InputRefused, ModelError, OutputError, UsageError

PACKAGE_PARENT = Path(__file__).resolve().parents[2]
GRACE_S = 1.5
"""How long a cancelled process may take to stop by itself."""

_ERRORS = {cause.exit_code: cause for cause in (UsageError, InputRefused, ModelError)}


@dataclass(frozen=True)
class Step:
    """One line of progress.

    Attributes:
        stage: what is being done, as ``baseline: segmentation``.
        fraction: of the stage, 0-1.
        message: may be empty.
    """

    stage: str
    fraction: float
    message: str


class ChildProcess:
    """One running command and its temporary folder. Start it, poll it until it ends, then ask :meth:`end`.

    Whatever happens, the folder is gone after :meth:`close`.

    Attributes:
        folder: temporary; the request lies in it before the start, and the answer after the end.
    """

    def __init__(self) -> None:
        """Make the folder; nothing is started yet.

        Raises:
            OutputError: the folder cannot be made.
        """
        self._resources = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._lines: list[str] = []
        self._rest = b""
        self._cancelled_at: float | None = None
        try:
            folder = tempfile.TemporaryDirectory(prefix="hematoma-expansion-", ignore_cleanup_errors=True)
        except OSError as error:
            raise OutputError(f"the analysis cannot be started: {error}") from error
        self.folder = Path(self._resources.enter_context(folder))

    def start(self, command: str) -> None:
        """Start a command of the shell that takes the folder as its argument.

        Raises:
            OutputError: Python cannot be started.
        """
        # In the application sys.executable may be the application itself.
        python = shutil.which("PythonSlicer") or sys.executable
        log = self.folder / "log.txt"
        words = [python, "-m", "HematomaExpansionLib.cli", command, str(self.folder)]
        try:
            self._process = _started(words, log)
            self._log = self._resources.enter_context(log.open("rb"))
        except OSError as error:
            self.close()
            raise OutputError(f"the analysis cannot be started: {error}") from error

    @property
    def running(self) -> bool:
        """Whether the process still runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        """What the process has said so far, progress left out."""
        return "\n".join(self._lines)

    def poll(self) -> list[Step]:
        """The progress since the last call; never waits. A cancelled process that does not obey is killed."""
        if self._process is None or self._log is None:
            return []
        if self._cancelled_at is not None and time.monotonic() - self._cancelled_at > GRACE_S:
            self._process.kill()
        *lines, self._rest = (self._rest + self._log.read()).split(b"\n")
        steps = []
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip("\r")
            kind, *fields = text.split("\t")
            if kind == "progress" and len(fields) == 3:
                steps.append(Step(fields[0], float(fields[1]), fields[2]))
            elif text:
                self._lines.append(text)
        return steps

    def cancel(self) -> None:
        """Ask the process to stop; keep polling until it has ended."""
        self._cancelled_at = time.monotonic()
        if self._process is not None:
            self._process.terminate()

    def end(self) -> None:
        """Wait for the process, and raise unless it ended well.

        Raises:
            Cancelled: when it was cancelled.
            HematomaExpansionError: with the line that the process ended with.
        """
        code = 0 if self._process is None else self._process.wait()
        self.poll()
        if self._cancelled_at is not None:
            raise Cancelled("cancelled; the scene is as it was")
        if code != 0:
            said = self._lines[-1] if self._lines else f"the analysis ended with code {code} and said nothing"
            raise _ERRORS.get(code, HematomaExpansionError)(said.removeprefix("hematoma-expansion: "))

    def close(self) -> None:
        """End the process at once, if it still runs, and remove the folder."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait()
        self._resources.close()


def _started(command: list[str], log: Path) -> "subprocess.Popen[bytes]":
    """Start it with the package on its path, and all that it says in one file."""
    with log.open("wb") as said:
        return subprocess.Popen(  # noqa: S603 (a list and no shell; every word is ours)
            command,
            cwd=PACKAGE_PARENT,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

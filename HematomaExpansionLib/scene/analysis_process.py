"""``analyze`` in a process of its own, so that the application that shows the scene stays responsive.

A thread would not do: SimpleITK and PyTorch hold Python's lock for seconds.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..ct.scan import HeadCT
from ..errors import (
    Cancelled,
    HematomaExpansionError,
    InputRefused,
    ModelError,
    OutputError,
    UsageError,
)
from ..report.headline import headline
from ..result import StudyResult
from ..segmentation.backends import DEFAULT_BACKEND
from .head_ct import head_ct_from_volume
from .study_folder import read_result, show_study_folder
from .study_scene import StudyNodes

if TYPE_CHECKING:
    import slicer

PACKAGE_PARENT = Path(__file__).resolve().parents[2]
GRACE_S = 2.0
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


@dataclass(frozen=True)
class Finding:
    """What came out.

    Attributes:
        result: the numbers. Of the scans they say what the copies were: source NRRD, geometry as corrected.
        nodes: what was added to the scene.
        summary: the headline, then what a reader must know, one sentence each, corrections of scans included.
    """

    result: StudyResult
    nodes: StudyNodes
    summary: tuple[str, ...]


class AnalysisProcess:
    """One running analysis. Make it, poll it until it ends, then :meth:`finish` it; all on the main thread.

    The scene is read when it is made and written by :meth:`finish`, and never between. Whatever happens, the
    temporary folder is gone after :meth:`finish` or :meth:`close`.
    """

    def __init__(
        self,
        volumes: "Sequence[slicer.vtkMRMLScalarVolumeNode]",
        segmenter: str = DEFAULT_BACKEND,
        device: str = "auto",
        clinical: Path | None = None,
    ) -> None:
        """Read the volumes and start.

        Args:
            volumes: baseline first, then the follow-ups in time order.
            segmenter: name of the back-end.
            device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
            clinical: file of the clinical record; None for none.

        Raises:
            InputRefused: a volume that cannot be analysed; nothing was started.
            OutputError: the temporary folder cannot be written, or Python cannot be started.
        """
        self._volumes = tuple(volumes)
        self._scans = tuple(head_ct_from_volume(volume) for volume in volumes)
        self._lines: list[str] = []
        self._rest = b""
        self._cancelled_at: float | None = None
        with ExitStack() as started:
            try:
                folder = tempfile.TemporaryDirectory(prefix="hematoma-expansion-", ignore_cleanup_errors=True)
                self._folder = Path(started.enter_context(folder))
                command = _command(_written(self._scans, self._folder), segmenter, device, self._scans)
                command += [] if clinical is None else ["--clinical", str(clinical.resolve())]
                self._process = _started([*command, "--out", str(self._out)], self._log_file)
                self._log = started.enter_context(self._log_file.open("rb"))
            except (OSError, RuntimeError) as error:
                raise OutputError(f"the analysis cannot be started: {error}") from error
            self._resources = started.pop_all()

    @property
    def running(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    @property
    def log(self) -> str:
        """What the process has said so far, progress left out."""
        return "\n".join(self._lines)

    def poll(self) -> list[Step]:
        """The progress since the last call; never waits. A cancelled process that does not obey is killed."""
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
        """Ask the process to stop; keep polling until it has ended. Nothing is added to the scene."""
        self._cancelled_at = time.monotonic()
        self._process.terminate()

    def finish(self) -> Finding:
        """Show what was found, once the process has ended.

        Raises:
            Cancelled: when it was cancelled; the scene is as it was.
            HematomaExpansionError: with the line that the process ended with.
        """
        try:
            code = self._process.wait()
            self.poll()
            if self._cancelled_at is not None:
                raise Cancelled("cancelled; the scene is as it was")
            if code != 0:
                raise self._error(code)
            # A volume may have been removed meanwhile.
            volumes = [volume if volume.GetScene() else None for volume in self._volumes]
            result = read_result(self._out)
            nodes = show_study_folder(self._out, [scan.image for scan in self._scans], volumes)
            return Finding(result, nodes, _summary(self._scans, result))
        finally:
            self.close()

    def wait(self, report: Callable[[Step], None] | None = None) -> Finding:
        """Block until it ends, then :meth:`finish`; for scripts and tests.

        Args:
            report: called with each step.
        """
        try:
            while self.running:
                for step in self.poll():
                    if report is not None:
                        report(step)
                time.sleep(0.05)
        except BaseException:
            self.close()
            raise
        return self.finish()

    def close(self) -> None:
        """End the process at once, if it still runs, and remove the temporary folder."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._resources.close()

    @property
    def _out(self) -> Path:
        return self._folder / "study"

    @property
    def _log_file(self) -> Path:
        return self._folder / "log.txt"

    def _error(self, code: int) -> HematomaExpansionError:
        said = self._lines[-1] if self._lines else f"the analysis ended with code {code} and said nothing"
        return _ERRORS.get(code, HematomaExpansionError)(said.removeprefix("hematoma-expansion: "))


def _written(scans: Sequence[HeadCT], folder: Path) -> list[str]:
    """The scans on the grid that is measured in, as NRRD: named by time point, never by patient."""
    import SimpleITK as sitk

    names = ["baseline", *(f"followup-{number}" for number in range(1, len(scans)))]
    files = [str(folder / f"{name}.nrrd") for name in names]
    for scan, file in zip(scans, files, strict=True):
        sitk.WriteImage(scan.image, file)
    return files


def _command(files: Sequence[str], segmenter: str, device: str, scans: Sequence[HeadCT]) -> list[str]:
    # In the application sys.executable may be the application itself.
    python = shutil.which("PythonSlicer") or sys.executable
    command = [python, "-m", "HematomaExpansionLib.cli", "analyze", *files]
    command += ["--segmenter", segmenter, "--device", device, "--progress", "lines", "--door", "slicer"]
    # NRRD has no acquisition time.
    first = scans[0].acquired
    later = [scan.acquired for scan in scans[1:] if scan.acquired is not None]
    if first is not None and len(later) == len(scans) - 1:
        for acquired in later:
            command += ["--hours", repr((acquired - first).total_seconds() / 3600.0)]
    return command


def _started(command: list[str], log: Path) -> "subprocess.Popen[bytes]":
    """Start it with the package on its path, and all that it says in one file."""
    with log.open("wb") as said:
        return subprocess.Popen(  # noqa: S603 (a list and no shell; every word but two choices is ours)
            command,
            cwd=PACKAGE_PARENT,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )


def _summary(scans: Sequence[HeadCT], result: StudyResult) -> tuple[str, ...]:
    said = [headline(result), *result.warnings]
    for scan, found in zip(scans, result.scans, strict=True):
        own = dict.fromkeys([*scan.geometry.corrections, *scan.warnings, *found.warnings])
        said += [f"{found.timepoint}: {remark}" for remark in own]
    for change in result.changes:
        said += [f"{change.timepoint}: {warning}" for warning in change.warnings]
    return tuple(said)

"""``analyze`` beside the application: the scene is read before, written after, and never touched between."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..clinical.record import ClinicalRecord
from ..ct.scan import HeadCT
from ..errors import OutputError
from ..markers.reading import MarkerReading
from ..report.headline import headline
from ..result import StudyResult
from ..study import Options
from .analysis import read_inputs
from .child_process import ChildProcess, Step
from .dicom_slices import copy_series
from .head_ct import unchecked
from .request import Request, write_request
from .run_request import STUDY
from .scan_files import read_scans
from .study_folder import read_result, show_study_folder
from .study_scene import StudyNodes

if TYPE_CHECKING:
    import slicer


@dataclass(frozen=True)
class Finding:
    """What came out.

    Attributes:
        result: the numbers.
        nodes: what shows them in the scene.
        users: those of the nodes that the user chose for the analysis.
        summary: the headline, then what a reader must know, one sentence each, corrections of scans included.
        folder: where the report and all files are kept; None where none were asked for.
        note: as it was given.
    """

    result: StudyResult
    nodes: StudyNodes
    users: "tuple[slicer.vtkMRMLNode, ...]"
    summary: tuple[str, ...]
    folder: Path | None = None
    note: str = ""


class AnalysisProcess:
    """One running analysis: make it, poll it until it ends, then :meth:`finish` it. Main thread only."""

    def __init__(
        self,
        volumes: "Sequence[slicer.vtkMRMLScalarVolumeNode]",
        options: Options | None = None,
        segmentations: "Sequence[slicer.vtkMRMLSegmentationNode]" = (),
        clinical: ClinicalRecord | None = None,
        readings: Mapping[str, MarkerReading] | None = None,
        keep: Path | None = None,
        note: str = "",
    ) -> None:
        """Read the volumes and start.

        Args:
            volumes: baseline first, then the follow-ups in time order.
            options: the choices.
            segmentations: the user's own, one per volume; empty to segment here.
            clinical: what is known beside the images.
            readings: a reader's markers by time point.
            keep: new folder for the report and all files; None to keep none.
            note: handed back with the finding, as what the caller wants to know of this start.

        Raises:
            InputRefused: a segmentation that cannot be measured, an empty volume, or a transform that bends
                slices; nothing was started. What else is wrong with a volume is told by :meth:`finish`.
            UsageError: segmentations that are not one per volume.
            OutputError: the temporary folder cannot be written, or Python cannot be started.
        """
        self._volumes, self._segmentations, self._keep = tuple(volumes), tuple(segmentations), keep
        self._note = note
        self._child = ChildProcess()
        try:
            if segmentations:  # their voxels are wanted on the regular grid of the scans
                options = read_inputs(volumes, self._child.folder, segmentations, options).options
            scans = tuple(unchecked(volume) for volume in volumes)
            series = tuple(copy_series(volume, self._child.folder) for volume in volumes)
            request = Request(scans, options or Options(), clinical, readings or {}, series)
            write_request(request, self._child.folder)
            self._child.start("analyze-request")
        except (OSError, RuntimeError) as error:
            self._child.close()
            raise OutputError(f"the analysis cannot be started: {error}") from error
        except BaseException:
            self._child.close()
            raise

    @property
    def running(self) -> bool:
        """Whether the process still runs."""
        return self._child.running

    @property
    def log(self) -> str:
        """What the process has said so far, progress left out."""
        return self._child.log

    def poll(self) -> list[Step]:
        """The progress since the last call; never waits."""
        return self._child.poll()

    def cancel(self) -> None:
        """Ask the process to stop; keep polling until it has ended. Nothing is added to the scene."""
        self._child.cancel()

    def finish(self) -> Finding:
        """Show what was found, once the process has ended.

        Raises:
            Cancelled: when it was cancelled; the scene is as it was.
            HematomaExpansionError: with the line that the process ended with.
        """
        try:
            self._child.end()
            out = self._child.folder / STUDY
            result = read_result(out)
            scans = read_scans(self._child.folder)
            if self._keep is not None:
                _copy(out, self._keep)
            nodes = show_study_folder(
                out, [scan.image for scan in scans], _still(self._volumes), _still(self._segmentations)
            )
            users = (*self._volumes, *self._segmentations)
            return Finding(result, nodes, users, _summary(scans, result), self._keep, self._note)
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
        self._child.close()


def _still(nodes: "Sequence[slicer.vtkMRMLNode]") -> "list[slicer.vtkMRMLNode | None]":
    """The nodes, None in place of those that were removed from the scene meanwhile."""
    return [node if node.GetScene() else None for node in nodes]


def _copy(study: Path, folder: Path) -> None:
    """Copy a study's files into a new folder."""
    try:
        shutil.copytree(study, folder)
    except OSError as error:
        raise OutputError(f"{folder}: the report cannot be kept there ({error.strerror})") from error


def _summary(scans: Sequence[HeadCT], result: StudyResult) -> tuple[str, ...]:
    said = [headline(result), *result.warnings]
    for scan, found in zip(scans, result.scans, strict=True):
        own = dict.fromkeys([*scan.geometry.corrections, *found.warnings])
        said += [f"{found.timepoint}: {remark}" for remark in own]
    for change in result.changes:
        said += [f"{change.timepoint}: {warning}" for warning in change.warnings]
    return tuple(said)

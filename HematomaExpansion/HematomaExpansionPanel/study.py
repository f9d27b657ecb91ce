"""One patient of the panel: what the parameters hold, in the library's words. No Qt."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from .choices import Segmenter


class PanelStudy:
    """Reads and writes a parameter node; the library is imported where it is needed, not before."""

    def __init__(self, parameters: Any) -> None:
        """Take the parameters of one patient."""
        self.parameters = parameters

    @property
    def volumes(self) -> list[Any]:
        """The scans, baseline first, the follow-ups in their order; none without a baseline."""
        if _there(self.parameters.baseline) is None:
            return []
        chosen = [self.parameters.baseline, *self.parameters.followups]
        return [volume for volume in chosen if _there(volume) is not None]

    @property
    def timepoints(self) -> list[str]:
        """Names of the scans."""
        return ["baseline", *(f"followup-{number}" for number in range(1, len(self.volumes)))][
            : len(self.volumes)
        ]

    @property
    def obstacle(self) -> str:
        """Why nothing can be analysed; empty when it can."""
        volumes = self.volumes
        if not volumes:
            return _("Choose the baseline CT.")
        if len({volume.GetID() for volume in volumes}) < len(volumes):
            return _("Baseline and follow-up are the same volume: choose another follow-up, or none.")
        if self.parameters.segmenter is Segmenter.OWN:
            absent = [name for name in self.timepoints if self.segmentation(name) is None]
            if absent:
                return _("Choose a segmentation of {scans}, or find blood in another way.").format(
                    scans=", ".join(absent)
                )
        return ""

    def segmentation(self, timepoint: str) -> Any:
        """The segmentation chosen for a scan; None for none."""
        chosen = list(self.parameters.segmentations)
        index = self.timepoints.index(timepoint) if timepoint in self.timepoints else len(chosen)
        return _there(chosen[index]) if index < len(chosen) else None

    @property
    def mapping(self) -> dict[str, str]:
        """Names of segments to classes, as the user chose; the others are recognised."""
        return json.loads(self.parameters.mapping or "{}")

    def choose_segmentation(self, timepoint: str, node: Any) -> None:
        """Choose the segmentation of a scan."""
        chosen = list(self.parameters.segmentations)
        chosen += [None] * (len(self.timepoints) - len(chosen))
        chosen[self.timepoints.index(timepoint)] = node
        self.parameters.segmentations = chosen

    @property
    def record(self) -> Any:
        """The node of the last analysis; None before."""
        return _there(self.parameters.record)

    @property
    def result(self) -> Any:
        """The numbers of the last analysis; None before."""
        if self.record is None:
            return None
        from HematomaExpansionLib.scene.study_record import recorded_result

        return recorded_result(self.record)

    @property
    def entries(self) -> dict[str, str]:
        """The clinical values as they were entered, by field."""
        return json.loads(self.parameters.clinical or "{}")

    @property
    def clinical(self) -> Any:
        """The clinical record; None when nothing was entered.

        Raises:
            ClinicalError: a value is impossible.
        """
        from HematomaExpansionLib.scene.clinical_form import record_of_entries

        entries = self.entries
        return record_of_entries(entries) if entries else None

    @property
    def readings(self) -> Mapping[str, Any]:
        """A reader's markers by time point."""
        from HematomaExpansionLib.markers.reading import MarkerReading

        kept = json.loads(self.parameters.readings or "{}")
        return {timepoint: MarkerReading.from_csv(text, timepoint) for timepoint, text in kept.items()}

    def override(self, timepoint: str, marker: str, state: str, reader: str) -> None:
        """Let a reader decide a marker; an empty state gives it back to the software.

        Raises:
            UsageError: without a reader's name.
        """
        from HematomaExpansionLib.markers.finding import State
        from HematomaExpansionLib.markers.marker import Marker
        from HematomaExpansionLib.markers.reading import MarkerReading

        readings = dict(self.readings)
        reading = readings.get(timepoint, MarkerReading.unread())
        which = Marker(marker)
        reading = reading.override(which, State(state), reader) if state else reading.withdraw(which)
        readings[timepoint] = reading
        self.parameters.readings = json.dumps({name: each.to_csv() for name, each in readings.items()})

    def revise(self) -> None:
        """Let readings and clinical values count in the scores at once.

        Raises:
            ClinicalError: a clinical value is impossible.
        """
        result = self.result
        if result is None:
            return
        from HematomaExpansionLib.scene.revised_result import revised
        from HematomaExpansionLib.scene.study_record import update_result

        update_result(self.record, revised(result, self.clinical, self.readings))

    @property
    def models(self) -> tuple[Path, ...]:
        """Folders of the models that are asked.

        Raises:
            ModelError: there is no such folder, and no model of that name comes with the extension.
        """
        from HematomaExpansionLib.prediction.shipped import model_folder

        chosen = self.parameters.model
        return (model_folder(Path(chosen)).resolve(),) if chosen else ()

    @property
    def inputs(self) -> str:
        """Everything that an analysis starts from, to see whether it changed since."""
        chosen = self.parameters
        nodes = [*self.volumes]
        if chosen.segmenter is Segmenter.OWN:
            nodes += [node for node in chosen.segmentations if _there(node) is not None]
        said = [chosen.segmenter.value, chosen.device, chosen.clinical, chosen.readings, chosen.model]
        said.append(chosen.mapping if chosen.segmenter is Segmenter.OWN else "")
        return json.dumps([*(node.GetID() for node in nodes), *said])

    @property
    def stale(self) -> bool:
        """Whether something changed since the last analysis."""
        return self.record is not None and self.inputs != self.parameters.analysed

    @property
    def report(self) -> Path | None:
        """Folder of the report of the last analysis; None when it is not there any more."""
        folder = Path(self.parameters.reportFolder) if self.parameters.reportFolder else None
        return folder if folder is not None and (folder / "report.html").is_file() else None


def _there(node: Any) -> Any:
    """A node that is still in the scene, else None: a parameter may remember one that was removed."""
    return node if node is not None and node.GetScene() is not None else None

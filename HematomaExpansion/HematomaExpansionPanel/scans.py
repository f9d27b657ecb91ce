"""Step 1: which volumes are the scans of this patient."""

from typing import Any

import qt
import slicer
from slicer.i18n import tr as _

from .step import Step, fill_table


class ScansStep(Step):
    """Baseline and follow-ups, found by patient and date or chosen by hand."""

    def connect(self) -> None:
        """Connect the signals of the step."""
        self.ui.findButton.connect("clicked(bool)", self.onFind)
        self.ui.followupsSelector.connect("checkedNodesChanged()", self.onFollowups)
        scene = slicer.mrmlScene
        self.panel.addObserver(scene, scene.EndImportEvent, self.onSceneOpened)

    def refresh(self) -> None:
        """Tick the follow-ups and list the scans in their order."""
        chosen = [node for node in self.panel.parameters.followups if node is not None]
        box = self.ui.followupsSelector
        box.blockSignals(True)
        for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"):
            if node.GetClassName() != "vtkMRMLScalarVolumeNode" or node.GetHideFromEditors():
                continue
            box.setCheckState(node, qt.Qt.Checked if node in chosen else qt.Qt.Unchecked)
        box.blockSignals(False)
        study = self.panel.study
        result = study.result
        hours = {scan.timepoint: scan.hours_after_baseline for scan in result.scans} if result else {}
        rows = [
            (name, _hours(hours.get(name)), volume.GetName())
            for name, volume in zip(study.timepoints, study.volumes, strict=True)
        ]
        fill_table(self.ui.scansTable, (_("Scan"), _("Hours"), _("Volume")), rows)

    def onFollowups(self) -> None:
        """The user ticked a follow-up or took one away; those kept stay in their order."""
        if self.panel.refreshing or self.panel.parameters is None:
            return
        ticked = list(self.ui.followupsSelector.checkedNodes())
        kept = [node for node in self.panel.parameters.followups if node in ticked]
        self.panel.parameters.followups = kept + [node for node in ticked if node not in kept]

    def onSceneOpened(self, caller: Any = None, event: Any = None) -> None:
        """A scene was opened: show its first patient in place of one of whom nothing is known."""
        shown = self.panel.parameters
        opened = [each for each in self.panel.logic.allStudies() if each.baseline is not None]
        if shown is not None and shown.baseline is None and opened:
            self.panel.setParameters(opened[0])
            slicer.mrmlScene.RemoveNode(shown.parameterNode)

    def onFind(self, clicked: bool = True) -> None:
        """Choose baseline and follow-ups for every patient that is loaded."""
        with self.panel.told():
            from HematomaExpansionLib.scene.found_scans import find_patients

            patients = find_patients()
            if not patients:
                self.panel.say(_("No head CT is loaded: load DICOM series, NIfTI or NRRD files first."))
                return
            logic = self.panel.logic
            wrapped = [each for each in logic.allStudies() if each.baseline is None]
            known = {each.baseline for each in logic.allStudies()}
            first = None
            for scans in patients:
                if scans[0].volume in known:
                    continue
                parameters = wrapped.pop(0) if wrapped else logic.newStudy()
                parameters.baseline = scans[0].volume
                parameters.followups = [scan.volume for scan in scans[1:]]
                first = first or parameters
            if first is not None:
                self.panel.setParameters(first)
            self.panel.say(_found(patients))


def _found(patients: tuple[Any, ...]) -> str:
    counts = ", ".join(str(len(scans)) for scans in patients)
    return _("Patients found: {number}; scans of each: {counts}. Check the order.").format(
        number=len(patients), counts=counts
    )


def _hours(hours: float | None) -> str:
    return "" if hours is None else f"{hours:.1f}"

"""The Slicer door: a panel that starts an analysis, follows it, and shows what it found in the scene.

What reads scans, measures and fills the scene is ``HematomaExpansionLib``, imported where it is used: its
packages are installed on the first Apply.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import slicer
import vtk
from slicer import ScriptedLoadableModule as scripted
from slicer import vtkMRMLScalarVolumeNode, vtkMRMLTableNode
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.parameterNodeWrapper import Choice, parameterNodeWrapper
from slicer.util import VTKObservationMixin

RESOURCES = Path(__file__).resolve().parent / "Resources"
POLL_MS = 100


class HematomaExpansion(scripted.ScriptedLoadableModule):
    """What Slicer's module list says."""

    def __init__(self, parent: Any) -> None:
        """Describe the module; nothing is loaded yet."""
        super().__init__(parent)
        parent.title = _("Hematoma Expansion")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Quantification")]
        parent.contributors = ["HematomaExpansion contributors"]
        parent.helpText = _("How much blood is there on a head CT, where, and did it grow? Research only.")
        parent.acknowledgementText = _("The source of each method is named where it is used.")
        slicer.app.connect("startupCompleted()", registerSampleData)


def registerSampleData() -> None:
    """Offer the simulated pair of head CTs, which comes with the module, in Sample Data."""
    from HematomaExpansionLib.scene.sample_data import register

    register(_("Hematoma Expansion"), RESOURCES / "Icons" / "HematomaExpansion.png")


@parameterNodeWrapper
class HematomaExpansionParameterNode:
    """What the user chose and what came of it; saved with the scene."""

    baseline: vtkMRMLScalarVolumeNode
    followup: vtkMRMLScalarVolumeNode
    segmenter: Annotated[str, Choice(["bundled", "threshold", "blast-ct"])] = "bundled"
    device: Annotated[str, Choice(["auto", "cpu", "cuda"])] = "auto"
    volumesTable: vtkMRMLTableNode
    expansionTable: vtkMRMLTableNode


class HematomaExpansionWidget(scripted.ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The panel."""

    parameters: Any = None
    guiTag: Any = None

    def setup(self) -> None:
        """Fill the panel when it is first opened."""
        import qt

        super().setup()
        panel = slicer.util.loadUI(self.resourcePath("UI/HematomaExpansion.ui"))
        self.layout.addWidget(panel)
        self.ui = slicer.util.childWidgetVariables(panel)
        panel.setMRMLScene(slicer.mrmlScene)
        self.logic = HematomaExpansionLogic()
        self.timer = qt.QTimer()
        self.timer.setInterval(POLL_MS)
        self.timer.connect("timeout()", self.onTick)
        self.ui.applyButton.connect("clicked(bool)", self.onApply)
        self.ui.cancelButton.connect("clicked(bool)", self.onCancel)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        self.setParameters(self.logic.getParameterNode())

    def cleanup(self) -> None:
        """The panel is about to be destroyed."""
        self.onSceneStartClose()
        self.removeObservers()

    def enter(self) -> None:
        """The user opened the module."""
        self.setParameters(self.logic.getParameterNode())

    def exit(self) -> None:
        """The user went to another module; a running analysis goes on."""
        self.setParameters(None)

    def onSceneStartClose(self, caller: Any = None, event: Any = None) -> None:
        """The scene is about to be closed, and with it what is analysed: end that at once."""
        self.timer.stop()
        self.logic.stop()
        self.update()
        self.setParameters(None)

    def onSceneEndClose(self, caller: Any = None, event: Any = None) -> None:
        """The scene was closed; the parameters start anew."""
        if self.parent.isEntered:
            self.setParameters(self.logic.getParameterNode())

    def setParameters(self, parameters: Any) -> None:
        """Follow a parameter node, or none."""
        if self.parameters:
            self.parameters.disconnectGui(self.guiTag)
            self.removeObserver(self.parameters, vtk.vtkCommand.ModifiedEvent, self.update)
        self.parameters = parameters
        if parameters:
            self.guiTag = parameters.connectGui(self.ui)
            self.addObserver(parameters, vtk.vtkCommand.ModifiedEvent, self.update)
            self.update()

    def update(self, caller: Any = None, event: Any = None) -> None:
        """Enable what can be done now, and show the tables of the last analysis."""
        running = self.logic.analysis is not None
        self.ui.cancelButton.enabled = running
        self.ui.progressBar.visible = running
        if self.parameters is None:
            return
        obstacle = ""
        if self.parameters.baseline is None:
            obstacle = _("Choose the baseline CT.")
        elif self.parameters.baseline is self.parameters.followup:
            obstacle = _("Baseline and follow-up are the same volume: choose another follow-up, or none.")
        self.ui.applyButton.enabled = not running and not obstacle
        self.ui.applyButton.toolTip = obstacle or _("Measure the blood, and its change.")
        self.ui.volumesTableView.setMRMLTableNode(self.parameters.volumesTable)
        self.ui.expansionTableView.setMRMLTableNode(self.parameters.expansionTable)

    def onApply(self, clicked: bool = True) -> None:
        """Start the analysis of what was chosen."""
        chosen = self.parameters
        self.ui.statusLabel.text = _("Reading the scans ...")
        with self.told():
            self.logic.ensurePackages(chosen.segmenter)
            self.logic.start(chosen.baseline, chosen.followup, chosen.segmenter, chosen.device)
            self.timer.start()

    def onTick(self) -> None:
        """Show how far the analysis is, and when it has ended what it found."""
        for step in self.logic.analysis.poll():
            self.ui.progressBar.value = round(100 * step.fraction)
            self.ui.statusLabel.text = ": ".join(filter(None, (step.stage, step.message)))
        if self.logic.analysis.running:
            return
        self.timer.stop()
        with self.told():
            self.ui.statusLabel.text = "\n".join(self.logic.finish().summary)

    def onCancel(self, clicked: bool = True) -> None:
        """Ask the analysis to stop; it has two seconds."""
        self.ui.statusLabel.text = _("Cancelling ...")
        self.logic.analysis.cancel()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Show a mistake as its one line, and what nobody expected with its traceback; the panel lives on."""
        from HematomaExpansionLib.errors import Cancelled, HematomaExpansionError

        mistake = None
        try:
            with slicer.util.tryWithErrorDisplay(_("The analysis failed."), waitCursor=True):
                try:
                    yield
                except HematomaExpansionError as error:
                    mistake = error
                    self.ui.statusLabel.text = str(error)
        finally:
            self.update()
        if mistake is not None and not isinstance(mistake, Cancelled):
            slicer.util.errorDisplay(str(mistake))


class HematomaExpansionLogic(scripted.ScriptedLoadableModuleLogic):
    """One analysis at a time, without a panel: what scripts in Slicer call."""

    analysis: Any = None

    def getParameterNode(self) -> Any:
        """The parameters in the scene, made when there are none."""
        return HematomaExpansionParameterNode(super().getParameterNode())

    def ensurePackages(self, segmenter: str, ask: bool = True) -> None:
        """Install what the analysis needs and Slicer lacks; ``ask`` is False where nobody can answer."""
        from HematomaExpansionLib.scene.packages import ensure_packages_of

        ensure_packages_of(segmenter, RESOURCES, ask)

    def start(self, baseline: Any, followup: Any, segmenter: str = "bundled", device: str = "auto") -> None:
        """Read the volumes (``followup`` may be None) and start to analyse them beside the application."""
        from HematomaExpansionLib.scene.analysis_process import AnalysisProcess
        from HematomaExpansionLib.study import Options

        volumes = [volume for volume in (baseline, followup) if volume is not None]
        self.analysis = AnalysisProcess(volumes, Options(segmenter=segmenter, device=device))

    def finish(self) -> Any:
        """Wait for the analysis to end, and show what it found in the scene."""
        analysis, self.analysis = self.analysis, None
        try:
            finding = analysis.wait()
        finally:
            logging.info(analysis.log)
        parameters = self.getParameterNode()
        parameters.volumesTable = finding.nodes.volumes_table
        parameters.expansionTable = finding.nodes.expansion_table
        return finding

    def stop(self) -> None:
        """End a running analysis at once; the scene stays as it is."""
        if self.analysis is not None:
            self.analysis.close()
            self.analysis = None


class HematomaExpansionTest(scripted.ScriptedLoadableModuleTest):
    """The simulated pair of scans, through the real process, in the real application."""

    def runTest(self) -> None:
        """Run the test in an empty scene."""
        slicer.mrmlScene.Clear()
        self.test_SampleStudy()

    def test_SampleStudy(self) -> None:
        """Cancelled it adds no node; finished its volumes are near the truth. A missing package fails it."""
        from HematomaExpansionLib.errors import Cancelled
        from HematomaExpansionLib.scene.sample_data import load_sample, off_truth

        registerSampleData()
        logic = HematomaExpansionLogic()
        logic.ensurePackages("bundled", ask=False)
        volumes = load_sample()
        before = slicer.mrmlScene.GetNumberOfNodes()
        logic.start(*volumes)
        logic.analysis.cancel()
        with suppress(Cancelled):
            logic.finish()
        if slicer.mrmlScene.GetNumberOfNodes() != before:
            self.fail("a cancelled analysis changed the scene")
        logic.start(*volumes)
        wrong = off_truth(logic.finish().result)
        if wrong:
            self.fail("; ".join(wrong))

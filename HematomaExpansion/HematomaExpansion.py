"""The Slicer door: a panel that starts an analysis, follows it, and shows what it found in the scene.

What reads scans, measures and fills the scene is ``HematomaExpansionLib``, imported where it is used: its
packages are installed on the first Apply. The steps of the panel are in ``HematomaExpansionPanel``.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import slicer
import vtk
from HematomaExpansionPanel import analysis, steps_of
from HematomaExpansionPanel.choices import Definition, Segmenter
from HematomaExpansionPanel.study import PanelStudy
from slicer import ScriptedLoadableModule as scripted
from slicer import vtkMRMLPlotChartNode, vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode, vtkMRMLTextNode
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.parameterNodeWrapper import Choice, parameterNodeWrapper
from slicer.util import VTKObservationMixin

RESOURCES = Path(__file__).resolve().parent / "Resources"


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
    """One patient: what the user chose and entered, and what came of it; saved with the scene."""

    baseline: vtkMRMLScalarVolumeNode
    followups: list[vtkMRMLScalarVolumeNode]
    segmentations: list[vtkMRMLSegmentationNode]
    segmenter: Segmenter = Segmenter.BUNDLED
    device: Annotated[str, Choice(["auto", "cpu", "cuda"])] = "auto"
    mapping: str = ""
    reviewed: bool = False
    definition: Definition = Definition.ALL
    reader: str = ""
    readings: str = ""
    clinical: str = ""
    model: str = ""
    record: vtkMRMLTextNode
    analysed: str = ""
    reportFolder: str = ""
    heatMap: vtkMRMLScalarVolumeNode
    volumesChart: vtkMRMLPlotChartNode
    scoreChart: vtkMRMLPlotChartNode


class HematomaExpansionWidget(scripted.ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The panel."""

    parameters: Any = None
    guiTag: Any = None
    refreshing = False

    def setup(self) -> None:
        """Fill the panel when it is first opened."""
        super().setup()
        panel = slicer.util.loadUI(self.resourcePath("UI/HematomaExpansion.ui"))
        self.layout.addWidget(panel)
        self.ui = slicer.util.childWidgetVariables(panel)
        self.ui.studySelector.addAttribute("vtkMRMLScriptedModuleNode", "ModuleName", self.moduleName)
        panel.setMRMLScene(slicer.mrmlScene)
        self.logic = HematomaExpansionLogic()
        self.charts, self.steps = steps_of(self)
        self.run, self.change = self.steps["run"], self.steps["change"]
        self.ui.studySelector.connect("currentNodeChanged(vtkMRMLNode*)", self.onStudy)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        self.setParameters(self.logic.getParameterNode())

    def cleanup(self) -> None:
        """The panel is about to be destroyed."""
        self.onSceneStartClose()
        self.removeObservers()

    def enter(self) -> None:
        """The user opened the module."""
        if self.parameters is None:
            self.setParameters(self.logic.getParameterNode())
        self.refresh()

    def exit(self) -> None:
        """The user went to another module; a running analysis goes on."""

    def onSceneStartClose(self, caller: Any = None, event: Any = None) -> None:
        """The scene is about to be closed, and with it what is analysed: end that at once."""
        self.run.stop()
        self.change.unlink()
        self.setParameters(None)

    def onSceneEndClose(self, caller: Any = None, event: Any = None) -> None:
        """The scene was closed; the parameters start anew."""
        if self.parent.isEntered:
            self.setParameters(self.logic.getParameterNode())

    def onStudy(self, node: Any = None) -> None:
        """Another patient was chosen."""
        chosen = self.ui.studySelector.currentNode()
        if chosen is not None and (self.parameters is None or chosen is not self.parameters.parameterNode):
            self.setParameters(HematomaExpansionParameterNode(chosen))

    def setParameters(self, parameters: Any) -> None:
        """Follow the parameters of a patient, or none."""
        if self.parameters is not None:
            self.parameters.disconnectGui(self.guiTag)
            self.removeObserver(self.parameters, vtk.vtkCommand.ModifiedEvent, self.refresh)
        self.parameters = parameters
        if parameters is None:
            return
        self.study = PanelStudy(parameters)
        self.ui.studySelector.setCurrentNode(parameters.parameterNode)
        self.guiTag = parameters.connectGui(self.ui)
        self.addObserver(parameters, vtk.vtkCommand.ModifiedEvent, self.refresh)
        self.refresh()

    @property
    def running(self) -> bool:
        """Whether something is computed now."""
        return self.run.process is not None

    def refresh(self, caller: Any = None, event: Any = None) -> None:
        """Show the parameters in every step."""
        if self.refreshing or self.parameters is None:
            return
        self.refreshing = True
        try:
            for step in self.steps.values():
                step.refresh()
        finally:
            self.refreshing = False

    def say(self, text: str) -> None:
        """Show a message in the panel."""
        self.ui.statusLabel.text = text

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
                    self.say(str(error))
        finally:
            self.refresh()
        if mistake is not None and not isinstance(mistake, Cancelled):
            slicer.util.errorDisplay(str(mistake))


class HematomaExpansionLogic(scripted.ScriptedLoadableModuleLogic):
    """Analyses of the scene without a panel: what scripts in Slicer call."""

    def __init__(self) -> None:
        """Let a scene hold several patients, each with its parameters."""
        super().__init__()
        self.isSingletonParameterNode = False

    def getParameterNode(self) -> Any:
        """The parameters of the first patient, made when there are none."""
        return HematomaExpansionParameterNode(super().getParameterNode())

    def createParameterNode(self) -> Any:
        """A node for the parameters of one more patient, who is not named."""
        node = super().createParameterNode()
        node.SetName(slicer.mrmlScene.GenerateUniqueName(_("Patient")))
        return node

    def newStudy(self) -> Any:
        """Parameters of one more patient."""
        return HematomaExpansionParameterNode(self.createParameterNode())

    def allStudies(self) -> list[Any]:
        """The parameters of every patient in the scene."""
        return [HematomaExpansionParameterNode(node) for node in self.getAllParameterNodes()]

    def ensurePackages(self, segmenter: str, ask: bool = True) -> None:
        """Install what the analysis needs and Slicer lacks; ``ask`` is False where nobody can answer."""
        from HematomaExpansionLib.scene.packages import ensure_packages_of

        ensure_packages_of(segmenter, RESOURCES, ask)

    def start(self, parameters: Any) -> Any:
        """Read what was chosen for a patient and start to analyse it; returns an ``AnalysisProcess``."""
        return analysis.start(parameters)

    def show(self, parameters: Any, finding: Any) -> Any:
        """Keep what an analysis of a patient found in place of what the last one did."""
        return analysis.show(parameters, finding)


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
        parameters = logic.getParameterNode()
        parameters.baseline, followup = load_sample()
        parameters.followups = [followup]
        before = slicer.mrmlScene.GetNumberOfNodes()
        process = logic.start(parameters)
        process.cancel()
        with suppress(Cancelled):
            process.wait()
        if slicer.mrmlScene.GetNumberOfNodes() != before:
            self.fail("a cancelled analysis changed the scene")
        wrong = off_truth(logic.show(parameters, logic.start(parameters).wait()).result)
        if wrong:
            self.fail("; ".join(wrong))

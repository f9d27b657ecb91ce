"""Step 2: where the outlines of the blood come from, and what a reader does with them."""

from typing import Any

import slicer
from slicer.i18n import tr as _

from .choices import Segmenter
from .step import Step, fill_choices


class SegmentationStep(Step):
    """A back-end or the user's own segmentations; Segment Editor and back."""

    def connect(self) -> None:
        """Connect the signals of the step."""
        self.ui.segmentationScanComboBox.connect("currentIndexChanged(int)", self.onScan)
        self.ui.segmentationSelector.connect("currentNodeChanged(vtkMRMLNode*)", self.onSegmentation)
        self.ui.editButton.connect("clicked(bool)", self.onEdit)
        self.ui.visibleCheckBox.connect("toggled(bool)", self.onVisible)

    @property
    def timepoint(self) -> str:
        """The scan whose segmentation is shown."""
        return self.ui.segmentationScanComboBox.currentText or "baseline"

    @property
    def node(self) -> Any:
        """Its segmentation; None for none."""
        return self.panel.study.segmentation(self.timepoint)

    def refresh(self) -> None:
        """Show the segmentation of the chosen scan and its state."""
        fill_choices(self.ui.segmentationScanComboBox, self.panel.study.timepoints)
        node = self.node
        self.ui.segmentationSelector.blockSignals(True)
        self.ui.segmentationSelector.setCurrentNode(node)
        self.ui.segmentationSelector.blockSignals(False)
        own = self.panel.parameters.segmenter in (Segmenter.OWN, Segmenter.THRESHOLD)
        self.ui.deviceComboBox.enabled = not own
        self.ui.editButton.enabled = node is not None
        self.ui.visibleCheckBox.enabled = node is not None
        display = None if node is None else node.GetDisplayNode()
        self.ui.visibleCheckBox.blockSignals(True)
        self.ui.visibleCheckBox.checked = display is not None and bool(display.GetVisibility())
        self.ui.visibleCheckBox.blockSignals(False)
        self.ui.reviewedCheckBox.enabled = node is not None

    def onScan(self, index: int) -> None:
        """Another scan was chosen."""
        self.panel.refresh()

    def onSegmentation(self, node: Any = None) -> None:
        """Another segmentation was chosen for the scan: from now on the user's own count."""
        if self.panel.refreshing or self.panel.parameters is None:
            return
        chosen = self.ui.segmentationSelector.currentNode()
        if chosen is self.node:
            return
        self.panel.study.choose_segmentation(self.timepoint, chosen)
        if chosen is not None:
            self.panel.parameters.segmenter = Segmenter.OWN
        self.panel.parameters.reviewed = False

    def onVisible(self, visible: bool) -> None:
        """Show or hide the segmentation."""
        if self.node is not None:
            self.node.CreateDefaultDisplayNodes()
            self.node.GetDisplayNode().SetVisibility(visible)

    def onEdit(self, clicked: bool = True) -> None:
        """Open Segment Editor on this segmentation."""
        from HematomaExpansionLib.scene.study_views import show_everywhere

        node, study = self.node, self.panel.study
        volume = study.volumes[study.timepoints.index(self.timepoint)]
        show_everywhere(node)
        self.edited()
        slicer.util.selectModule("SegmentEditor")
        editor = slicer.modules.SegmentEditorWidget.editor
        editor.setSegmentationNode(node)
        editor.setSourceVolumeNode(volume)

    def edited(self) -> None:
        """From now on the outlines as they are count, and nobody has reviewed them."""
        self.panel.parameters.segmenter = Segmenter.OWN
        self.panel.parameters.reviewed = False
        self.panel.say(_("Edit the outline, come back and press Apply: it is measured as you leave it."))

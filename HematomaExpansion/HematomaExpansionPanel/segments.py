"""Which class each segment of the user's own outlines is: recognised by name or code, or chosen here."""

import json
from typing import Any

import qt
from slicer.i18n import tr as _

from .choices import Segmenter
from .step import Step, fill_table

_CLASS = 1
"""Column of the choice."""


class SegmentsStep(Step):
    """A row a segment, for outlines that another module or a person named."""

    def connect(self) -> None:
        """Nothing is connected before there are segments."""
        self.names: list[str] | None = None
        self.boxes: dict[str, Any] = {}

    def refresh(self) -> None:
        """Show the segments of the chosen scan, while the user's own outlines count."""
        node = self.panel.steps["segmentation"].node
        names: list[str] = []
        if node is not None and self.panel.parameters.segmenter is Segmenter.OWN:
            segments = node.GetSegmentation()
            names = [segments.GetNthSegment(n).GetName() for n in range(segments.GetNumberOfSegments())]
        if names != self.names:
            self.names, self.boxes = names, {}
            header = (_("Segment"), _("Class")) if names else ()
            fill_table(self.ui.segmentsTable, header, [(name, "") for name in names], wide=(0, _CLASS))
        for row, name in enumerate(names):
            self._box(row, name, node)

    def _box(self, row: int, name: str, node: Any) -> None:
        from HematomaExpansionLib.scene.segment_classes import class_names

        keys = class_names()
        if name not in self.boxes:
            box = qt.QComboBox()
            box.addItem("")
            for shown in keys.values():
                box.addItem(shown)
            box.setAccessibleName(_("Class of {segment}").format(segment=name))
            box.connect("currentIndexChanged(int)", lambda index: self.onChosen(name))
            self.boxes[name] = box
            self.ui.segmentsTable.setCellWidget(row, _CLASS, box)
        self.boxes[name].setItemText(0, self._recognised(row, node))
        chosen = self.panel.study.mapping.get(name)
        self.boxes[name].setCurrentIndex(list(keys).index(chosen) + 1 if chosen in keys else 0)

    def _recognised(self, row: int, node: Any) -> str:
        from HematomaExpansionLib.errors import MaskError
        from HematomaExpansionLib.labels import APPEARANCE
        from HematomaExpansionLib.scene.segment_classes import segment_class

        try:
            label = segment_class(node.GetSegmentation().GetNthSegment(row), node.GetName(), {})
        except MaskError:
            return _("not recognised: choose")
        return _("{name}, recognised").format(name=APPEARANCE[label].name)

    def onChosen(self, name: str) -> None:
        """The user said which class a segment is, or left it to its name again."""
        if self.panel.refreshing:
            return
        from HematomaExpansionLib.scene.segment_classes import class_names

        index = self.boxes[name].currentIndex
        mapping = {key: value for key, value in self.panel.study.mapping.items() if key != name}
        if index > 0:
            mapping[name] = list(class_names())[index - 1]
        self.panel.parameters.mapping = json.dumps(mapping) if mapping else ""

"""Step 4: the markers, what the software says and what a reader says."""

from typing import Any

import qt
from slicer.i18n import tr as _

from .step import Step, fill_choices, fill_table

_READER = 2
"""Column of the reader's choice."""


class MarkersStep(Step):
    """A row a marker: select it to see its evidence, overrule it in the column Reader."""

    def connect(self) -> None:
        """Connect the signals of the step."""
        self.boxes: dict[str, Any] = {}
        self.names: list[str] = []
        self.ui.markersScanComboBox.connect("currentIndexChanged(int)", self.onScan)
        self.ui.markersTable.connect("itemSelectionChanged()", self.onSelected)

    @property
    def timepoint(self) -> str:
        """The scan whose markers are shown."""
        return self.ui.markersScanComboBox.currentText or "baseline"

    def refresh(self) -> None:
        """Show the markers of the chosen scan."""
        result = self.panel.study.result
        fill_choices(self.ui.markersScanComboBox, [scan.timepoint for scan in result.scans] if result else [])
        scan = None
        if result is not None:
            scan = next((each for each in result.scans if each.timepoint == self.timepoint), result.scans[0])
        self.ui.markersTable.blockSignals(True)
        self._fill(scan)
        self.ui.markersTable.blockSignals(False)

    def _fill(self, scan: Any) -> None:
        if scan is None:
            self.names = []
            self.boxes = {}
            fill_table(self.ui.markersTable, (), ())
            self.ui.markersLabel.text = _("Not read yet.")
            return
        from HematomaExpansionLib.report.marker_style import MARKER_STYLES

        entries = scan.markers.reading().entries
        self.names = [marker.value for marker in entries]
        rows = [
            (MARKER_STYLES[marker].name, _automatic(entry), "", _counts(entry))
            for marker, entry in entries.items()
        ]
        header = (_("Marker"), _("Automatic"), _("Reader"), _("Counts"))
        fill_table(self.ui.markersTable, header, rows, wide=(0, _READER))
        for number, entry in enumerate(entries.values()):
            box = self._box(number)
            box.blockSignals(True)
            box.setCurrentText("" if entry.reader_value is None else entry.reader_value.value)
            box.blockSignals(False)
        self.ui.markersLabel.text = scan.markers.reason or scan.markers.automatic.note

    def _box(self, row: int) -> Any:
        """Where a reader chooses; made once for each marker."""
        marker = self.names[row]
        if marker not in self.boxes:
            box = qt.QComboBox()
            for state in ("", "present", "absent", "indeterminate"):
                box.addItem(state)
            box.setToolTip(_("Your reading, which counts; empty leaves it to the software."))
            box.setAccessibleName(marker)
            box.connect("currentIndexChanged(int)", lambda index: self.onOverride(marker))
            self.boxes[marker] = box
            self.ui.markersTable.setCellWidget(row, _READER, box)
        return self.boxes[marker]

    def onScan(self, index: int) -> None:
        """Another scan was chosen."""
        self.panel.refresh()

    def onSelected(self) -> None:
        """Bring the evidence of the selected marker to the middle of its pane."""
        row = self.ui.markersTable.currentRow()
        record = self.panel.study.record
        if self.panel.refreshing or record is None or not 0 <= row < len(self.names):
            return
        with self.panel.told():
            from HematomaExpansionLib.scene.study_views import jump

            if not jump(record, self.timepoint, self.names[row]):
                self.panel.say(_("There is nothing to see of this marker."))

    def onOverride(self, marker: str) -> None:
        """A reader decided."""
        if self.panel.refreshing:
            return
        state = self.boxes[marker].currentText
        with self.panel.told():
            self.panel.study.override(self.timepoint, marker, state, self.ui.readerLineEdit.text.strip())
            self.panel.study.revise()


def _automatic(entry: Any) -> str:
    if entry.automatic is None:
        return _("not read")
    return f"{entry.automatic.value}, {100 * entry.confidence:.0f} %"


def _counts(entry: Any) -> str:
    if entry.value is None:
        return ""
    return entry.value.value if entry.reader_value is None else f"{entry.value.value} ({entry.reader})"

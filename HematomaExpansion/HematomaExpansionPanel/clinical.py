"""Step 5: what is known beside the images, in a form made from the record's schema."""

import json
from pathlib import Path
from typing import Any

import qt
from slicer.i18n import tr as _

from .step import Step


class ClinicalStep(Step):
    """One field a value; what is left empty is missing and is never guessed."""

    def connect(self) -> None:
        """Connect the signals of the step."""
        self.inputs: dict[str, Any] = {}
        self.units: dict[str, Any] = {}
        self.ui.clinicalButton.connect("contentsCollapsed(bool)", self.onCollapsed)
        self.ui.loadClinicalButton.connect("clicked(bool)", self.onLoad)
        self.ui.saveClinicalButton.connect("clicked(bool)", self.onSave)
        self.ui.clearClinicalButton.connect("clicked(bool)", self.onClear)

    def onCollapsed(self, collapsed: bool) -> None:
        """The form is made when it is first seen: it needs packages that Slicer may lack."""
        if collapsed or self.inputs:
            return
        with self.panel.told():
            self.panel.logic.ensurePackages("threshold")
            self._build()
            self.panel.refresh()

    def refresh(self) -> None:
        """Show what was entered, and what is wrong with it."""
        if not self.inputs:
            return
        entries = self.panel.study.entries
        for name, widget in self.inputs.items():
            value, _space, unit = entries.get(name, "").partition(" ")
            if name not in self.units:
                value, unit = entries.get(name, ""), ""
            if name in self.units:
                self.units[name].setCurrentText(unit or self.units[name].itemText(0))
            if hasattr(widget, "setCurrentText"):
                widget.setCurrentText(value)
            elif widget.text != value:
                widget.setText(value)
        self.ui.clinicalLabel.text = self._said()

    def _said(self) -> str:
        from HematomaExpansionLib.errors import ClinicalError

        try:
            record = self.panel.study.clinical
        except ClinicalError as error:
            return str(error)
        if record is None:
            return _("Nothing is known yet; scores say what they lack.")
        return "\n".join(record.warnings())

    def _build(self) -> None:
        from HematomaExpansionLib.scene.clinical_form import form_fields

        form = qt.QWidget()
        rows = qt.QFormLayout(form)
        for field in form_fields():
            label = qt.QLabel(field.label)
            label.setWordWrap(True)
            label.setMinimumWidth(150)
            rows.addRow(label, self._input(field))
        self.form = form
        self.ui.clinicalScrollArea.setWidget(form)

    def _input(self, field: Any) -> Any:
        """The widget of one field, with its unit beside it."""
        if field.kind == "choice":
            widget = qt.QComboBox()
            for choice in ("", *field.choices):
                widget.addItem(choice)
            widget.connect("currentIndexChanged(int)", lambda index: self.onEdited())
        else:
            widget = qt.QLineEdit()
            widget.setPlaceholderText(field.example)
            widget.connect("editingFinished()", self.onEdited)
        widget.setToolTip(". ".join(filter(None, (field.label, field.allowed))))
        widget.setAccessibleName(field.label)
        self.inputs[field.name] = widget
        if not field.units:
            return widget
        unit = qt.QComboBox()
        for name in field.units:
            unit.addItem(name)
        unit.connect("currentIndexChanged(int)", lambda index: self.onEdited())
        unit.setAccessibleName(_("Unit of {field}").format(field=field.label))
        self.units[field.name] = unit
        pair = qt.QWidget()
        line = qt.QHBoxLayout(pair)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(widget)
        line.addWidget(unit)
        return pair

    def onEdited(self) -> None:
        """Keep what was entered; what is possible counts at once."""
        if self.panel.refreshing:
            return
        self.keep({name: text for name in self.inputs if (text := self._entered(name))})

    def _entered(self, name: str) -> str:
        widget = self.inputs[name]
        text = widget.currentText if hasattr(widget, "currentText") else widget.text.strip()
        unit = self.units.get(name)
        if not text or unit is None or unit.currentIndex == 0:
            return text
        return f"{text} {unit.currentText}"

    def keep(self, entries: dict[str, str]) -> None:
        """Keep these values, and let them count in the scores when all of them are possible."""
        from HematomaExpansionLib.errors import ClinicalError

        self.panel.parameters.clinical = json.dumps(entries) if entries else ""
        try:
            self.panel.study.revise()
        except ClinicalError:
            # The label of the step says what is wrong.
            self.panel.refresh()

    def onLoad(self, clicked: bool = True) -> None:
        """Fill the form from a file."""
        name = qt.QFileDialog.getOpenFileName(
            None, _("Clinical record"), "", _("Clinical record (*.json *.yaml *.yml *.csv)")
        )
        if not name:
            return
        with self.panel.told():
            self.panel.logic.ensurePackages("threshold")
            from HematomaExpansionLib.clinical import read_clinical
            from HematomaExpansionLib.scene.clinical_form import entries_of_record

            self.keep(entries_of_record(read_clinical(Path(name))))

    def onSave(self, clicked: bool = True) -> None:
        """Write what was entered to a file."""
        name = qt.QFileDialog.getSaveFileName(None, _("Clinical record"), "clinical.json", _("JSON (*.json)"))
        if not name:
            return
        with self.panel.told():
            from HematomaExpansionLib.scene.clinical_form import save_entries

            save_entries(self.panel.study.entries, Path(name))

    def onClear(self, clicked: bool = True) -> None:
        """Forget every value."""
        with self.panel.told():
            self.keep({})

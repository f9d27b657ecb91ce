"""Step 7: the report of what was analysed."""

import shutil
from pathlib import Path
from typing import Any

import qt
from slicer.i18n import tr as _

from .step import Step


class ReportStep(Step):
    """Open it, save it, export it."""

    def connect(self) -> None:
        """Connect the signals of the step."""
        self.ui.openReportButton.connect("clicked(bool)", self.onOpen)
        self.ui.saveReportButton.connect("clicked(bool)", self.onSave)
        self.ui.dicomButton.connect("clicked(bool)", self.onDicom)

    def refresh(self) -> None:
        """Say what the report is of."""
        study = self.panel.study
        there, idle = study.record is not None, not self.panel.running
        self.ui.openReportButton.enabled = there and idle
        ready = study.report is not None and not study.stale and idle
        self.ui.saveReportButton.enabled = ready
        self.ui.dicomButton.enabled = ready and (study.report / "dicom").is_dir()
        self.ui.dicomButton.toolTip = (
            _("Write DICOM SEG, SR and the report, for the archive.")
            if self.ui.dicomButton.enabled
            else _("Needs a fresh report of scans that were loaded from DICOM.")
        )
        if not there:
            self.ui.reportLabel.text = _("There is no report yet: press Apply.")
        elif study.stale or study.report is None:
            self.ui.reportLabel.text = _("Something changed since the report was made: it is made anew.")
        else:
            reviewed = self.panel.parameters.reviewed
            self.ui.reportLabel.text = (
                _("The report is of what is shown; a reader reviewed the outlines.")
                if reviewed
                else _("The report is of what is shown; no reader reviewed the outlines yet.")
            )

    def onOpen(self, clicked: bool = True) -> None:
        """Open the report in the browser, made anew when it is not of what is shown."""
        study = self.panel.study
        if study.stale or study.report is None:
            self.panel.run.onApply(then=lambda: self.show(study))
        else:
            self.show(study)

    def show(self, study: Any) -> None:
        """Open the report of a patient."""
        qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(study.report / "report.html")))

    def onSave(self, clicked: bool = True) -> None:
        """Copy the report and all files into a folder."""
        self.copy(self.panel.study.report, _("Folder for the report"))

    def onDicom(self, clicked: bool = True) -> None:
        """Copy the DICOM objects into a folder, from where any archive takes them."""
        self.copy(self.panel.study.report / "dicom", _("Folder for DICOM"))

    def copy(self, files: Path, title: str) -> None:
        """Copy a folder to where the user says."""
        name = qt.QFileDialog.getExistingDirectory(None, title)
        if not name:
            return
        with self.panel.told():
            from HematomaExpansionLib.errors import OutputError

            try:
                shutil.copytree(files, Path(name), dirs_exist_ok=True)
            except OSError as error:
                raise OutputError(f"{name}: cannot be written ({error.strerror})") from error
            self.panel.say(_("Saved to {folder}.").format(folder=name))

"""Apply, progress, log and cancel: one piece of long work at a time, beside the application."""

from collections.abc import Callable
from typing import Any

import qt
from slicer.i18n import tr as _

from .step import Step

POLL_MS = 100


class Run(Step):
    """Follows a process of the library until it ends, and hands on what it found."""

    process: Any = None
    _ended: Callable[[Any], str] | None = None
    _then: Callable[[], None] | None = None

    def connect(self) -> None:
        """Connect the signals of the step."""
        self.timer = qt.QTimer()
        self.timer.setInterval(POLL_MS)
        self.timer.connect("timeout()", self.onTick)
        self.ui.applyButton.connect("clicked(bool)", self.onApply)
        self.ui.cancelButton.connect("clicked(bool)", self.onCancel)

    def refresh(self) -> None:
        """Enable what can be done now."""
        running = self.process is not None
        self.ui.cancelButton.enabled = running
        self.ui.progressBar.visible = running
        obstacle = self.panel.study.obstacle
        self.ui.applyButton.enabled = not running and not obstacle
        self.ui.applyButton.toolTip = obstacle or _("Measure the blood, and its change.")

    def onApply(self, clicked: bool = True, then: Callable[[], None] | None = None) -> None:
        """Start the analysis of what was chosen, and do something when it has ended well."""
        self.panel.say(_("Reading the scans …"))
        parameters, logic = self.panel.parameters, self.panel.logic
        with self.panel.told():
            logic.ensurePackages(parameters.segmenter.value)
            self.follow(logic.start(parameters), lambda found: self._shown(parameters, found), then)

    def follow(
        self, process: Any, ended: Callable[[Any], str], then: Callable[[], None] | None = None
    ) -> None:
        """Show how far a process is, and when it has ended hand what it found to ``ended``.

        Args:
            process: an ``AnalysisProcess`` or a ``PredictionProcess``.
            ended: shows what was found and returns what to say of it.
            then: what to do after that.
        """
        self.process, self._ended, self._then = process, ended, then
        self.ui.progressBar.value = 0
        self.ui.logText.setPlainText("")
        self.timer.start()
        self.panel.refresh()

    def onTick(self) -> None:
        """Show the progress since the last tick, and the end."""
        for step in self.process.poll():
            self.ui.progressBar.value = round(100 * step.fraction)
            self.panel.say(": ".join(filter(None, (step.stage, step.message))))
            if step.fraction == 0.0:
                self.ui.logText.appendPlainText(step.stage)
        if self.process.running:
            return
        self.timer.stop()
        process, ended, then = self.process, self._ended, self._then
        self.process = None
        with self.panel.told():
            try:
                found = process.finish()
            finally:
                self.ui.logText.appendPlainText(process.log)
            self.panel.say(ended(found))
            if then is not None:
                then()

    def onCancel(self, clicked: bool = True) -> None:
        """Ask the process to stop; it has two seconds."""
        self.panel.say(_("Cancelling …"))
        self.process.cancel()

    def _shown(self, parameters: Any, found: Any) -> str:
        """Keep what was found and open the four panes; in other views the outlines of both scans mix."""
        finding = self.panel.logic.show(parameters, found)
        if parameters is self.panel.parameters:
            self.panel.refresh()
            self.panel.change.onPanes()
        return "\n".join(finding.summary)

    def stop(self) -> None:
        """End a running process at once; the scene stays as it is."""
        self.timer.stop()
        if self.process is not None:
            self.process.close()
            self.process = None

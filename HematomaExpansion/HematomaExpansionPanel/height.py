"""The panel is as high as what it shows."""

import qt

from .step import Step


class Height(Step):
    """Gives the panel the height that its text and tables need.

    Once the user has been in another module, Slicer's module panel no longer asks how high wrapped text is:
    it gives a module its least height, and lines and tables lie over each other.
    """

    def connect(self) -> None:
        """Connect the headings of the steps."""
        self.timer = qt.QTimer(self.ui.HematomaExpansion)  # ends with the panel
        self.timer.setSingleShot(True)
        self.timer.setInterval(0)
        self.timer.connect("timeout()", self.onTime)
        for widget in vars(self.ui).values():
            if hasattr(widget, "collapsed"):
                widget.connect("contentsCollapsed(bool)", self.onCollapsed)

    def refresh(self) -> None:
        """Measure soon: Qt first has to pass the new text from layout to layout."""
        self.timer.start()

    def onTime(self) -> None:
        """Measure."""
        panel = self.ui.HematomaExpansion
        panel.setMinimumHeight(panel.layout().heightForWidth(panel.width))

    def onCollapsed(self, collapsed: bool) -> None:
        """A step was opened or closed."""
        self.refresh()

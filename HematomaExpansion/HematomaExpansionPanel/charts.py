"""The charts of a patient: each is made anew from the last result, and the one before is removed."""

from typing import Any


class Charts:
    """Keeps the charts of the panel in the parameter node, so that they are saved and removed with it."""

    def __init__(self, panel: Any) -> None:
        """Take the panel."""
        self.panel = panel

    def volumes(self) -> Any:
        """Chart of the volumes over time; None without hours or a follow-up."""
        from HematomaExpansionLib.scene.plots import volumes_plot

        return self._renew("volumesChart", volumes_plot(self.panel.study.result, "Volumes over time"))

    def score(self, answer: Any) -> Any:
        """Chart of what each item of a score adds."""
        from HematomaExpansionLib.scene.plots import score_plot

        return self._renew("scoreChart", score_plot(answer, f"{answer.name} items"))

    def _renew(self, name: str, chart: Any) -> Any:
        from HematomaExpansionLib.scene.plots import remove_plot

        old = self.panel.parameters.getValue(name)
        self.panel.parameters.setValue(name, chart)
        if old is not None:
            remove_plot(old)
        return chart

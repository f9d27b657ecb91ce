"""Step 3: how much blood, where, did it grow, and how sure is that."""

from typing import Any

from slicer.i18n import tr as _

from .choices import Definition
from .step import Step, fill_choices, fill_table

_SHORT = {
    "Intraparenchymal haemorrhage (ICH)": "ICH",
    "Intraventricular haemorrhage (IVH)": "IVH",
    "Extra-axial haemorrhage": "Extra-axial",
    "Perihaematomal oedema": "Oedema",
    "ICH by ellipsoid 0.523·D1·D2·D3": "ICH by ellipsoid",
    "Location of the ICH": "Location",
}
"""The panel is narrow; the report has the whole names."""


class ChangeStep(Step):
    """Volumes, the change with its error band, the definitions, and the four panes."""

    link: Any = None

    def connect(self) -> None:
        """Connect the signals of the step."""
        self.ui.followupComboBox.connect("currentIndexChanged(int)", self.onFollowup)
        self.ui.panesButton.connect("clicked(bool)", self.onPanes)
        self.ui.volumesPlotButton.connect("clicked(bool)", self.onPlot)

    @property
    def timepoint(self) -> str:
        """The follow-up that is compared; empty for none."""
        return self.ui.followupComboBox.currentText

    def refresh(self) -> None:
        """Show the numbers of the last analysis."""
        result = self.panel.study.result
        followups = [change.timepoint for change in result.changes] if result else []
        fill_choices(self.ui.followupComboBox, followups)
        for widget in (self.ui.followupComboBox, self.ui.definitionComboBox, self.ui.volumesPlotButton):
            widget.enabled = bool(followups)
        self.ui.panesButton.enabled = result is not None
        self.ui.answerLabel.text = ""
        self.ui.growthLabel.text = ""
        if result is None:
            self.ui.headlineLabel.text = _("Not measured yet.")
            fill_table(self.ui.volumesTable, (), ())
            fill_table(self.ui.changeTable, (), ())
            return
        from HematomaExpansionLib.report.headline import headline
        from HematomaExpansionLib.report.volumes import volumes_table

        self.ui.headlineLabel.text = headline(result)
        table = volumes_table(result)
        rows = [
            (_SHORT.get(name, name), *(cell.partition(" (")[0] for cell in cells))
            for name, *cells in table.rows
        ]
        fill_table(self.ui.volumesTable, table.header, rows)
        self._change(result)

    def _change(self, result: Any) -> None:
        change = next((each for each in result.changes if each.timepoint == self.timepoint), None)
        if change is None:
            fill_table(self.ui.changeTable, (), ())
            return
        from HematomaExpansionLib.report.changes import change_blocks
        from HematomaExpansionLib.report.wording import percent

        followup = next(scan for scan in result.scans if scan.timepoint == change.timepoint)
        volumes = change_blocks(result.scans[0], followup, change)[0]
        fill_table(self.ui.changeTable, volumes.header, volumes.rows)
        wanted = self.panel.parameters.definition
        said = []
        for answer in change.expansion:
            if wanted in (Definition.ALL, Definition(answer.definition)):
                verdict = {True: _("yes"), False: _("no"), None: _("cannot be told")}[answer.expanded]
                chance = "" if answer.probability is None else f" (P {percent(answer.probability)})"
                said.append(f"{answer.name[0].upper()}{answer.name[1:]}: {verdict}{chance}; {answer.rule}.")
        self.ui.answerLabel.text = "\n".join([*said, *change.warnings])
        self.ui.growthLabel.text = _legend()

    def onFollowup(self, index: int) -> None:
        """Another follow-up was chosen."""
        self.panel.refresh()

    def onPanes(self, clicked: bool = True) -> None:
        """Show the study in four panes."""
        with self.panel.told():
            from HematomaExpansionLib.scene.study_record import recorded
            from HematomaExpansionLib.scene.study_views import show_study_views
            from HematomaExpansionLib.scene.two_by_two import show_plot_and_table

            self.unlink()
            record = self.panel.study.record
            self.link = show_study_views(record, self.timepoint)
            if self.panel.parameters.heatMap is not None:
                from HematomaExpansionLib.scene.heat_map import lay_over_baseline

                lay_over_baseline(self.panel.parameters.heatMap)
            name = "expansion_table" if self.timepoint else "volumes_table"
            show_plot_and_table(self.panel.charts.volumes(), recorded(record, name))

    def onPlot(self, clicked: bool = True) -> None:
        """Show the panes with the volumes over time."""
        self.onPanes()
        if self.panel.charts.volumes() is None:
            self.panel.say(_("The hours between the scans are not known: give them in the clinical record."))

    def unlink(self) -> None:
        """Let the panes move on their own."""
        if self.link is not None:
            self.link.unlink()
            self.link = None


def _legend() -> str:
    """What the colours of the growth mean."""
    from HematomaExpansionLib.report.growth_style import GROWTH_STYLES

    return "&nbsp; ".join(
        '<span style="color:rgb({},{},{})">&#9632;</span> {}'.format(
            *(round(255 * part) for part in style.colour), style.name
        )
        for style in GROWTH_STYLES.values()
    )

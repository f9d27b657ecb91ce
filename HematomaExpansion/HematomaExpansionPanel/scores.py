"""Step 6: the published scores, and what models say."""

from typing import Any

from slicer.i18n import tr as _

from .step import Step, fill_choices, fill_table


class ScoresStep(Step):
    """Scores as they follow from the values now; a model is asked beside the application."""

    def connect(self) -> None:
        """Connect the signals of the step."""
        from HematomaExpansionLib.prediction.shipped import shipped

        self.answers: list[Any] = []
        self.shipped = list(shipped())
        fill_choices(self.ui.modelComboBox, [_("from a folder"), *self.shipped])
        self.ui.modelComboBox.connect("currentIndexChanged(int)", self.onShipped)
        self.ui.scorePlotButton.connect("clicked(bool)", self.onPlot)
        self.ui.modelPathLineEdit.connect("currentPathChanged(QString)", self.onModel)
        self.ui.predictButton.connect("clicked(bool)", self.onPredict)

    def refresh(self) -> None:
        """Show scores and predictions."""
        result = self.panel.study.result
        self._model(self.panel.parameters.model)
        self.answers = list(result.scores.scores) if result else []
        self.ui.scorePlotButton.enabled = bool(self.answers)
        ready = result is not None and bool(self.panel.parameters.model) and not self.panel.running
        self.ui.predictButton.enabled = ready
        row = self.ui.scoresTable.currentRow()
        if result is None:
            fill_table(self.ui.scoresTable, (), ())
        else:
            from HematomaExpansionLib.report.scores import span

            header = (_("Score"), _("Scan"), _("Points"), _("of"), _("Probability"), _("Missing"))
            rows = [
                (
                    one.name,
                    one.timepoint,
                    span(one),
                    str(one.range[1]),
                    _chance(one.probability),
                    _missing(one),
                )
                for one in self.answers
            ]
            fill_table(self.ui.scoresTable, header, rows)
            self.ui.scoresTable.setCurrentCell(max(row, 0), 0)
        self._predictions(list(result.predictions) if result else [])

    def _predictions(self, said: list[Any]) -> None:
        header = (_("Model"), _("Outcome"), _("P"), _("95 % CI"), _("Expected"))
        fill_table(self.ui.predictionsTable, header if said else (), [_prediction(one) for one in said])
        notes = [text for one in said for text in (one.warning, *one.warnings, one.reason) if text]
        self.ui.predictionLabel.text = "\n".join(dict.fromkeys(notes))

    def _model(self, chosen: str) -> None:
        """Show which model is chosen: one of the extension by its name, another by its folder."""
        named = chosen in self.shipped
        blocked = self.ui.modelComboBox.blockSignals(True)
        self.ui.modelComboBox.setCurrentIndex(1 + self.shipped.index(chosen) if named else 0)
        self.ui.modelComboBox.blockSignals(blocked)
        self.ui.modelPathLineEdit.currentPath = "" if named else chosen
        self.ui.modelPathLineEdit.enabled = not named

    def onShipped(self, index: int) -> None:
        """A model of the extension was chosen, or that of a folder, which is still to be named."""
        if not self.panel.refreshing and self.panel.parameters is not None:
            self.panel.parameters.model = self.shipped[index - 1] if index > 0 else ""

    def onModel(self, path: str) -> None:
        """Another folder was chosen."""
        if not self.panel.refreshing and self.panel.parameters is not None:
            self.panel.parameters.model = path

    def onPlot(self, clicked: bool = True) -> None:
        """Show what each item of the selected score adds."""
        with self.panel.told():
            from HematomaExpansionLib.scene.study_record import recorded
            from HematomaExpansionLib.scene.two_by_two import show_layout, show_plot_and_table

            row = max(self.ui.scoresTable.currentRow(), 0)
            show_layout()
            table = recorded(self.panel.study.record, "scores_table")
            show_plot_and_table(self.panel.charts.score(self.answers[row]), table)

    def onPredict(self, clicked: bool = True) -> None:
        """Ask the model, beside the application."""
        study = self.panel.study
        with self.panel.told():
            self.panel.logic.ensurePackages("models")
            from HematomaExpansionLib.scene.prediction_process import PredictionProcess
            from HematomaExpansionLib.scene.study_record import recorded

            blood = recorded(study.record, "segmentations", "baseline")
            process = PredictionProcess(study.volumes[0], blood, study.result, study.models, study.clinical)
            self.panel.run.follow(process, lambda found: self._predicted(study, found))

    def _predicted(self, study: Any, found: Any) -> str:
        """Keep what was found with the patient who was asked about, whoever is shown now."""
        from HematomaExpansionLib.scene.heat_map import forget_heat_map
        from HematomaExpansionLib.scene.study_record import update_result

        parameters = study.parameters
        if parameters.heatMap is not None:
            forget_heat_map(parameters.heatMap)
        parameters.heatMap = found.heat_map
        said = list(found.predictions)
        update_result(study.record, study.result.model_copy(update={"predictions": said}))
        if found.heat_map is not None and study.record is self.panel.study.record:
            self.panel.change.onPanes()
        return "; ".join(f"{one.model}: {_probability(one)}" for one in said)


def _prediction(one: Any) -> tuple[str, ...]:
    interval = "" if one.interval is None else " to ".join(f"{100 * end:.0f} %" for end in one.interval)
    expected = {True: _("yes"), False: _("no"), None: ""}[one.expected]
    return (one.model, one.outcome, _probability(one), interval, expected)


def _probability(one: Any) -> str:
    return _("not available") if one.probability is None else f"{100 * one.probability:.0f} %"


def _chance(probability: tuple[float, float] | None) -> str:
    """The published probability, or the two that missing items leave possible."""
    return " to ".join(dict.fromkeys(f"{100 * value:.0f} %" for value in probability or ()))


def _missing(score: Any) -> str:
    return ", ".join(item.name for item in score.items if item.value is None)

"""One run of ``reproduce``: a paper, a cohort, and every model that there is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

from HematomaExpansionLib.prediction.design import Missing
from HematomaExpansionLib.prediction.patient import Patient
from training.classical.cohort import StudyCohort
from training.classical.fitted import Fitted
from training.classical.study import Study

from .table import NOT_TRAINED

SET_NAMES = {"train": "training", "test": "internal testing", "external": "external testing"}
UNLIKE = "†"
"""Marks a network that is not the paper's."""
_LINE = 60
"""Characters that fit above the narrowest figure."""


@dataclass(frozen=True)
class Run:
    """What the tables are made of.

    Attributes:
        study: the paper.
        cohort: its patients.
        models: by name: the classical ones, fitted here, and those whose predictions were given.
        seed: of everything random.
        missing: policy of the classical models.
        out: folder to write into.
    """

    study: Study
    cohort: StudyCohort
    models: Mapping[str, Fitted]
    seed: int
    missing: Missing
    out: Path

    @property
    def source(self) -> str:
        """What the input was: simulated or real."""
        return self.cohort.source

    def caption(self, models: Iterable[Fitted]) -> str:
        """What stands above every figure; below it, what :data:`UNLIKE` marks among its models."""
        unlike = "; ".join(dict.fromkeys(model.unlike for model in models if model.unlike))
        said = f"{self.study.paper}, {self.source} patients"
        return f"{said}\n{fill(f'{UNLIKE} not as in the paper: {unlike}', _LINE)}" if unlike else said

    def available(self, labels: Mapping[str, str]) -> dict[str, Fitted]:
        """Models that there are, by label.

        Args:
            labels: name of the model by its label in the paper.
        """
        found = {label: self.models[name] for label, name in labels.items() if name in self.models}
        return {label: model for label, model in found.items() if not model.unavailable}

    def why_not(self, name: str) -> str:
        """What stands in the cells of a model that there is not."""
        model = self.models.get(name)
        return NOT_TRAINED if model is None else f"not available: {model.unavailable}"

    def notes(self) -> list[str]:
        """What every table of this run says below it."""
        cohort = self.cohort
        left_out = ", ".join(f"{count} {why}" for why, count in cohort.excluded.items()) or "nobody"
        said = [
            f"Published: {self.study.citation}.",
            f"This cohort: {cohort.read} {cohort.source} patients ({cohort.path.name}).",
            f"Left out: {left_out}.",
            f"Division: {cohort.split_rule}.",
            f"Expansion: {self.study.outcome.rule} ({self.study.outcome.name}).",
            f"Missing inputs: {self.missing}.",
        ]
        if cohort.ceiling is not None:
            said.append(
                f"No model can be better on these simulated patients, in expectation, than an AUC of "
                f"{cohort.ceiling:.3f} for rhe-ning (the true risk)."
            )
        if cohort.simulated:
            said.append("The patients are simulated: no figure of this cohort is accuracy on patients.")
        said += [
            f"{model.name} is not the paper's network: {model.unlike}."
            for model in self.models.values()
            if model.unlike and model.name.startswith(f"{self.study.paper}-")
        ]
        return [*said, *cohort.remarks]


def outcomes(patients: Sequence[Patient]) -> list[int]:
    """1 with expansion and 0 without."""
    return [int(patient.expansion is True) for patient in patients]

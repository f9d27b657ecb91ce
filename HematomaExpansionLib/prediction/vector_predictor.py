"""A support vector machine as a predictor: what those of Ning 2025 and Lu 2024 share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from ..errors import InputRefused
from .column import Column, columns_named
from .design import Design, Missing, make_design
from .locking import ThresholdRule, lock, threshold_of, threshold_state
from .outcome import Outcome
from .patient import Patient
from .prediction import Estimate
from .predictor import State, Threshold
from .reasons import filled_in, not_available
from .vector_machine import FOLDS, VectorMachine, fit_vector_machine


@dataclass(frozen=True)
class VectorPredictor:
    """A support vector machine on z-scores.

    It has no interval and no contributions: neither the kernel nor Platt's fit gives a standard error.

    Attributes:
        design: how a patient becomes a row.
        machine: fitted.
        threshold: locked on the training patients.
    """

    name: ClassVar[str]
    outcome: ClassVar[Outcome]
    columns: ClassVar[tuple[Column, ...]]
    threshold_rule: ClassVar[ThresholdRule] = ThresholdRule.HALF

    design: Design
    machine: VectorMachine
    threshold: Threshold

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the values and features that it asks for."""
        return tuple(dict.fromkeys(name for column in self.design.columns for name in column.inputs))

    @classmethod
    def fit_columns(
        cls,
        columns: Sequence[Column],
        patients: Sequence[Patient],
        seed: int,
        missing: Missing,
        cost: float = 1.0,
    ) -> Self:
        """Fit with the columns given.

        Raises:
            InputRefused: one outcome is too rare, or see :func:`.design.make_design`.
        """
        design, rows, outcome = make_design(columns, patients, missing)
        rarer = min(design.expanded, design.patients - design.expanded)
        if rarer < FOLDS:
            raise InputRefused(f"{cls.name}: {rarer} training patients of one outcome; {FOLDS} are needed")
        machine = fit_vector_machine(rows, outcome, seed, cost)
        return cls(design, machine, lock(cls.threshold_rule, outcome, machine.probability(rows)))

    def predict(self, patient: Patient) -> Estimate:
        """The probability by Platt's sigmoid."""
        raw = self.design.raw(patient)
        row, missing = self.design.row(raw), self.design.missing(patient, raw)
        if row is None:
            return not_available(missing)
        probability = float(self.machine.probability(row[None])[0])
        return Estimate(probability=probability, missing=missing, warnings=filled_in(missing))

    def slopes(self, patient: Patient) -> dict[str, float]:
        """How steeply the log odds of expansion rise with each column that is known, by the column's name.

        Returns:
            Per unit of the column as it is, not of its z-score. Empty where there is no probability.
        """
        raw = self.design.raw(patient)
        row = self.design.row(raw)
        if row is None:
            return {}
        each = self.machine.slopes(row) / self.design.sd
        return {
            column.name: float(slope)
            for column, number, slope in zip(self.design.columns, raw, each, strict=False)
            if not np.isnan(number)
        }

    def state(self) -> State:
        """Every fitted number, and the names of the columns."""
        return State(
            self.design.parameters() | {"threshold_rule": self.threshold.rule},
            self.design.arrays() | self.machine.arrays() | threshold_state(self.threshold),
        )

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Make it again.

        Raises:
            KeyError: the state lacks something.
            ValueError: the state does not fit together.
        """
        design = Design.from_state(
            columns_named(state.parameters["columns"], cls.columns), state.parameters, state.arrays
        )
        machine = VectorMachine.from_arrays(state.arrays, len(design.names))
        return cls(design, machine, threshold_of(state))

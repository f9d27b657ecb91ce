"""Logistic regression as a predictor: what the regressions of the papers share."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from ..errors import InputRefused
from ..statistics.interval import normal_quantile
from .column import Column, columns_named
from .design import Design, Missing, make_design
from .locking import ThresholdRule, lock, threshold_of, threshold_state
from .outcome import Outcome
from .patient import Patient
from .prediction import Contribution, Estimate
from .predictor import State, Threshold
from .reasons import filled_in, not_available

if TYPE_CHECKING:
    from numpy.typing import NDArray

INTERVAL = "Wald, of the log odds, from the covariance of the fitted coefficients"


@dataclass(frozen=True)
class Logistic:
    """A logistic regression without penalty on z-scores, fitted by maximum likelihood.

    Attributes:
        design: how a patient becomes a row.
        coefficients: log odds: intercept, then one for each column and indicator ``[1 + p]``.
        covariance: of the coefficients ``[1 + p, 1 + p]``.
        threshold: locked on the training patients.
    """

    name: ClassVar[str]
    outcome: ClassVar[Outcome]
    columns: ClassVar[tuple[Column, ...]]
    threshold_rule: ClassVar[ThresholdRule]

    design: Design
    coefficients: "NDArray[np.float64]"
    covariance: "NDArray[np.float64]"
    threshold: Threshold

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the values that it asks for."""
        return tuple(dict.fromkeys(name for column in self.design.columns for name in column.inputs))

    @classmethod
    def fit(cls, patients: Sequence[Patient], seed: int, missing: Missing = "complete-case") -> Self:
        """Fit to training patients; nothing is random.

        Args:
            patients: training patients only.
            seed: not used.
            missing: policy for missing inputs, see :mod:`.design`.

        Raises:
            InputRefused: maximum likelihood has no answer: one outcome only, a constant column, collinear
                columns, separation; the message says which.
        """
        return cls.fit_columns(cls.columns, patients, missing)

    @classmethod
    def fit_columns(cls, columns: Sequence[Column], patients: Sequence[Patient], missing: Missing) -> Self:
        """Fit with the columns given, see :meth:`fit`."""
        from ..statistics.logit import fit_logit

        design, rows, outcome = make_design(columns, patients, missing)
        model = fit_logit(dict(zip(design.names, rows.T, strict=True)), outcome)
        if model.intercept is None:
            raise InputRefused(f"{cls.name}: {model.reason}")
        coefficients = np.array([term.coefficient for term in (model.intercept, *model.terms)])
        with_one = np.hstack([np.ones((len(rows), 1)), rows])
        probability = 1 / (1 + np.exp(-(with_one @ coefficients)))
        weights = probability * (1 - probability)
        covariance = np.linalg.inv((with_one * weights[:, None]).T @ with_one)
        return cls(design, coefficients, covariance, lock(cls.threshold_rule, outcome, probability))

    def predict(self, patient: Patient) -> Estimate:
        """The probability, its interval, and what each input adds to the log odds."""
        raw = self.design.raw(patient)
        row, missing = self.design.row(raw), self.design.missing(patient, raw)
        if row is None:
            return not_available(missing)
        with_one = np.concatenate([[1.0], row])
        log_odds = float(with_one @ self.coefficients)
        reach = normal_quantile() * sqrt(float(with_one @ self.covariance @ with_one))
        values = [None if np.isnan(number) else float(number) for number in raw]
        values += [float(np.isnan(raw[self._position(name)])) for name in self.design.indicators]
        return Estimate(
            probability=_expit(log_odds),
            interval=(_expit(log_odds - reach), _expit(log_odds + reach)),
            interval_method=INTERVAL,
            missing=missing,
            contributions=tuple(
                Contribution(name=name, value=value, log_odds=float(added))
                for name, value, added in zip(
                    self.design.names, values, row * self.coefficients[1:], strict=True
                )
            ),
            warnings=filled_in(missing),
        )

    def state(self) -> State:
        """Every fitted number, and the names of the columns."""
        return State(
            self.design.parameters() | {"threshold_rule": self.threshold.rule},
            self.design.arrays()
            | {"coefficients": self.coefficients, "covariance": self.covariance}
            | threshold_state(self.threshold),
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
        coefficients, covariance = state.arrays["coefficients"], state.arrays["covariance"]
        size = 1 + len(design.names)
        if coefficients.shape != (size,) or covariance.shape != (size, size):
            raise ValueError(f"{coefficients.shape} coefficients for {size} terms")
        return cls(design, coefficients, covariance, threshold_of(state))

    def _position(self, name: str) -> int:
        return [column.name for column in self.design.columns].index(name)


def _expit(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds)) if log_odds > -700 else 0.0

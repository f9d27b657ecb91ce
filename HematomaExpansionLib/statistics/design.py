"""The complete rows of predictors and outcome, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .samples import Samples, complete
from .separation import separation

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MOST_INFLATION = 10.0
"""A variance inflation factor above this is told as collinearity (Marquardt, Technometrics 1970;12:591)."""
LEAST_EVENTS = 10
"""Patients of the rarer outcome for each predictor; fewer are told (J Clin Epidemiol 1996;49:1373)."""

Columns = Mapping[str, "ArrayLike"]
"""Predictors by name: numbers ``[n]``, None or NaN where missing."""


@dataclass(frozen=True)
class Design:
    """What a regression is fitted on.

    Attributes:
        names: of the predictors.
        outcome: bool ``[n]``.
        values: ``[n, predictors]``.
        missing: patients left out because a value is missing.
    """

    names: tuple[str, ...]
    outcome: "NDArray[np.bool_]"
    values: "NDArray[np.float64]"
    missing: int

    @property
    def n(self) -> int:
        """Complete patients."""
        return len(self.outcome)

    @property
    def events(self) -> int:
        """Patients with the outcome."""
        return int(self.outcome.sum())

    @property
    def means(self) -> "NDArray[np.float64]":
        """Of the predictors."""
        return np.asarray(self.values.mean(axis=0), dtype=np.float64)

    @property
    def deviations(self) -> "NDArray[np.float64]":
        """Standard deviations (n) of the predictors."""
        return np.asarray(self.values.std(axis=0), dtype=np.float64)

    def standardised(self) -> "NDArray[np.float64]":
        """``[n, 1 + predictors]``: a column of ones, and the predictors with mean 0 and deviation 1."""
        return np.column_stack([np.ones(self.n), (self.values - self.means) / self.deviations])

    def restricted(self, names: tuple[str, ...]) -> "Design":
        """The same patients with fewer predictors."""
        chosen = [self.names.index(name) for name in names]
        return Design(names, self.outcome, self.values[:, chosen], self.missing)

    def obstacle(self) -> str | None:
        """Why no logit can be fitted; None when one can."""
        samples = Samples(self.outcome, (), self.missing)
        if samples.one_class:
            return samples.one_class
        constant = [
            f"{name} is {values[0]:g} in all {self.n} patients"
            for name, values in zip(self.names, self.values.T, strict=True)
            if np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max()))
        ]
        if constant:
            return "; ".join(constant)
        if self.n <= len(self.names) + 1:
            return f"{self.n} patients are too few for {len(self.names)} predictors and an intercept"
        dependent = self._dependent()
        if dependent:
            return f"{' and '.join(dependent)} are linear combinations of one another"
        found = separation(self.standardised(), self.outcome, self.names)
        return found and f"{found}: the odds ratio has no finite estimate"

    def remarks(self) -> tuple[str, ...]:
        """What a reader of the fit ought to know: near collinearity, and few events."""
        said = [
            f"{name} nearly follows from the other predictors: variance inflation {factor:.1f}, "
            f"over {MOST_INFLATION:g}"
            for name, factor in zip(self.names, self._inflation(), strict=True)
            if factor > MOST_INFLATION
        ]
        rarer = min(self.events, self.n - self.events)
        if self.names and rarer < LEAST_EVENTS * len(self.names):
            said.append(
                f"{rarer / len(self.names):.1f} patients of the rarer outcome for each predictor, "
                f"under {LEAST_EVENTS}"
            )
        return tuple(said)

    def _dependent(self) -> list[str]:
        """Predictors without which the others have the same rank."""
        whole = self.standardised()
        rank = int(np.linalg.matrix_rank(whole))
        if rank == whole.shape[1]:
            return []
        return [
            name
            for number, name in enumerate(self.names, 1)
            if int(np.linalg.matrix_rank(np.delete(whole, number, axis=1))) == rank
        ]

    def _inflation(self) -> "NDArray[np.float64]":
        if len(self.names) < 2:
            return np.ones(len(self.names))
        return np.asarray(np.diag(np.linalg.inv(np.corrcoef(self.values.T))), dtype=np.float64)


def design(columns: Columns, outcome: "ArrayLike") -> Design:
    """Keep the patients in whom everything is known.

    Raises:
        UsageError: see :func:`.samples.complete`.
    """
    samples = complete(outcome, *columns.values())
    values = np.column_stack(samples.columns) if samples.columns else np.zeros((samples.n, 0))
    return Design(tuple(columns), samples.outcome, values, samples.missing)

"""Variables screened one by one by logistic regression."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import UsageError
from .design import Columns
from .interval import LEVEL
from .logit import LogitModel, fit_logit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SIGNIFICANT = 0.05

Variables = Mapping[str, Sequence[str]]
"""Variables that are several columns, as the indicators of a category: their columns by name."""


@dataclass(frozen=True)
class Candidate:
    """One variable alone.

    Attributes:
        variable: its name.
        model: fitted on the patients who have it.
        p_value: of Wald; of the likelihood ratio where the variable is several columns. None where there is
            no fit, for the reason in ``model``.
    """

    variable: str
    model: LogitModel
    p_value: float | None


@dataclass(frozen=True)
class Screening:
    """All variables, in the order given.

    Attributes:
        candidates: each alone.
        significant: p-values below this select.
    """

    candidates: tuple[Candidate, ...]
    significant: float

    @property
    def selected(self) -> tuple[str, ...]:
        """The variables with a p-value below ``significant``."""
        return tuple(
            each.variable
            for each in self.candidates
            if each.p_value is not None and each.p_value < self.significant
        )


def screen(
    columns: Columns,
    outcome: "ArrayLike",
    variables: Variables | None = None,
    significant: float = SIGNIFICANT,
    level: float = LEVEL,
) -> Screening:
    """Fit each variable alone, each on the patients who have it.

    Args:
        columns: by name, numbers ``[n]``, None or NaN where missing.
        outcome: 0 or 1, None or NaN where unknown.
        variables: those that are several columns; every other column is a variable.
        significant: p-values below this select.
        level: coverage of the intervals.

    Raises:
        UsageError: a variable whose column is not there, or see :func:`.samples.complete`.
    """
    candidates = []
    for variable, names in all_variables(columns, variables).items():
        model = fit_logit({name: columns[name] for name in names}, outcome, level)
        p_value = model.terms[0].p_value if len(model.terms) == 1 else model.likelihood_ratio.p_value
        candidates.append(Candidate(variable, model, p_value))
    return Screening(tuple(candidates), significant)


def all_variables(columns: Columns, variables: Variables | None) -> dict[str, tuple[str, ...]]:
    """Every variable with its columns, in the order of the columns.

    Raises:
        UsageError: a variable whose column is not there.
    """
    variable_of = {name: variable for variable, names in (variables or {}).items() for name in names}
    absent = [name for name in variable_of if name not in columns]
    if absent:
        raise UsageError(f"{variable_of[absent[0]]}: there is no column {absent[0]}")
    found: dict[str, tuple[str, ...]] = {}
    for name in columns:
        variable = variable_of.get(name, name)
        found[variable] = (*found.get(variable, ()), name)
    return found

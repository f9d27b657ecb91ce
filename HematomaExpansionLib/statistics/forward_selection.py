"""Forward selection of variables by p-value, as Lee 2024 chose the clinical ones."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .design import Columns, Design, design
from .interval import LEVEL
from .likelihood_ratio import likelihood_ratio_test
from .logit import LogitModel, fit_design
from .significance import SignificanceTest
from .univariable import SIGNIFICANT, Variables, all_variables

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Step:
    """One variable that entered.

    Attributes:
        variable: its name.
        test: likelihood ratio of the model with it against the model before.
        aic: of the model with it.
    """

    variable: str
    test: SignificanceTest
    aic: float


@dataclass(frozen=True)
class ForwardSelection:
    """What entered, and the model at the end.

    Attributes:
        steps: in the order of entry.
        model: with all of them; without predictors where nothing entered.
        enter: p-values below this enter.
        not_fitted: variables that could not be tried beside those already in, and why, at the last step.
    """

    steps: tuple[Step, ...]
    model: LogitModel
    enter: float
    not_fitted: dict[str, str]

    @property
    def selected(self) -> tuple[str, ...]:
        """The variables that entered."""
        return tuple(step.variable for step in self.steps)


def select_forward(
    columns: Columns,
    outcome: "ArrayLike",
    variables: Variables | None = None,
    enter: float = SIGNIFICANT,
    level: float = LEVEL,
) -> ForwardSelection:
    """Enter, one by one, the variable with the smallest p-value, while it is small enough.

    All models are fitted on the same patients, those in whom every candidate is known, as a comparison of
    likelihoods must be. What has entered stays. MedCalc, which Lee 2024 used, does not say which test decides
    on entry; the likelihood ratio is chosen, which is defined for variables of several columns too.

    Args:
        columns: by name, numbers ``[n]``, None or NaN where missing.
        outcome: 0 or 1, None or NaN where unknown.
        variables: those that are several columns; every other column is a variable.
        enter: p-values below this enter.
        level: coverage of the intervals.

    Raises:
        UsageError: a variable whose column is not there, or see :func:`.samples.complete`.
    """
    waiting = all_variables(columns, variables)
    everything = design(columns, outcome)
    chosen: tuple[str, ...] = ()
    model = fit_design(everything.restricted(chosen), level)
    steps: list[Step] = []
    not_fitted: dict[str, str] = {}
    while waiting and model.log_likelihood is not None:
        tried, not_fitted = _try_each(everything, chosen, model.log_likelihood, waiting, level)
        if not tried:
            break
        # By the statistic where p-values are so small that they are equal.
        variable = min(tried, key=lambda name: _rank(tried[name][0]))
        test, larger = tried[variable]
        if test.p_value is None or test.p_value >= enter or larger.aic is None:
            break
        chosen += waiting.pop(variable)
        model = larger
        steps.append(Step(variable, test, larger.aic))
    return ForwardSelection(tuple(steps), model, enter, not_fitted)


def _rank(test: SignificanceTest) -> tuple[float, float]:
    return (1.0 if test.p_value is None else test.p_value, -(test.statistic or 0.0))


def _try_each(
    everything: Design,
    chosen: tuple[str, ...],
    likelihood: float,
    waiting: dict[str, tuple[str, ...]],
    level: float,
) -> tuple[dict[str, tuple[SignificanceTest, LogitModel]], dict[str, str]]:
    """Each variable beside those already in: its test and model, or why there is none."""
    tried, not_fitted = {}, {}
    for variable, names in waiting.items():
        larger = fit_design(everything.restricted((*chosen, *names)), level)
        if larger.log_likelihood is None:
            not_fitted[variable] = str(larger.reason)
        else:
            test = likelihood_ratio_test(likelihood, larger.log_likelihood, len(names), everything.n)
            tried[variable] = test, larger
    return tried, not_fitted

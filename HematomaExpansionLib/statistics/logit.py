"""Logistic regression by maximum likelihood, with what a table of it prints."""

import warnings
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MissingInput, UsageError
from .design import Columns, Design, design
from .interval import LEVEL, Estimate, Interval, normal_quantile, two_sided_p
from .likelihood_ratio import METHOD as LIKELIHOOD_RATIO
from .likelihood_ratio import likelihood_ratio_test
from .samples import column, known_values
from .significance import SignificanceTest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

INTERCEPT = "intercept"
_ODDS_RATIO = "odds ratio (logit)"
_LARGEST = 700.0
"""The logarithm of the largest number that a float holds, rounded down."""


@dataclass(frozen=True)
class Term:
    """One predictor in the model, or its intercept.

    Attributes:
        name: of the predictor.
        coefficient: log odds for one unit more.
        standard_error: of the coefficient.
        z: coefficient / standard error.
        p_value: of Wald.
        odds_ratio: for one unit more, with the interval of Wald.
    """

    name: str
    coefficient: float
    standard_error: float
    z: float
    p_value: float
    odds_ratio: Estimate


@dataclass(frozen=True)
class LogitModel:
    """A fitted model, or the reason why there is none.

    Attributes:
        predictors: in the order given.
        intercept: None where there is no fit.
        terms: one for each predictor; empty where there is no fit.
        log_likelihood: of the model.
        null_log_likelihood: of the intercept alone.
        likelihood_ratio: test against the intercept alone.
        aic: 2 parameters - 2 log-likelihood.
        bic: ln(n) parameters - 2 log-likelihood.
        n: complete patients, on which it was fitted.
        events: of them with the outcome.
        missing: patients left out because a value was missing.
        remarks: near collinearity, few events.
        reason: why there is no fit; None where there is one.
    """

    predictors: tuple[str, ...]
    intercept: Term | None
    terms: tuple[Term, ...]
    log_likelihood: float | None
    null_log_likelihood: float | None
    likelihood_ratio: SignificanceTest
    aic: float | None
    bic: float | None
    n: int
    events: int
    missing: int
    remarks: tuple[str, ...] = ()
    reason: str | None = None

    def probability(self, columns: Columns) -> "NDArray[np.float64]":
        """Predicted probabilities ``[n]``; NaN where a predictor is missing.

        Raises:
            UsageError: there is no fit.
            MissingInput: a predictor of the model is not among the columns.
        """
        if self.intercept is None:
            raise UsageError(f"the model has no fit: {self.reason}")
        absent = [name for name in self.predictors if name not in columns]
        if absent:
            raise MissingInput(f"the model needs {', '.join(absent)}")
        if not self.predictors:
            raise UsageError("a model without predictors gives every patient the same probability")
        log_odds = self.intercept.coefficient + sum(
            term.coefficient * column(columns[term.name], term.name) for term in self.terms
        )
        from scipy.special import expit

        return np.asarray(expit(log_odds), dtype=np.float64)


def fit_logit(columns: Columns, outcome: "ArrayLike", level: float = LEVEL) -> LogitModel:
    """Fit on the patients in whom every predictor and the outcome are known.

    Nothing is fitted where maximum likelihood has no answer: one class only, a constant predictor, predictors
    that are linear combinations of one another, separation. The model then says which.

    Args:
        columns: predictors by name, numbers ``[n]``; categories as :func:`indicators`.
        outcome: 0 or 1, None or NaN where unknown.
        level: coverage of the intervals.

    Raises:
        UsageError: see :func:`.samples.complete`.
    """
    return fit_design(design(columns, outcome), level)


def indicators(name: str, values: "ArrayLike", reference: object) -> "dict[str, NDArray[np.float64]]":
    """Columns of 0 and 1 for the categories of a variable other than its reference, named ``name: category``.

    Args:
        name: of the variable.
        values: categories ``[n]``; None or NaN where missing, which is NaN in every column.
        reference: the category the others are compared with.

    Raises:
        UsageError: the reference is not among the values.
    """
    given = known_values(values)
    unknown = np.array([value is None for value in given], dtype=bool)
    levels = list(dict.fromkeys(value for value in given if value is not None))
    if reference not in levels:
        raise UsageError(f"{name}: the reference {reference!r} is not among {', '.join(map(str, levels))}")
    others = sorted((each for each in levels if each != reference), key=str)
    return {
        f"{name}: {each}": np.where(
            unknown, np.nan, np.array([value == each for value in given], dtype=float)
        )
        for each in others
    }


def fit_design(prepared: Design, level: float = LEVEL) -> LogitModel:
    """Fit on complete patients, see :func:`fit_logit`."""
    reason = prepared.obstacle()
    found = None if reason else _maximise(prepared)
    if found is None:
        return _no_fit(prepared, reason or "the fit does not converge")
    coefficients, covariance, likelihood = found
    share = prepared.events / prepared.n
    null = prepared.events * log(share) + (prepared.n - prepared.events) * log(1 - share)
    extra, parameters = len(prepared.names), len(prepared.names) + 1
    intercept, *terms = (
        _term(name, float(value), sqrt(float(variance)), prepared, level)
        for name, value, variance in zip(
            (INTERCEPT, *prepared.names), coefficients, np.diag(covariance), strict=True
        )
    )
    test = (
        likelihood_ratio_test(null, likelihood, extra, prepared.n)
        if extra
        else SignificanceTest.unavailable(LIKELIHOOD_RATIO, prepared.n, "the model has no predictor")
    )
    return LogitModel(
        predictors=prepared.names,
        intercept=intercept,
        terms=tuple(terms),
        log_likelihood=likelihood,
        null_log_likelihood=null,
        likelihood_ratio=test,
        aic=2 * parameters - 2 * likelihood,
        bic=log(prepared.n) * parameters - 2 * likelihood,
        n=prepared.n,
        events=prepared.events,
        missing=prepared.missing,
        remarks=prepared.remarks(),
    )


def _maximise(
    prepared: Design,
) -> "tuple[NDArray[np.float64], NDArray[np.float64], float] | None":
    """Coefficients, their covariance and the log-likelihood, by statsmodels; None without convergence.

    Newton's method is given standardised predictors, whatever their units, and its answer carried back.
    """
    from statsmodels.discrete.discrete_model import Logit

    with warnings.catch_warnings():
        # Convergence is asked for below.
        warnings.simplefilter("ignore")
        fitted: Any = Logit(prepared.outcome.astype(float), prepared.standardised()).fit(disp=0, maxiter=200)
    if not fitted.mle_retvals["converged"]:
        return None
    back = np.diag(np.concatenate([[1.0], 1 / prepared.deviations]))
    back[0, 1:] = -prepared.means / prepared.deviations
    return back @ fitted.params, back @ fitted.cov_params() @ back.T, float(fitted.llf)


def _term(name: str, coefficient: float, error: float, prepared: Design, level: float) -> Term:
    reach, z = normal_quantile(level) * error, coefficient / error
    n, missing = prepared.n, prepared.missing
    if coefficient + reach > _LARGEST:
        reason = "too large to write; give the predictor in a smaller unit"
        ratio = Estimate.unavailable(_ODDS_RATIO, n, reason, missing)
    else:
        interval = Interval(exp(coefficient - reach), exp(coefficient + reach), level, "Wald")
        ratio = Estimate(exp(coefficient), interval, _ODDS_RATIO, n, missing)
    return Term(name, coefficient, error, z, two_sided_p(z), ratio)


def _no_fit(prepared: Design, reason: str) -> LogitModel:
    return LogitModel(
        predictors=prepared.names,
        intercept=None,
        terms=(),
        log_likelihood=None,
        null_log_likelihood=None,
        likelihood_ratio=SignificanceTest.unavailable(LIKELIHOOD_RATIO, prepared.n, reason),
        aic=None,
        bic=None,
        n=prepared.n,
        events=prepared.events,
        missing=prepared.missing,
        reason=reason,
    )

"""Ning's selection: the least absolute shrinkage and selection operator with cross-validated penalty."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from .outcome import check_selection

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rule = Literal["minimum", "one_standard_error"]

_PENALTIES, _SMALLEST = 100, 0.01
"""Length of the path, and its end as a share of the penalty that removes every feature (glmnet, n < p)."""


@dataclass(frozen=True)
class LassoChoice:
    """What was chosen and why.

    Attributes:
        names: features with a coefficient other than 0, in the order of the candidates.
        coefficients: theirs, per standard deviation.
        penalty: the one chosen.
        rule: ``minimum``: that of the smallest cross-validated error; ``one_standard_error``: the largest one
            whose error is within one standard error of it.
        penalties: the path, descending.
        error: cross-validated mean squared error at each.
        error_se: standard error of it over the folds.
        folds: of the cross-validation.
        n: cases.
        candidates: how many features there were.
        converged: whether every fit ended by its tolerance.
    """

    names: tuple[str, ...]
    coefficients: tuple[float, ...]
    penalty: float
    rule: Rule
    penalties: tuple[float, ...]
    error: tuple[float, ...]
    error_se: tuple[float, ...]
    folds: int
    n: int
    candidates: int
    converged: bool


def choose_by_lasso(
    values: "NDArray[np.float64]",
    outcome: "NDArray[np.int64]",
    names: Sequence[str],
    seed: int,
    rule: Rule = "minimum",
    folds: int = 10,
) -> LassoChoice:
    """Select features for a binary outcome.

    Ning names neither loss, folds nor rule. This is Tibshirani's LASSO, least squares on the outcome as 0 and
    1, with ten stratified folds and the smallest error: it serves to select, the model is fitted afterwards.

    Args:
        values: z-scores ``[case, feature]`` of training cases only.
        outcome: 0 or 1 of each case.
        names: of the columns.
        seed: of the folds.
        rule: see :class:`LassoChoice`.
        folds: no more than the cases of the rarer outcome.

    Raises:
        UsageError: shapes that do not fit, a value that is missing, or too few cases of an outcome.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import Lasso, LassoCV
    from sklearn.model_selection import StratifiedKFold

    x, y = check_selection(values, outcome, names, folds)
    largest = float(np.abs((x - x.mean(axis=0)).T @ (y - y.mean())).max()) / len(y)
    path = np.geomspace(largest, largest * _SMALLEST, _PENALTIES)
    splits = list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(x, y))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", ConvergenceWarning)
        search = LassoCV(alphas=path, cv=splits, max_iter=20_000).fit(x, y)
        error, error_se = search.mse_path_.mean(axis=1), search.mse_path_.std(axis=1, ddof=1) / np.sqrt(folds)
        best = int(error.argmin())
        chosen = best
        if rule == "one_standard_error":
            chosen = int(np.flatnonzero(error <= error[best] + error_se[best])[0])
        model = Lasso(alpha=search.alphas_[chosen], max_iter=20_000).fit(x, y)
    kept = np.flatnonzero(model.coef_).tolist()
    return LassoChoice(
        names=tuple(names[index] for index in kept),
        coefficients=tuple(float(model.coef_[index]) for index in kept),
        penalty=float(search.alphas_[chosen]),
        rule=rule,
        penalties=tuple(search.alphas_.tolist()),
        error=tuple(error.tolist()),
        error_se=tuple(error_se.tolist()),
        folds=folds,
        n=len(y),
        candidates=len(names),
        converged=not any(issubclass(one.category, ConvergenceWarning) for one in said),
    )

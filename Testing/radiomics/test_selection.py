"""LASSO and forward selection: what is chosen, in which order, and why."""

import numpy as np
import pytest

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.radiomics.forward import choose_forward
from HematomaExpansionLib.radiomics.lasso import choose_by_lasso

NAMES = tuple(f"f{number}" for number in range(12))


def cohort(n: int = 200, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Feature 3 tells most, 7 something, 5 is 3 with noise, the others nothing."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, len(NAMES)))
    values[:, 5] = values[:, 3] + 0.3 * rng.normal(size=n)
    risk = 1 / (1 + np.exp(-(2.5 * values[:, 3] - 1.5 * values[:, 7] - 0.5)))
    return (values - values.mean(0)) / values.std(0), (rng.random(n) < risk).astype(int)


def test_lasso_of_orthogonal_features_shrinks_each_by_the_penalty() -> None:
    """Columns of a Hadamard matrix: the coefficient is the covariance less the penalty, or 0."""
    two = np.array([[1, 1], [1, -1]])
    columns = np.kron(np.kron(np.kron(two, two), two), two)[:, 1:]
    values = np.tile(columns, (4, 1)).astype(float)
    outcome = (np.tile(columns[:, 0] + columns[:, 1] + 0.5 * columns[:, 6], 4) > 0).astype(int)
    names = [f"h{number}" for number in range(15)]
    found = choose_by_lasso(values, outcome, names, seed=1, folds=4)
    covariance = values.T @ (outcome - outcome.mean()) / len(outcome)
    shrunk = np.sign(covariance) * np.maximum(np.abs(covariance) - found.penalty, 0)
    assert found.names == tuple(name for name, value in zip(names, shrunk, strict=True) if value)
    assert found.coefficients == pytest.approx([value for value in shrunk if value], abs=1e-6)


def test_lasso_finds_what_tells_and_says_why() -> None:
    values, outcome = cohort()
    found = choose_by_lasso(values, outcome, NAMES, seed=1)
    strict = choose_by_lasso(values, outcome, NAMES, seed=1, rule="one_standard_error")
    assert {"f3", "f7"} <= set(strict.names) <= set(found.names)
    assert dict(zip(found.names, found.coefficients, strict=True))["f7"] < 0
    best = int(np.argmin(found.error))
    assert found.penalty == found.penalties[best]
    limit = strict.error[best] + strict.error_se[best]
    allowed = [
        penalty for penalty, error in zip(strict.penalties, strict.error, strict=True) if error <= limit
    ]
    assert strict.penalty == max(allowed) > found.penalty
    assert (found.n, found.candidates, found.folds, found.converged) == (200, 12, 10, True)
    assert choose_by_lasso(values, outcome, NAMES, seed=1) == found


def test_lasso_of_more_features_than_cases_and_of_noise() -> None:
    rng = np.random.default_rng(2)
    values, outcome = rng.normal(size=(60, 300)), np.arange(60) % 2
    names = [f"n{number}" for number in range(300)]
    found = choose_by_lasso(values, outcome, names, seed=1, rule="one_standard_error", folds=5)
    assert found.names == ()
    assert found.penalty == found.penalties[0]


def test_forward_selection_is_that_of_scikit_learn_with_order_and_scores() -> None:
    from sklearn.feature_selection import SequentialFeatureSelector
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.svm import SVC

    values, outcome = cohort(120)
    values, names = values[:, 2:8], NAMES[2:8]
    found = choose_forward(SVC(), values, outcome, names, seed=4, most=3, gain=-1.0)
    assert found.names[0] in ("f3", "f5")
    assert found.stopped == "3 features, the most asked for"
    folds = StratifiedKFold(5, shuffle=True, random_state=4)
    for count in (1, 2, 3):
        theirs = SequentialFeatureSelector(SVC(), n_features_to_select=count, scoring="roc_auc", cv=folds)
        support = theirs.fit(values, outcome).get_support()
        assert {name for name, kept in zip(names, support, strict=True) if kept} == set(found.names[:count])
        columns = [names.index(name) for name in found.names[:count]]
        score = cross_val_score(SVC(), values[:, columns], outcome, scoring="roc_auc", cv=folds).mean()
        assert found.scores[count - 1] == pytest.approx(score, abs=1e-12)


def test_forward_selection_stops_when_nothing_is_gained_or_left() -> None:
    from sklearn.linear_model import LogisticRegression

    values, outcome = cohort()
    found = choose_forward(LogisticRegression(), values, outcome, NAMES, seed=4, gain=0.01)
    assert set(found.names) == {"f3", "f7"}
    assert found.stopped.startswith("the next best feature adds ")
    assert found.stopped.endswith("less than 0.01")
    few = choose_forward(LogisticRegression(), values[:, :2], outcome, NAMES[:2], seed=4, gain=-1.0)
    assert (len(few.names), few.stopped) == (2, "no feature is left")


def test_what_cannot_be_selected_from_is_refused() -> None:
    values, outcome = cohort(40)
    broken = values.copy()
    broken[3, 2] = np.nan
    for given, answers, names, folds, message in (
        (broken, outcome, NAMES, 5, "f2: has a missing value"),
        (values, outcome, NAMES[:3], 5, r"shape \(40, 12\); needed are 40 cases by 3"),
        (values, outcome + 1, NAMES, 5, "the outcome is 0 or 1"),
        (values, np.zeros(40, int), NAMES, 5, "the rarer has 0"),
        (values, outcome, NAMES, 1, "1 folds need at least 2"),
    ):
        with pytest.raises(UsageError, match=message):
            choose_by_lasso(given, answers, names, seed=1, folds=folds)

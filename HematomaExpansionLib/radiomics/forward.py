"""Lu's selection: features are added one by one, each time the one that helps a classifier most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .outcome import check_selection

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ForwardChoice:
    """What was chosen and why.

    Attributes:
        names: features in the order in which they were added.
        scores: cross-validated score after each.
        scoring: scikit-learn's name of the score.
        stopped: why no more were added.
        folds: of the cross-validation.
        n: cases.
        candidates: how many features there were.
    """

    names: tuple[str, ...]
    scores: tuple[float, ...]
    scoring: str
    stopped: str
    folds: int
    n: int
    candidates: int


def choose_forward(
    estimator: Any,
    values: "NDArray[np.float64]",
    outcome: "NDArray[np.int64]",
    names: Sequence[str],
    seed: int,
    most: int = 10,
    scoring: str = "roc_auc",
    folds: int = 5,
    gain: float = 1e-3,
    workers: int = 1,
) -> ForwardChoice:
    """Select features for a binary outcome by sequential forward selection.

    The same choice as scikit-learn's ``SequentialFeatureSelector`` with these folds, which does not tell
    the order and the scores. Lu calls it "sequential forward feature elimination" and selects by the accuracy
    of a support vector machine; with a quarter of the cases expanding, accuracy rewards calling nobody
    expanding (that radiomics module has a recall of 0), so the default score is the AUC.

    Args:
        estimator: a scikit-learn classifier; it is cloned for each fit.
        values: z-scores ``[case, feature]`` of training cases only.
        outcome: 0 or 1 of each case.
        names: of the columns.
        seed: of the folds.
        most: features at most.
        scoring: scikit-learn's name of a score, larger is better.
        folds: no more than the cases of the rarer outcome.
        gain: stop when the best feature adds less than this; the first is always taken.
        workers: processes.

    Raises:
        UsageError: shapes that do not fit, a value that is missing, or too few cases of an outcome.
    """
    from joblib import Parallel, delayed
    from sklearn.model_selection import StratifiedKFold

    x, y = check_selection(values, outcome, names, folds)
    splits = list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(x, y))
    chosen: list[int] = []
    scores: list[float] = []
    stopped = f"{most} features, the most asked for"
    with Parallel(n_jobs=workers) as parallel:
        while len(chosen) < most:
            left = [index for index in range(len(names)) if index not in chosen]
            if not left:
                stopped = "no feature is left"
                break
            tried = parallel(
                delayed(_score)(estimator, x[:, [*chosen, index]], y, scoring, splits) for index in left
            )
            best = int(np.argmax(tried))
            if scores and tried[best] - scores[-1] < gain:
                stopped = f"the next best feature adds {tried[best] - scores[-1]:.4f}, less than {gain:g}"
                break
            chosen.append(left[best])
            scores.append(float(tried[best]))
    return ForwardChoice(
        names=tuple(names[index] for index in chosen),
        scores=tuple(scores),
        scoring=scoring,
        stopped=stopped,
        folds=folds,
        n=len(y),
        candidates=len(names),
    )


def _score(
    estimator: Any, x: "NDArray[np.float64]", y: "NDArray[np.int64]", scoring: str, splits: Any
) -> float:
    from sklearn.model_selection import cross_val_score

    return float(cross_val_score(estimator, x, y, scoring=scoring, cv=splits).mean())

"""Degenerate data through every function: a number or a reason, never NaN, never a warning."""

import dataclasses
import math
import warnings
from collections.abc import Iterator

import numpy as np
import pytest

from HematomaExpansionLib.statistics.bland_altman import bland_altman
from HematomaExpansionLib.statistics.bootstrap import bootstrap
from HematomaExpansionLib.statistics.brier import brier_score
from HematomaExpansionLib.statistics.calibration import calibration, calibration_curve
from HematomaExpansionLib.statistics.confusion import confusion_matrix, diagnostic_accuracy
from HematomaExpansionLib.statistics.decision_curve import decision_curve
from HematomaExpansionLib.statistics.delong import compare_aucs, delong_auc
from HematomaExpansionLib.statistics.forward_selection import select_forward
from HematomaExpansionLib.statistics.group_table import group_table
from HematomaExpansionLib.statistics.hosmer_lemeshow import hosmer_lemeshow
from HematomaExpansionLib.statistics.icc import IccForm, icc
from HematomaExpansionLib.statistics.interval import Estimate, Interval
from HematomaExpansionLib.statistics.kappa import Weights, cohen_kappa, fleiss_kappa
from HematomaExpansionLib.statistics.logit import LogitModel, fit_logit
from HematomaExpansionLib.statistics.mcnemar import McNemarMethod, compare_predictions
from HematomaExpansionLib.statistics.odds_ratio import odds_ratio
from HematomaExpansionLib.statistics.precision_recall import average_precision, precision_recall_curve
from HematomaExpansionLib.statistics.reclassification import integrated_discrimination, net_reclassification
from HematomaExpansionLib.statistics.roc import AucInterval, auc, roc_curve
from HematomaExpansionLib.statistics.significance import SignificanceTest
from HematomaExpansionLib.statistics.threshold import sensitivity_threshold, youden_threshold
from HematomaExpansionLib.statistics.univariable import screen

FUNCTIONS = {
    "delong": lambda y, s, p, b: (delong_auc(y, s), compare_aucs(y, s, p)),
    "auc": lambda y, s, p, b: auc(y, s, AucInterval.BINOMIAL),
    "bootstrap": lambda y, s, p, b: auc(y, s, AucInterval.BOOTSTRAP, np.random.default_rng(0)),
    "average precision": lambda y, s, p, b: average_precision(y, s, np.random.default_rng(0)),
    "curves": lambda y, s, p, b: (precision_recall_curve(y, s), roc_curve(y, s).sensitivity),
    "confusion": lambda y, s, p, b: diagnostic_accuracy(confusion_matrix(y, b)),
    "calibration": lambda y, s, p, b: (calibration(y, p), calibration_curve(y, p)),
    "brier": lambda y, s, p, b: brier_score(y, p),
    "hosmer": lambda y, s, p, b: (
        hosmer_lemeshow(y, p, fitted_on_these=False),
        hosmer_lemeshow(y, p, fitted_on_these=True, groups=3),
    ),
    "decision": lambda y, s, p, b: decision_curve(y, p, (0.1, 0.5)),
    "nri": lambda y, s, p, b: (
        net_reclassification(y, p, np.flip(p)),
        net_reclassification(y, p, np.flip(p), (0.5,)),
    ),
    "idi": lambda y, s, p, b: integrated_discrimination(y, p, np.flip(p)),
    "mcnemar": lambda y, s, p, b: [compare_predictions(y, b, np.flip(b), method=m) for m in McNemarMethod],
    "threshold": lambda y, s, p, b: (youden_threshold(y, s, "x"), sensitivity_threshold(y, s, 0.9, "x")),
    "logit": lambda y, s, p, b: fit_logit({"s": s, "b": b}, y),
    "screen": lambda y, s, p, b: screen({"s": s, "b": b}, y),
    "forward": lambda y, s, p, b: select_forward({"s": s, "b": b}, y),
    "group table": lambda y, s, p, b: group_table({"s": s, "p": p, "b": b}, y, (0, 1), categorical={"b"}),
    "bland-altman": lambda y, s, p, b: bland_altman(s, p),
    "icc": lambda y, s, p, b: [icc(np.column_stack([s, np.flip(s)]), form) for form in IccForm],
}


def parts(found: object) -> Iterator[object]:
    """Everything in a result, down to its numbers."""
    yield found
    if dataclasses.is_dataclass(found):
        for field in dataclasses.fields(found):
            yield from parts(getattr(found, field.name))
    elif isinstance(found, dict):
        for value in found.values():
            yield from parts(value)
    elif isinstance(found, list | tuple):
        for value in found:
            yield from parts(value)


def check(found: object) -> None:
    """A number or a reason."""
    for part in parts(found):
        if isinstance(part, float):
            assert math.isfinite(part), found
        elif isinstance(part, Estimate):
            assert part.value is not None or part.reason, part
            assert part.value is not None or part.interval is None, part
        elif isinstance(part, Interval):
            assert part.low <= part.high, found
        elif isinstance(part, SignificanceTest):
            assert (part.p_value is None) == bool(part.reason), part
        elif isinstance(part, LogitModel):
            assert (part.intercept is None) == bool(part.reason), part


@pytest.mark.parametrize("name", FUNCTIONS)
def test_columns(name):
    rng = np.random.default_rng(20)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(25 if name in ("bootstrap", "average precision") else 100):
            n = int(rng.integers(0, 9))
            columns = [
                (rng.random(n) < rng.random()).astype(float),
                np.round(rng.normal(size=n), rng.choice([0, 3])),
                np.round(rng.random(n), rng.choice([0, 1, 3])),
                (rng.random(n) < rng.random()).astype(float),
            ]
            for column in columns:
                column[rng.random(n) < rng.choice([0, 0.3, 1], p=[0.7, 0.2, 0.1])] = np.nan
            check(FUNCTIONS[name](*columns))


def test_tables():
    rng = np.random.default_rng(21)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(300):
            counts = rng.integers(0, rng.choice([2, 4]), (2, 2)).tolist()
            check(odds_ratio(tuple(counts[0]), tuple(counts[1])))
            check([cohen_kappa(counts, weights) for weights in Weights])
            answers = rng.multinomial(3, rng.dirichlet([0.5, 0.5]), size=rng.integers(0, 5))
            check(fleiss_kappa(answers))
            ratings = rng.integers(0, 3, (rng.integers(0, 5), rng.integers(1, 4))).astype(float)
            check([icc(ratings, form) for form in IccForm])
            samples = (rng.integers(0, 2, rng.integers(0, 5)).astype(float),)
            check(bootstrap(samples, np.mean, rng, resamples=50))

"""Predictions of models that were trained elsewhere: ``--predictions FILE.csv`` fills their columns."""

import csv
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import numpy as np

from HematomaExpansionLib.errors import InputRefused, UnreadableFile
from HematomaExpansionLib.prediction.locking import ThresholdRule, lock
from HematomaExpansionLib.prediction.predictor import Threshold
from training.classical.cohort import TRAIN, StudyCohort
from training.classical.fitted import Fitted

NEEDED = ("patient", "model", "probability")
"""Columns of the table. ``unlike_paper``, in what the model is not the paper's, may stand beside them; others
are not used."""


def read_given(path: Path, cohort: StudyCohort, rule: ThresholdRule) -> dict[str, Fitted]:
    """Models by name, each with its probabilities.

    A threshold with the largest Youden index is chosen on the training patients; where the table has none of
    them with and without expansion, it is 0.5, and the rule says so.

    Args:
        path: the table; an empty probability is none.
        cohort: whose patients are meant; others in the table are not used.
        rule: of the threshold.

    Raises:
        UnreadableFile: it cannot be read.
        InputRefused: a column is absent, a probability is none, or a patient stands there twice.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            lines = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(f"{path}: cannot be read as a table ({error})") from error
    absent = [name for name in NEEDED if lines and name not in lines[0]]
    if absent or not lines:
        raise InputRefused(
            f"{path}: no {', '.join(absent) or 'line'}; needed are the columns {', '.join(NEEDED)}"
        )
    models: dict[str, dict[str, float | None]] = {}
    unlike: dict[str, str] = {}
    for number, line in enumerate(lines, start=2):
        name, patient = line["model"], line["patient"]
        if patient in models.setdefault(name, {}):
            raise InputRefused(f"{path}: line {number}: {patient} stands there twice for {name}")
        models[name][patient] = _probability(path, number, line["probability"])
        unlike[name] = line.get("unlike_paper") or ""
    return {name: _fitted(name, said, cohort, rule, unlike[name]) for name, said in models.items()}


def _probability(path: Path, line: int, text: str | None) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not (isfinite(number) and 0 <= number <= 1):
        raise InputRefused(f"{path}: line {line}: probability {text}; 0 to 1, or nothing, is allowed")
    return number


def _fitted(
    name: str, said: dict[str, float | None], cohort: StudyCohort, rule: ThresholdRule, unlike: str
) -> Fitted:
    train: Sequence[tuple[bool, float]] = [
        (one.expansion is True, probability)
        for one in cohort.of(TRAIN)
        if (probability := said.get(one.name)) is not None
    ]
    if rule is ThresholdRule.YOUDEN and len({expanded for expanded, _ in train}) < 2:
        threshold = Threshold(0.5, "0.5, because no training patients' predictions were given")
    else:
        threshold = lock(rule, np.array([e for e, _ in train], bool), np.array([p for _, p in train]))
    return Fitted(name, probabilities=said, threshold=threshold, unlike=unlike)

"""The patients of a cohort that an image model is trained and tested on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from HematomaExpansionLib.cohort_table import CohortTable, read_cohort
from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.prediction.outcome import Outcome
from HematomaExpansionLib.prediction.patient import Patient

TEST_SHARE = 0.2
"""Of the patients of a cohort without a split: that of Lee 2024, 111 of 569."""


@dataclass(frozen=True)
class ImageCohort:
    """Patients with a known outcome, a baseline scan and its mask.

    Attributes:
        table: the cohort.
        training: learnt from.
        test: never looked at before everything is fitted.
        remarks: what a reader must know, in sentences.
    """

    table: CohortTable
    training: tuple[Patient, ...]
    test: tuple[Patient, ...]
    remarks: tuple[str, ...]


def read_image_cohort(path: Path, outcome: Outcome, seed: int) -> ImageCohort:
    """Read a cohort and divide it by patient.

    The column ``split`` decides where it is filled in: ``train`` is learnt from, everything else is for
    testing. Without it one patient in five, with and without expansion alike, is drawn for testing.

    Args:
        path: the table.
        outcome: what is predicted.
        seed: of the draw.

    Raises:
        InputRefused: the table is refused, or there are not two training patients of each outcome.
    """
    table = read_cohort(path)
    patients, remarks = table.patients(outcome)
    usable = [
        patient
        for patient in patients
        if patient.expansion is not None and None not in (patient.baseline, patient.baseline_mask)
    ]
    if len(usable) < len(patients):
        left_out = len(patients) - len(usable)
        remarks += (f"{left_out} of {len(patients)} patients lack outcome, baseline or mask: left out.",)
    training, test = _divided(usable, seed)
    for word, expanded in (("with", True), ("without", False)):
        count = sum(patient.expansion is expanded for patient in training)
        if count < 2:
            raise InputRefused(
                f"{path}: {count} training patients {word} expansion have outcome, baseline and "
                "baseline_mask; at least 2 are needed"
            )
    return ImageCohort(table, training, test, remarks)


def _divided(patients: Sequence[Patient], seed: int) -> tuple[tuple[Patient, ...], tuple[Patient, ...]]:
    if any(patient.split is not None for patient in patients):
        return (
            tuple(patient for patient in patients if patient.split == "train"),
            tuple(patient for patient in patients if patient.split in ("test", "external")),
        )
    rng = np.random.default_rng(seed)
    test: set[str] = set()
    for expanded in (True, False):
        names = [patient.name for patient in patients if patient.expansion is expanded]
        test |= set(rng.permutation(names)[: round(TEST_SHARE * len(names))].tolist())
    return (
        tuple(patient for patient in patients if patient.name not in test),
        tuple(patient for patient in patients if patient.name in test),
    )


def folds(patients: Sequence[Patient], count: int, seed: int) -> list[int]:
    """The fold of each patient, 0 to ``count`` - 1; expansion is spread evenly.

    Args:
        patients: to divide.
        count: how many folds, at least 2.
        seed: of the draw.
    """
    rng = np.random.default_rng([seed, count])
    of = np.empty(len(patients), dtype=int)
    for expanded in (True, False):
        places = np.flatnonzero([patient.expansion is expanded for patient in patients])
        of[rng.permutation(places)] = np.arange(len(places)) % count
    return [int(fold) for fold in of]

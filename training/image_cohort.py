"""The patients of a paper that have images, divided as its classical models divide them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.prediction.patient import Patient

from .classical.cohort import TRAIN, StudyCohort, study_cohort
from .classical.study import Study


@dataclass(frozen=True)
class ImageCohort:
    """Patients with a known outcome, a baseline scan and its mask.

    Attributes:
        study: all patients of the paper, with their sets.
        training: those of the training set with images.
        held_out: those of all other sets with images; nobody looks at them before everything is fitted.
    """

    study: StudyCohort
    training: tuple[Patient, ...]
    held_out: tuple[Patient, ...]

    @property
    def remark(self) -> str:
        """How many patients lack images, in a sentence."""
        found = len(self.training) + len(self.held_out)
        return f"{found} of {len(self.study.patients)} patients have a baseline scan and its mask."


def read_image_cohort(
    study: Study, path: Path, seed: int, simulated: bool | None = None, radiomics: Path | None = None
) -> ImageCohort:
    """Read a cohort; arguments and division are those of :func:`.classical.cohort.study_cohort`.

    Raises:
        InputRefused: the cohort is refused, or fewer than two training patients of each outcome have images.
        UsageError: nothing says whether the patients were simulated, or two things contradict.
    """
    cohort = study_cohort(study, path, seed, simulated, radiomics)
    usable = [one for one in cohort.patients if None not in (one.baseline, one.baseline_mask)]
    training = tuple(one for one in usable if one.split == TRAIN)
    for word, expanded in (("with", True), ("without", False)):
        count = sum(one.expansion is expanded for one in training)
        if count < 2:
            raise InputRefused(
                f"{path}: {count} training patients {word} expansion have baseline and baseline_mask; "
                "at least 2 are needed"
            )
    return ImageCohort(cohort, training, tuple(one for one in usable if one.split != TRAIN))


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


class OfPatient(Protocol):
    """What was prepared of a patient."""

    @property
    def patient(self) -> Patient:
        """The patient."""


Item = TypeVar("Item", bound=OfPatient)


def turns(
    items: Sequence[Item], count: int, seed: int, stops_early: bool
) -> Iterator[tuple[list[Item], list[Item], list[Item]]]:
    """Cross-validation: of each turn who is learnt from, who is watched meanwhile, and who is scored.

    Who is scored is watched too, unless that chooses the epoch: with early stopping the next fold is watched.

    Args:
        items: of all patients.
        count: folds; at least 3 with early stopping.
        seed: of :func:`folds`.
        stops_early: whether those who are watched choose the epoch.
    """
    of = folds([one.patient for one in items], count, seed)
    for fold in range(count):
        watched = (fold + 1) % count if stops_early else fold
        yield (
            [one for one, its in zip(items, of, strict=True) if its not in (fold, watched)],
            [one for one, its in zip(items, of, strict=True) if its == watched],
            [one for one, its in zip(items, of, strict=True) if its == fold],
        )

"""Drawing patients: baseline, risk, outcome, follow-up."""

from dataclasses import replace

import numpy as np

from .baseline import draw_baseline
from .course import draw_course
from .patient import Patient
from .risk import risk_of


def draw_patient(rng: np.random.Generator) -> Patient:
    """Draw one patient with risk, outcome and the volumes at follow-up."""
    patient = draw_baseline(rng)
    risk = risk_of(patient)
    return draw_course(rng, replace(patient, risk=risk), bool(rng.random() < risk))


def draw_cohort(patients: int, seed: int) -> list[Patient]:
    """Draw many patients; one does not depend on how many are drawn.

    Args:
        patients: how many.
        seed: the same seed gives the same patients.
    """
    return [draw_patient(np.random.default_rng([seed, number])) for number in range(1, patients + 1)]

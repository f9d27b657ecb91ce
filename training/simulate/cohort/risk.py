"""The latent risk of expansion: the multivariable model of Ning 2025, Table 2.

The published model has no intercept; it is set so that as many of the simulated patients expand as of the
training cohort of that paper, 118 of 389. Its variable "antithrombotic" is left out, because the paper does
not say whether anticoagulants count in it.
"""

from math import exp, log

import numpy as np
from numpy.typing import NDArray

from .patient import MARKERS, Patient

PREVALENCE = 118 / 389
INTERCEPT = -4.577
"""Solved on 60 000 patients; a test holds the prevalence."""
POPULATION_AUC = 0.783
"""AUC of the true risk over all such patients: no predictor can be better. A test holds it."""

ODDS_RATIOS: dict[str, float] = {
    "age_years": 1.022,
    "diabetes": 1.553,
    "onset_to_ct_h": 0.914,
    "sbp_mmhg": 1.006,
    "anticoagulant": 3.011,
    "ich_ml": 1.040,
    "ivh_ml": 0.995,
    "deep": 1.677,
    "infratentorial": 0.972,
    "ivh": 3.557,
    "irregular_shape": 0.786,
    "satellite": 0.851,
    "island": 1.450,
    "swirl": 0.746,
    "hypodensity": 2.328,
    "heterogeneous_density": 0.979,
}
"""For each year, hour, mmHg or mL more, or for presence."""


def factors(patient: Patient) -> dict[str, float]:
    """The values that the odds ratios are for, in their order; presence is 1."""
    clinical = patient.clinical
    known = {
        "anticoagulant": clinical["warfarin"] or clinical["doac"],
        "ich_ml": patient.ich_ml,
        "ivh_ml": patient.ivh_ml,
        "ivh": patient.ivh_ml > 0,
        "deep": patient.location == "deep",
        "infratentorial": patient.location == "infratentorial",
    } | {marker: marker in patient.markers for marker in MARKERS}
    return {name: float(known[name] if name in known else clinical[name]) for name in ODDS_RATIOS}


def risk_of(patient: Patient) -> float:
    """True probability of revised expansion, 0-1."""
    logit = INTERCEPT + sum(log(ODDS_RATIOS[name]) * value for name, value in factors(patient).items())
    return 1.0 / (1.0 + exp(-logit))


def best_auc(risks: NDArray[np.float64]) -> float:
    """Expected AUC of the true risk itself: the best that any predictor can reach on these patients.

    Each pair of patients counts with the probability that the first expands and the second does not.

    Args:
        risks: true probabilities ``[n]``.
    """
    ordered = np.sort(risks)
    stay = 1.0 - ordered
    below = np.cumsum(stay) - stay
    pairs = ordered.sum() * stay.sum() - float(ordered @ stay)
    return float(ordered @ below) / pairs

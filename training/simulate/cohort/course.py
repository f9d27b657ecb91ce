"""What the follow-up CT shows: growth that meets or misses the definition as the drawn outcome says."""

from dataclasses import replace
from math import exp

import numpy as np

from .patient import Patient

GROWTH_ML, GROWTH_SHARE, IVH_GROWTH_ML = 6.0, 0.33, 1.0
"""Revised expansion of Ning 2025: parenchymal growth in mL or as a share, IVH growth in mL, or new IVH."""

_LARGEST_ICH_ML, _LARGEST_IVH_ML = 180.0, 60.0
# Assumed: most expansion is parenchymal; growth just short of the definition is left out, so that the outcome
# does not hang on a rounding.
_PARENCHYMAL, _NEW_IVH, _CLEAR_OF_LIMIT = 0.85, 0.25, 0.85


def draw_course(rng: np.random.Generator, patient: Patient, expansion: bool) -> Patient:
    """Draw the volumes at follow-up.

    Args:
        rng: source of every draw.
        patient: at baseline.
        expansion: whether the volumes meet the definition.
    """
    ich, ivh = patient.ich_ml, patient.ivh_ml
    needed_ml = min(GROWTH_ML, GROWTH_SHARE * ich)
    if not expansion or rng.random() > _PARENCHYMAL:
        share = float(np.clip(rng.normal(0.02, 0.06), -0.2, 0.3))
        later_ich = min(ich * (1 + share), ich + _CLEAR_OF_LIMIT * needed_ml)
        later_ivh = ivh * float(rng.uniform(0.85, 1.0))
        if expansion:
            later_ivh = ivh + IVH_GROWTH_ML + 3.0 * exp(0.8 * rng.normal())
    else:
        # Lee 2024: expanders grew by 28.4 +/- 22.7 mL from 37.0 mL.
        grown = needed_ml + 0.5 * ich * exp(0.7 * rng.normal())
        later_ich = max(min(ich + grown, _LARGEST_ICH_ML), ich + 1.05 * needed_ml)
        breaks_in = ivh == 0 and rng.random() < _NEW_IVH
        later_ivh = 3.0 * exp(0.8 * rng.normal()) if breaks_in else ivh * float(rng.uniform(0.9, 1.6))
    return replace(
        patient,
        expansion=expansion,
        followup_ich_ml=round(later_ich, 2),
        followup_ivh_ml=round(min(later_ivh, _LARGEST_IVH_ML), 2),
    )

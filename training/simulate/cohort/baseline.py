"""What is known of a patient at the baseline CT, drawn with the distributions of the papers' tables.

Each distribution and its source stand in :mod:`.columns`. Where a table gives only shares of the whole, how
variables hang together is assumed: larger bleeds have more markers, more IVH and a lower GCS. Values are
rounded as they are written before any risk is computed, so that the stated risk holds for what is written.
"""

from collections.abc import Callable
from math import exp, log

import numpy as np

from .patient import LOCATIONS, Patient

_LOCATION_SHARE = (45 / 389, 269 / 389, 75 / 389)
_MEDIAN_ML = {"lobar": 21.0, "deep": 14.5, "infratentorial": 11.0}
_LOCATION_IVH = {"lobar": -1.2, "deep": 0.3, "infratentorial": 0.1}
_TYPICAL_ML = 14.4

# Solved so that the shares of all patients are those of the tables; a test holds them.
_IVH_INTERCEPT = -1.19
_HYPODENSITY_INTERCEPT = -0.31
_IRREGULAR_INTERCEPT = -0.76
_GCS_LIMITS = (0.987, 1.857)
_SEVERITY_MEAN, _SEVERITY_SD = 0.294, 1.390


def draw_baseline(rng: np.random.Generator) -> Patient:
    """Draw a patient up to the baseline CT; risk and follow-up are not drawn yet."""
    location = str(rng.choice(LOCATIONS, p=_LOCATION_SHARE))
    ich_ml = round(_within(0.3, 120.0, lambda: _lognormal(rng, _MEDIAN_ML[location], 0.80)), 2)
    size = log(ich_ml / _TYPICAL_ML)
    has_ivh = _happens(rng, _logistic(_IVH_INTERCEPT + 0.6 * size + _LOCATION_IVH[location]))
    ivh_ml = round(_within(0.2, 40.0, lambda: _lognormal(rng, 6.0, 1.2)), 2) if has_ivh else 0.0
    severity = 0.9 * size + 0.8 * has_ivh + 0.5 * (location == "infratentorial") + 1.1 * rng.normal()
    return Patient(
        clinical=_person(rng) | _drugs_and_blood(rng) | _examination(rng, severity),
        ich_ml=ich_ml,
        ivh_ml=ivh_ml,
        location=location,
        markers=_markers(rng, size),
    )


def _person(rng: np.random.Generator) -> dict[str, float | str | bool]:
    age = round(_within(18, 97, lambda: rng.normal(59.3, 13.6)))
    male = _happens(rng, 290 / 389)
    return {
        "age_years": age,
        "sex": "male" if male else "female",
        "hypertension": _happens(rng, 341 / 389),
        "diabetes": _happens(rng, 62 / 389),
        "smoking": _happens(rng, 0.56 if male else 0.13),
        "alcohol": _happens(rng, 0.50 if male else 0.08),
        "previous_ich": _happens(rng, 0.05),
        "cognitive_impairment": _happens(rng, _logistic((age - 86) / 9)),
    }


def _drugs_and_blood(rng: np.random.Generator) -> dict[str, float | str | bool]:
    anticoagulant = _happens(rng, 19 / 389)
    warfarin = anticoagulant and _happens(rng, 2 / 3)
    doac = anticoagulant and not warfarin
    inr_median, inr_spread = (2.4, 0.3) if warfarin else (1.15, 0.12) if doac else (1.01, 0.073)
    return {
        "antiplatelet": _happens(rng, 20 / 266),
        "warfarin": warfarin,
        "doac": doac,
        "inr": round(_within(0.7, 12, lambda: _lognormal(rng, inr_median, inr_spread)), 2),
        "aptt_s": round(_within(15, 150, lambda: _lognormal(rng, 30.5, 0.194)), 1),
        "fibrinogen_mg_dl": round(_within(80, 1200, lambda: _lognormal(rng, 307.0, 0.335))),
        "platelets_e9_l": round(_within(15, 900, lambda: _lognormal(rng, 192.0, 0.386))),
    }


def _examination(rng: np.random.Generator, severity: float) -> dict[str, float | str | bool]:
    """Severity and GCS go together, and NIHSS with both."""
    pressure = rng.normal()
    sbp = round(min(max(167.4 + 26.7 * pressure, 90), 260))
    dbp = round(min(max(97.4 + 18.5 * (0.6 * pressure + 0.8 * rng.normal()), 45), 150, sbp - 20))
    mild, moderate = _GCS_LIMITS
    if severity < mild:
        gcs = int(rng.choice((13, 14, 15), p=(0.15, 0.25, 0.60)))
    else:
        gcs = int(rng.integers(9, 13) if severity < moderate else rng.integers(3, 9))
    standard = (severity - _SEVERITY_MEAN) / _SEVERITY_SD
    return {
        "gcs_total": gcs,
        "nihss": min(round(9 * exp(0.65 * standard)), 42),
        "sbp_mmhg": sbp,
        "dbp_mmhg": dbp,
        "glucose_mg_dl": round(_within(50, 500, lambda: _lognormal(rng, 125.0, 0.28))),
        "onset_to_ct_h": round(_within(0.2, 24.0, lambda: _lognormal(rng, 4.4, 0.80)), 2),
        "ct_to_followup_h": round(float(rng.uniform(20, 24)), 2),
        "spot_sign": "unavailable",
        "surgery_before_followup": False,
    }


def _markers(rng: np.random.Generator, size: float) -> frozenset[str]:
    """Markers with their implications: black hole and heterogeneous need hypodensity, island irregularity."""
    hypodensity = _happens(rng, _logistic(_HYPODENSITY_INTERCEPT + 0.5 * size))
    irregular = _happens(rng, _logistic(_IRREGULAR_INTERCEPT + 0.8 * size))
    chances = {
        "hypodensity": float(hypodensity),
        "black_hole": 0.40 * hypodensity,
        "heterogeneous_density": 0.315 * hypodensity,
        "swirl": 0.40 if hypodensity else 0.117,
        "blend": 48 / 389,
        "fluid_level": 5 / 389,
        "irregular_shape": float(irregular),
        "island": 0.333 * irregular,
        "satellite": 0.50 if irregular else 0.202,
    }
    return frozenset(name for name, chance in chances.items() if _happens(rng, chance))


def _happens(rng: np.random.Generator, chance: float) -> bool:
    return bool(rng.random() < chance)


def _lognormal(rng: np.random.Generator, median: float, spread: float) -> float:
    return float(median * exp(spread * rng.normal()))


def _within(low: float, high: float, draw: Callable[[], float]) -> float:
    """The first draw that lies within the limits."""
    while not low <= (value := draw()) <= high:
        pass
    return float(value)


def _logistic(logit: float) -> float:
    return 1.0 / (1.0 + exp(-logit))

"""The scans of a simulated patient: a bleed of the drawn size, place and markers in a head.

Risk and outcome are drawn after what an image can show has been settled, so that the stated risk holds for
what is in the scan: a bleed too small for a marker does not have it, and the volumes are those of the truth.
"""

from dataclasses import replace

import numpy as np

from HematomaExpansionLib.markers.marker import Marker

from ..case import Case
from ..draw import draw_bleed, draw_oedema
from ..draw_host import draw_host
from ..draw_markers import that_fit
from ..draw_scanner import draw_pose, draw_protocol
from ..followup import TimePoint
from ..site import PRIORS, Site, draw_centre
from .baseline import draw_baseline
from .course import draw_course
from .patient import Patient
from .risk import risk_of

SITES: dict[str, tuple[Site, ...]] = {
    "lobar": (Site.FRONTAL, Site.PARIETAL, Site.TEMPORAL, Site.OCCIPITAL),
    "deep": (Site.PUTAMEN, Site.THALAMUS, Site.CAUDATE),
    "infratentorial": (Site.CEREBELLUM, Site.BRAINSTEM),
}
"""The simulator's sites of each location of the tables."""

_LARGEST_IVH_ML = 35.0


def draw_scanned(seed: int, number: int, followup: bool = False, attempt: int = 0) -> tuple[Patient, Case]:
    """Draw one patient, and the case that makes the scans.

    Args:
        seed: of the whole cohort.
        number: of the patient, from 1; a patient does not depend on how many are drawn.
        followup: whether the case has the second scan.
        attempt: draws this patient anew where a head had no room for the blood of the attempt before.
    """
    rng = np.random.default_rng([seed, number, attempt])
    patient, sites = _baseline(rng)
    patient = replace(patient, risk=risk_of(patient))
    patient = draw_course(rng, patient, bool(rng.random() < (patient.risk or 0.0)))
    shares = np.array([PRIORS[site].share for site in sites])
    site = sites[rng.choice(len(sites), p=shares / shares.sum())]
    host = draw_host(rng)
    bleed = draw_bleed(
        draw_centre(site, rng), patient.ich_ml, frozenset(Marker(name) for name in patient.markers), rng
    )
    points = [_point(patient.ich_ml, patient.ivh_ml, 0.0, patient, rng)]
    if followup:
        hours = float(patient.clinical["ct_to_followup_h"])
        points.append(
            _point(patient.followup_ich_ml or 0.0, patient.followup_ivh_ml or 0.0, hours, patient, rng)
        )
    return patient, Case(int(rng.integers(2**31)), host, bleed, tuple(points))


def _baseline(rng: np.random.Generator) -> tuple[Patient, tuple[Site, ...]]:
    """A patient whose bleed has room, with the markers that it has room for, and the sites it can be at."""
    while True:
        patient = draw_baseline(rng)
        sites = tuple(
            site for site in SITES[patient.location] if PRIORS[site].largest_ml >= 1.5 * patient.ich_ml
        )
        if sites and patient.ivh_ml <= _LARGEST_IVH_ML:
            break
    markers = that_fit([Marker(name) for name in sorted(patient.markers)], patient.ich_ml)
    return replace(patient, markers=frozenset(marker.value for marker in markers)), sites


def _point(
    ich_ml: float, ivh_ml: float, hours: float, patient: Patient, rng: np.random.Generator
) -> TimePoint:
    onset_h = float(patient.clinical["onset_to_ct_h"])
    return TimePoint(
        hours=hours,
        ich_ml=ich_ml,
        ivh_ml=min(ivh_ml, _LARGEST_IVH_ML),
        pose=draw_pose(rng),
        protocol=draw_protocol(rng),
        oedema=draw_oedema(onset_h + hours, rng),
        layered_share=float(rng.uniform(0.05, 0.6)),
    )

"""Patients drawn at random: a head, a bleed, its growth, two poses."""

import numpy as np

from .bleed import BleedSettings
from .case import Case
from .followup import TimePoint
from .host import HostSettings
from .scanner import Pose, Protocol

# Middle of the site in the template (superior, anterior, distance from the midline), how often a bleed is
# there, and how often it reaches the ventricles.
_SITES: dict[str, tuple[tuple[float, float, float], float, float]] = {
    "putamen": ((4.0, -3.0, 28.0), 0.40, 0.35),
    "thalamus": ((8.0, -18.0, 16.0), 0.25, 0.60),
    "frontal": ((30.0, 30.0, 32.0), 0.12, 0.10),
    "parietal": ((34.0, -48.0, 32.0), 0.13, 0.15),
    "temporal": ((-8.0, -30.0, 50.0), 0.10, 0.05),
}
_LARGEST_IVH_ML = 9.0


def draw_case(seed: int, number: int, followup: bool) -> Case:
    """Draw one patient.

    Args:
        seed: of the whole set.
        number: of the patient in the set, from 1; a patient does not depend on how many are drawn.
        followup: whether there is a second scan.
    """
    rng = np.random.default_rng([seed, number])
    name = rng.choice(list(_SITES), p=[share for _, share, _ in _SITES.values()])
    (superior, anterior, aside), _, ivh_chance = _SITES[name]
    side = rng.choice([-1.0, 1.0])
    jitter = rng.normal(0, 3.0, 3)
    ich_ml = float(np.clip(rng.lognormal(np.log(15), 0.8), 1.0, 60.0))
    ivh_ml = _ivh(rng, ich_ml) if rng.random() < ivh_chance else 0.0
    size = 0.91 + rng.normal(0, 0.02)
    host = HostSettings(
        scale=_three(size * (1 + rng.normal(0, 0.015, 3))),
        widening_mm=float(rng.uniform(0.8, 3.2)),
        atrophy=float(rng.uniform(0.4, 1.2)),
    )
    bleed = BleedSettings(
        centre_mni_mm=_three(np.array([superior, anterior, side * aside]) + jitter),
        reach_ml=ich_ml,
        lobes=int(rng.integers(2, 7)),
        irregularity=float(rng.uniform(0.2, 1.0)),
        blood_hu=float(rng.uniform(57, 68)),
        oedema_mm=float(rng.uniform(1.5, 4.5)),
        yielding=float(rng.uniform(0.15, 0.3)),
    )
    points = [_time_point(rng, 0.0, ich_ml, ivh_ml)]
    if followup:
        grows = rng.random() < 0.35
        later_ich = ich_ml * float(rng.uniform(1.35, 2.0) if grows else rng.uniform(0.96, 1.08))
        later_ivh = ivh_ml * float(rng.uniform(1.0, 1.3))
        if grows and rng.random() < ivh_chance:
            later_ivh = max(later_ivh, _ivh(rng, later_ich))
        hours = float(rng.uniform(12, 30))
        points.append(_time_point(rng, hours, later_ich, min(later_ivh, _LARGEST_IVH_ML)))
    return Case(seed=int(rng.integers(2**31)), host=host, bleed=bleed, time_points=tuple(points))


def _ivh(rng: np.random.Generator, ich_ml: float) -> float:
    return float(np.clip(ich_ml * rng.uniform(0.1, 0.4), 1.0, _LARGEST_IVH_ML))


def _time_point(rng: np.random.Generator, hours: float, ich_ml: float, ivh_ml: float) -> TimePoint:
    pose = Pose(_three(rng.normal(0, 3.5, 3)), _three(rng.normal(0, 4.0, 3)))
    return TimePoint(hours, ich_ml, ivh_ml, pose, Protocol(noise_hu=float(rng.uniform(3.0, 5.0))))


def _three(values: np.ndarray) -> tuple[float, float, float]:
    first, second, third = (float(value) for value in values)
    return (first, second, third)

"""Patients drawn at random: a head, a bleed where bleeds are, what becomes of it, poses and scanners."""

from dataclasses import replace

import numpy as np

from HematomaExpansionLib.markers.marker import Marker

from .bleed import BleedSettings
from .case import Case
from .draw_host import draw_host
from .draw_markers import draw_markers
from .draw_scanner import draw_pose, draw_protocol
from .extra_axial import CollectionSettings, Space
from .followup import TimePoint
from .oedema import OedemaSettings, usual_width_mm
from .site import PRIMARY_IVH_SHARE, PRIORS, SUBARACHNOID_SHARE, Prior, draw_site

_SMALLEST_ML, _LARGEST_IVH_ML = 0.3, 35.0
# Volumes vary by this much (standard deviation of the logarithm).
_VOLUME_SPREAD, _IVH_SPREAD = 0.85, 0.8
COLLECTION_SHARE = 0.07
"""Share of patients with a subdural or epidural haematoma: each of the two below is drawn for itself."""
# The part that lies beside a bleed of the brain; the rest stands for all blood that the patient has.
_COLLECTION_BESIDE = 4 / 7
# Of bleeds at a second scan: a third has grown, a few are older and resolve, the rest is stable.
_GROWS_SHARE, _RESOLVES_SHARE = 0.33, 0.1


def draw_case(
    seed: int,
    number: int,
    followup: bool = False,
    clean: float = 0.0,
    attempt: int = 0,
    collections: float = COLLECTION_SHARE,
) -> Case:
    """Draw one patient.

    Args:
        seed: of the whole set.
        number: of the patient in the set, from 1; a patient does not depend on how many are drawn.
        followup: whether there is a second scan.
        clean: share of patients without any blood, 0-1.
        attempt: draws this patient anew where a head had no room for the blood of the attempt before.
        collections: share of patients with a subdural or epidural haematoma, 0-1.
    """
    rng = np.random.default_rng([seed, number, attempt])
    site, centre = draw_site(rng)
    prior = PRIORS[site]
    host = draw_host(rng)
    drawn_ml = rng.lognormal(np.log(prior.median_ml), _VOLUME_SPREAD)
    ich_ml = float(np.clip(drawn_ml, _SMALLEST_ML, prior.largest_ml))
    point = _baseline(prior, ich_ml, rng)
    beside, alone = collections * _COLLECTION_BESIDE, collections * (1 - _COLLECTION_BESIDE)
    outside = _collection(rng) if rng.random() < beside else None
    kind = rng.random()
    if kind < clean:
        point, outside = replace(point, ich_ml=0.0, ivh_ml=0.0, sah_ml=0.0), None
    elif kind < clean + (1 - clean) * PRIMARY_IVH_SHARE:
        point = replace(point, ich_ml=0.0, ivh_ml=_ivh_ml(rng), sah_ml=0.0)
    elif kind < clean + (1 - clean) * (PRIMARY_IVH_SHARE + alone):
        point, outside = replace(point, ich_ml=0.0, ivh_ml=0.0, sah_ml=0.0), outside or _collection(rng)
    points = [point, _later(point, prior, rng)] if followup else [point]
    markers = draw_markers(min(each.ich_ml for each in points), rng)
    bleed = draw_bleed(centre, ich_ml, markers, rng)
    return Case(
        seed=int(rng.integers(2**31)), host=host, bleed=bleed, time_points=tuple(points), outside=outside
    )


def draw_bleed(
    centre: tuple[float, float, float], ich_ml: float, markers: frozenset[Marker], rng: np.random.Generator
) -> BleedSettings:
    """Draw what a bleed looks like.

    Args:
        centre: of it, template coordinates (superior, anterior, right) in mm.
        ich_ml: volume at baseline.
        markers: which it shows.
        rng: the generator.
    """
    return BleedSettings(
        centre_mni_mm=centre,
        reach_ml=ich_ml,
        lobes=int(rng.integers(2, 7)),
        irregularity=float(rng.uniform(0.2, 1.0)),
        blood_hu=float(np.clip(rng.normal(62, 5), 48, 78)),
        texture_hu=float(rng.uniform(1.0, 2.2)),
        yielding=float(rng.uniform(0.18, 0.33)),
        markers=markers,
    )


def _baseline(prior: Prior, ich_ml: float, rng: np.random.Generator) -> TimePoint:
    onset_h = float(rng.uniform(0.7, 24.0))
    sah_ml = float(np.clip(rng.lognormal(np.log(2.5), 0.7), 0.3, 10)) if ich_ml > 3 else 0.0
    return TimePoint(
        hours=0.0,
        ich_ml=ich_ml,
        ivh_ml=_ivh_ml(rng) if rng.random() < prior.rupture else 0.0,
        sah_ml=sah_ml if rng.random() < SUBARACHNOID_SHARE else 0.0,
        pose=draw_pose(rng),
        protocol=draw_protocol(rng),
        oedema=draw_oedema(onset_h, rng),
        layered_share=float(rng.uniform(0.05, 0.6)),
    )


def _later(first: TimePoint, prior: Prior, rng: np.random.Generator) -> TimePoint:
    """The second scan: grown in a third, resolving in a few, else the same but for what moved and faded."""
    course = rng.random()
    hours, faded_hu = float(rng.uniform(6, 36)), 0.0
    ich_ml = first.ich_ml * float(rng.uniform(0.96, 1.06))
    ivh_ml = first.ivh_ml * float(rng.uniform(0.9, 1.1))
    if course < _GROWS_SHARE:
        ich_ml = min(first.ich_ml * float(rng.uniform(1.35, 2.2)), prior.largest_ml)
        ivh_ml = first.ivh_ml * float(rng.uniform(1.0, 1.6))
        if first.ivh_ml == 0 and rng.random() < prior.rupture:
            ivh_ml = _ivh_ml(rng)
    elif course < _GROWS_SHARE + _RESOLVES_SHARE:
        hours, faded_hu = float(rng.uniform(72, 200)), float(rng.uniform(3, 12))
        ich_ml = first.ich_ml * float(rng.uniform(0.5, 0.9))
        ivh_ml = first.ivh_ml * float(rng.uniform(0.2, 0.7))
    if first.ich_ml == 0 and first.ivh_ml == 0:
        ich_ml = ivh_ml = 0.0
    return replace(
        first,
        hours=hours,
        ich_ml=ich_ml,
        ivh_ml=min(ivh_ml, _LARGEST_IVH_ML),
        pose=draw_pose(rng),
        protocol=draw_protocol(rng),
        oedema=draw_oedema(hours, rng),
        faded_hu=faded_hu,
    )


def draw_oedema(hours: float, rng: np.random.Generator) -> OedemaSettings:
    """Draw the rim round a bleed that is so many hours old."""
    width = usual_width_mm(hours) * float(rng.lognormal(0, 0.3))
    return OedemaSettings(width_mm=min(width, 8.0), hu=float(rng.uniform(18.5, 23.5)))


def _ivh_ml(rng: np.random.Generator) -> float:
    return float(np.clip(rng.lognormal(np.log(5.0), _IVH_SPREAD), _SMALLEST_ML, _LARGEST_IVH_ML))


def _collection(rng: np.random.Generator) -> CollectionSettings:
    """A crescent in most, else a lens, over the side of the head."""
    space = Space.SUBDURAL if rng.random() < 0.7 else Space.EPIDURAL
    radius = float(rng.uniform(45, 80) if space is Space.SUBDURAL else rng.uniform(24, 38))
    thickness = float(rng.uniform(2.0, 5.0) if space is Space.SUBDURAL else rng.uniform(4.0, 8.0))
    towards = (float(rng.uniform(5, 45)), float(rng.uniform(-50, 40)), float(rng.choice([-65.0, 65.0])))
    return CollectionSettings(
        space=space,
        towards_mni_mm=towards,
        volume_ml=round(float(np.pi * radius**2 * thickness / 1000 * 0.6), 2),
        radius_mm=radius,
    )

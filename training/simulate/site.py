"""Where spontaneous bleeds are, how large they get there, and how often they reach the ventricles.

The shares of the three regions are those of Ning 2025, Table 1, all 775 patients of its three sets: deep 518
(66.8 %), lobar 74 (9.5 %), infratentorial 183 (23.6 %). Deep bleeds are divided as in Lv 2021 (Oxid Med Cell
Longev 6249509, Table 1): basal ganglia 138, thalamus 62. IVH is 248 of 775 in Ning 2025 (32 %) and 101 of 266
in Zhong 2021, Table 1 (38 %): the rates below give 35 %. No source at hand divides the other regions or gives
rates of rupture and volumes by site; these follow anatomy (thalamus and caudate lie on the ventricular wall
and rupture most; brainstem bleeds are small, lobar ones large) and are the simulator's own.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Site(StrEnum):
    """The structure that a bleed starts in."""

    PUTAMEN = "putamen"
    THALAMUS = "thalamus"
    CAUDATE = "caudate"
    FRONTAL = "frontal"
    PARIETAL = "parietal"
    TEMPORAL = "temporal"
    OCCIPITAL = "occipital"
    CEREBELLUM = "cerebellum"
    BRAINSTEM = "brainstem"


@dataclass(frozen=True)
class Prior:
    """What is likely of a bleed at one site.

    Attributes:
        centre_mni_mm: its usual middle in the template: (superior, anterior, distance from the midline).
        spread_mm: standard deviation of the middle along the three axes.
        share: of all bleeds, 0-1.
        rupture: share of these bleeds that break into a ventricle, 0-1.
        median_ml: usual volume in the brain.
        largest_ml: more does not fit, or is not survived.
    """

    centre_mni_mm: tuple[float, float, float]
    spread_mm: tuple[float, float, float]
    share: float
    rupture: float
    median_ml: float
    largest_ml: float


PRIORS: dict[Site, Prior] = {
    Site.PUTAMEN: Prior((4.0, -2.0, 28.0), (4.0, 7.0, 3.0), 0.425, 0.30, 18.0, 120.0),
    Site.THALAMUS: Prior((8.0, -18.0, 15.0), (3.0, 4.0, 3.0), 0.207, 0.62, 10.0, 45.0),
    Site.CAUDATE: Prior((12.0, 12.0, 15.0), (3.0, 4.0, 2.0), 0.036, 0.80, 7.0, 30.0),
    Site.FRONTAL: Prior((30.0, 30.0, 30.0), (10.0, 12.0, 6.0), 0.030, 0.20, 25.0, 120.0),
    Site.PARIETAL: Prior((36.0, -48.0, 32.0), (8.0, 10.0, 6.0), 0.027, 0.20, 25.0, 110.0),
    Site.TEMPORAL: Prior((-6.0, -28.0, 48.0), (5.0, 14.0, 4.0), 0.025, 0.15, 22.0, 90.0),
    Site.OCCIPITAL: Prior((10.0, -78.0, 24.0), (7.0, 5.0, 6.0), 0.014, 0.15, 18.0, 70.0),
    Site.CEREBELLUM: Prior((-36.0, -62.0, 22.0), (4.0, 5.0, 7.0), 0.122, 0.30, 13.0, 45.0),
    Site.BRAINSTEM: Prior((-30.0, -26.0, 3.0), (4.0, 2.5, 3.0), 0.114, 0.22, 5.0, 18.0),
}

# Bleeds that lie in the ventricles alone: 3 of the 317 who met the criteria of Zhong 2021 (Fig. 2).
PRIMARY_IVH_SHARE = 0.01

# Blood in the subarachnoid space beside a bleed of the brain: 108 of 775 in Ning 2025, Table 1.
SUBARACHNOID_SHARE = 0.14


def draw_site(rng: np.random.Generator) -> tuple[Site, tuple[float, float, float]]:
    """Draw a site by its share, and the middle of a bleed there; left and right are equally likely.

    Returns:
        The site, and template coordinates (superior, anterior, right) in mm.
    """
    sites = list(PRIORS)
    shares = np.array([PRIORS[site].share for site in sites])
    site = sites[rng.choice(len(sites), p=shares / shares.sum())]
    return site, draw_centre(site, rng)


def draw_centre(site: Site, rng: np.random.Generator) -> tuple[float, float, float]:
    """Draw the middle of a bleed at a site: template coordinates (superior, anterior, right) in mm."""
    prior = PRIORS[site]
    # Two standard deviations keep the middle in its structure.
    away = np.clip(rng.standard_normal(3), -2, 2) * prior.spread_mm
    superior, anterior, aside = (float(value) for value in np.add(prior.centre_mni_mm, away))
    return superior, anterior, aside * float(rng.choice([-1.0, 1.0]))

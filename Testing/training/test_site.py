from collections import Counter

import numpy as np
import pytest

from training.simulate.site import PRIORS, Site, draw_centre, draw_site

DEEP = {Site.PUTAMEN, Site.THALAMUS, Site.CAUDATE}
INFRATENTORIAL = {Site.CEREBELLUM, Site.BRAINSTEM}


def share_of(sites):
    return sum(PRIORS[site].share for site in sites)


def test_shares_are_those_of_the_papers():
    assert share_of(Site) == pytest.approx(1.0, abs=2e-3)
    # Ning 2025, Table 1: (177 + 92 + 78 + 32 + 88 + 51), (54 + 21 + 34 + 17 + 34 + 23) and
    # (40 + 5 + 4 + 2 + 17 + 6) of 775.
    assert share_of(DEEP) == pytest.approx(518 / 775, abs=2e-3)
    assert share_of(INFRATENTORIAL) == pytest.approx(183 / 775, abs=2e-3)
    assert share_of(set(Site) - DEEP - INFRATENTORIAL) == pytest.approx(74 / 775, abs=2e-3)
    # Lv 2021: 62 of 200 deep bleeds are thalamic.
    assert PRIORS[Site.THALAMUS].share / share_of(DEEP) == pytest.approx(62 / 200, abs=2e-3)
    # Between 32 % (Ning 2025) and 38 % (Zhong 2021).
    assert 0.32 < sum(prior.share * prior.rupture for prior in PRIORS.values()) < 0.38


def test_draws_follow_the_shares_and_repeat():
    drawn = [draw_site(np.random.default_rng([1, number])) for number in range(4000)]
    counts = Counter(site for site, _ in drawn)
    for site, prior in PRIORS.items():
        # Four standard errors of a binomial share.
        assert counts[site] / 4000 == pytest.approx(prior.share, abs=4 * (prior.share / 4000) ** 0.5)
    assert draw_site(np.random.default_rng([1, 7])) == drawn[7]
    assert np.mean([centre[2] > 0 for _, centre in drawn]) == pytest.approx(0.5, abs=0.035)


@pytest.mark.parametrize("site", Site)
def test_centres_stay_within_two_standard_deviations(site):
    prior = PRIORS[site]
    for seed in range(50):
        superior, anterior, right = draw_centre(site, np.random.default_rng(seed))
        # Drawn on the right of a midline and mirrored: the distance keeps its sign before.
        aside = min((abs(abs(right) - prior.centre_mni_mm[2]), abs(abs(right) + prior.centre_mni_mm[2])))
        away = np.abs([superior - prior.centre_mni_mm[0], anterior - prior.centre_mni_mm[1], aside])
        assert np.all(away <= 2 * np.array(prior.spread_mm) + 1e-9)

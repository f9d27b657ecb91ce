"""Whole heads: densities, volumes and geometry of what the simulator starts from."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from training.simulate.brain import Densities
from training.simulate.draw_host import draw_host
from training.simulate.head import Head
from training.simulate.host import HostSettings, make_host
from training.simulate.ventricles import Ventricle

SETTINGS = HostSettings(
    scale=(0.92, 0.90, 0.91),
    warp_mm=2.5,
    widening_mm=2.0,
    atrophy=0.6,
    densities=Densities(grey_hu=37.0, white_hu=29.0, csf_hu=8.0),
)


@pytest.fixture(scope="module")
def head() -> Head:
    return make_host(SETTINGS, np.random.default_rng(7))


def test_fields_agree_with_each_other(head: Head):
    shape = head.hu.shape
    assert all(
        f.shape == shape for f in (head.ventricles, head.white, head.depth_mm, head.solid, head.barrier)
    )
    assert head.mni_mm.shape == (3, *shape)
    assert head.hu.dtype == head.white.dtype == head.depth_mm.dtype == head.mni_mm.dtype == torch.float32
    inside = head.depth_mm > 0
    assert bool(inside[head.ventricles > 0].all())
    assert bool(inside[head.barrier].all())
    assert not bool(head.barrier[head.ventricles > 0].any())
    assert bool(head.solid[inside].all())
    assert bool((head.white[~inside] == 0).all())
    assert 0 <= float(head.white.min()) <= float(head.white.max()) <= 1
    assert bool((head.hu[~head.solid] < -500).float().mean() > 0.98)


def test_volumes_are_those_of_a_person(head: Head):
    # Intracranial volume 1200-1800 mL, with the upper canal.
    assert 1200 < float((head.depth_mm > 0).sum()) * head.voxel_ml < 1850
    millilitres = torch.bincount(head.ventricles.flatten().int(), minlength=5) * head.voxel_ml
    assert 6 < float(millilitres[Ventricle.LEFT]) < 25
    assert 6 < float(millilitres[Ventricle.RIGHT]) < 25
    assert 0.4 < float(millilitres[Ventricle.THIRD]) < 4


def test_tissues_have_the_densities_asked_for(head: Head):
    brain = (head.depth_mm > 12) & (head.ventricles == 0) & ~head.barrier
    deep_white = brain & (head.white > 0.95)
    assert float(head.hu[deep_white].median()) == pytest.approx(29.5, abs=1.0)
    grey = brain & (head.white < 0.05) & (head.mni_mm[0] > 10)
    assert float(head.hu[grey].quantile(0.9) if grey.sum() < 1e6 else head.hu[grey][::7].quantile(0.9)) == (
        pytest.approx(37, abs=1.5)
    )
    lateral = head.ventricles == Ventricle.LEFT
    assert float(head.hu[lateral].median()) == pytest.approx(8, abs=1)
    assert 0.05 < float((head.hu > 300).sum()) * head.voxel_ml / 1000 < 1.2


def test_template_points_are_found(head: Head):
    point = head.point_mm((8.0, -16.0, 14.0))
    for component, expected in zip(head.mni_mm, (8.0, -16.0, 14.0), strict=True):
        assert head.at(component, point) == pytest.approx(expected, abs=1.2)
    # The right of the patient is at lower x; the front at lower y.
    assert head.point_mm((8.0, -16.0, 30.0))[2] < head.point_mm((8.0, -16.0, -30.0))[2]
    assert head.point_mm((8.0, 40.0, 20.0))[1] < head.point_mm((8.0, -60.0, 20.0))[1]


def test_narrow_and_wide_and_aged(head: Head):
    young = replace(SETTINGS, widening_mm=-0.8, atrophy=0.0)
    narrow = make_host(young, np.random.default_rng(7))
    assert (narrow.ventricles > 0).sum() < 0.5 * (head.ventricles > 0).sum()

    def csf_ml(host: Head) -> float:
        outside = (host.depth_mm > 0) & (host.depth_mm < 25) & (host.ventricles == 0) & (host.mni_mm[0] > 0)
        return float((outside & (host.hu < 20)).sum()) * host.voxel_ml

    assert csf_ml(narrow) < 0.6 * csf_ml(head)


def test_heads_are_drawn_of_all_ages():
    drawn = [draw_host(np.random.default_rng(seed)) for seed in range(300)]
    assert draw_host(np.random.default_rng(5)) == drawn[5]
    wide, sulci = np.array([[settings.widening_mm, settings.atrophy] for settings in drawn]).T
    # Wide ventricles and wide sulci come together.
    assert np.corrcoef(wide, sulci)[0, 1] > 0.5
    assert wide.min() < 0 < 3 < wide.max()
    assert 0.2 < np.mean([len(settings.infarcts) > 0 for settings in drawn]) < 0.5
    assert 0.02 < np.mean([bool(settings.defects) for settings in drawn]) < 0.12
    assert 0.01 < np.mean([settings.catheter is not None for settings in drawn]) < 0.09
    assert all(4.9 < s.densities.grey_hu - s.densities.white_hu < 10.1 for s in drawn)

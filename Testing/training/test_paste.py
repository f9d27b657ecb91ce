"""Pasted bleeds: volumes to the voxel, where they may lie, and what they do to the scan."""

import json

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label
from Testing.training.template_scan import template_scan
from training.host_anatomy import host_anatomy
from training.paste import PLANS, paste, write
from training.paste_blood import intraventricular, parenchymal
from training.simulate.ventricles import Ventricle


@pytest.fixture(scope="module")
def head():
    scan, anatomy = template_scan(noise_hu=4.0)
    return scan, anatomy, host_anatomy(scan, anatomy)


@pytest.fixture(scope="module")
def cases(head):
    scan, anatomy, _ = head
    return list(paste(scan, anatomy, seed=1, cases=4))


def test_the_plans_are_balanced():
    assert len(PLANS) >= 12
    assert 2 * sum(plan.ivh_ml > 0 for plan in PLANS) >= len(PLANS)
    # Volumes vary by 15 %.
    assert all(0.85 * plan.ich_ml >= 1 and 1.15 * plan.ich_ml <= 60 for plan in PLANS if plan.ich_ml > 0)
    assert any(plan.ich_ml == 0 for plan in PLANS)


def test_volumes_are_those_of_the_labels(head, cases):
    scan, _, _ = head
    for case, plan in zip(cases, PLANS[:4], strict=True):
        labels = sitk.GetArrayFromImage(case.labels)
        for key, label, wanted in (("ich", Label.ICH, plan.ich_ml), ("ivh", Label.IVH, plan.ivh_ml)):
            assert case.truth_ml[key] == pytest.approx(np.count_nonzero(labels == label) * scan.voxel_ml)
            assert 0.84 * wanted <= case.truth_ml[key] <= 1.16 * wanted


def test_blood_is_dense_and_the_rest_of_the_scan_is_as_it_was(head, cases):
    scan, _, host = head
    case = cases[3]
    hu, labels = sitk.GetArrayFromImage(case.image), sitk.GetArrayFromImage(case.labels)
    for label in (Label.ICH, Label.IVH):
        assert 45 <= np.median(hu[labels == label]) <= 75
    # The noise of the scan lies over the blood, too; the texture adds to it.
    core = sitk.GetArrayFromImage(sitk.BinaryErode(case.labels == 1, (3, 3, 3))) > 0
    assert 3.0 < hu[core].std() < 8.0
    near = sitk.GetArrayFromImage(sitk.BinaryDilate(case.labels > 0, (8, 8, 8))) > 0
    assert np.array_equal(hu[~near], np.rint(scan.hu[~near]))
    assert host.brain[labels > 0].all()


def test_the_same_seed_gives_the_same_case_whatever_their_number(head, cases):
    scan, anatomy, _ = head
    again = next(iter(paste(scan, anatomy, seed=1, cases=1)))
    other = next(iter(paste(scan, anatomy, seed=2, cases=1)))
    first = sitk.GetArrayFromImage(cases[0].image)
    assert np.array_equal(sitk.GetArrayFromImage(again.image), first)
    assert not np.array_equal(sitk.GetArrayFromImage(other.image), first)


@pytest.mark.parametrize("count", [300, 3000])
def test_a_parenchymal_bleed_has_as_many_voxels_as_asked(head, count):
    scan, _, host = head
    middle = (52, 80, 42)
    share, truth = parenchymal(scan, host, middle, count, np.random.default_rng(5))
    assert truth.sum() == count
    assert not truth[host.ventricles > 0].any()
    assert share.sum() == pytest.approx(count, rel=1e-3)
    assert share[truth].min() >= share[~truth].max() - 1e-6
    # The rim is soft: a good part of the voxels is blood in part.
    assert np.count_nonzero((share > 0.1) & (share < 0.9)) > 0.3 * count


def test_layered_blood_has_a_level_top_and_lies_at_the_back(head):
    scan, _, host = head
    free = np.ones(host.brain.shape, bool)
    blood, share = intraventricular(scan, host, (52, 80, 42), free, 800, 0.0)
    assert blood.sum() == 800
    lateral = np.isin(host.ventricles, (Ventricle.LEFT, Ventricle.RIGHT))
    assert not blood[~lateral].any()
    rows = np.broadcast_to(np.arange(blood.shape[1])[None, :, None], blood.shape)
    assert rows[blood].min() >= rows[lateral & ~blood].max()
    assert share.max() <= 1
    assert share[host.ventricles == 0].sum() < 0.5 * share.sum()


def test_a_cast_forms_where_the_ventricle_is_nearest(head):
    scan, _, host = head
    free = np.ones(host.brain.shape, bool)
    middle = (52, 80, 42)
    blood, _ = intraventricular(scan, host, middle, free, 500, 1.0)
    assert blood.sum() == 500
    away = np.sqrt(sum((i - m) ** 2 for i, m in zip(np.argwhere(host.ventricles > 0).T, middle, strict=True)))
    nearest = np.argwhere(host.ventricles > 0)[np.argmin(away)]
    assert blood[tuple(nearest)]


def test_a_case_folder(cases, tmp_path):
    write(cases[1], tmp_path / "case")
    truth = json.loads((tmp_path / "case" / "truth.json").read_text())
    assert truth["kind"] == "pasted bleeds"
    labels = sitk.ReadImage(str(tmp_path / "case" / truth["scans"][0]["labels"]))
    assert labels.GetSize() == cases[1].image.GetSize()
    assert set(np.unique(sitk.GetArrayFromImage(labels))) == {0, 1, 2}

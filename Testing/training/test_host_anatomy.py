"""Ventricles and template coordinates of a head, where both are known."""

import numpy as np
import pytest
import SimpleITK as sitk

from Testing.training.template_scan import points_mm, template_scan
from training.host_anatomy import REACH_MM, host_anatomy
from training.simulate.ventricles import Ventricle


@pytest.fixture(scope="module")
def found():
    scan, anatomy = template_scan(noise_hu=3.0)
    return scan, anatomy, host_anatomy(scan, anatomy)


def test_template_coordinates_are_those_of_the_voxels(found):
    scan, _, host = found
    z, y, x = points_mm(scan.image)
    for coordinate, expected in zip(host.mni_mm, (z, -y, -x), strict=True):
        assert np.abs(coordinate - expected).max() < 0.01


def test_densities_are_measured(found):
    _, _, host = found
    assert host.csf_hu == pytest.approx(8, abs=3)  # smoothed, the walls reach in
    assert 29 <= host.brain_hu <= 37


def test_ventricles_are_those_of_the_atlas(found):
    _, anatomy, host = found
    atlas = sitk.GetArrayFromImage(anatomy.ventricles) >= 0.5
    mine = host.ventricles > 0
    assert 2 * np.count_nonzero(atlas & mine) / (atlas.sum() + mine.sum()) > 0.8


@pytest.mark.parametrize(
    ("mni_mm", "part"),
    [
        ((16, -37, -20), Ventricle.LEFT),
        ((16, -37, 20), Ventricle.RIGHT),
        ((0, -22, 0), Ventricle.THIRD),
        ((-32, -44, 2), Ventricle.FOURTH),
        ((-2, -38, 0), Ventricle.NONE),  # quadrigeminal cistern
        ((-14, -30, 15), Ventricle.NONE),  # ambient cistern
        ((40, -20, 20), Ventricle.NONE),
    ],
)
def test_each_ventricle_has_its_name(found, mni_mm, part):
    _, _, host = found
    away = sum((c - p) ** 2 for c, p in zip(host.mni_mm, mni_mm, strict=True))
    assert host.ventricles.flat[np.argmin(away)] == part


def test_an_old_infarct_beside_a_ventricle_is_not_part_of_it():
    scan, anatomy = template_scan(infarct=True)
    host = host_anatomy(scan, anatomy)
    z, y, x = points_mm(scan.image)
    in_infarct = (x - 40) ** 2 + (y - 48) ** 2 + (z - 8) ** 2 < 12**2
    wall = sitk.GetArrayFromImage(anatomy.ventricles) >= 0.5
    distance = sitk.GetArrayFromImage(
        sitk.SignedMaurerDistanceMap(
            sitk.Cast(anatomy.ventricles >= 0.5, sitk.sitkUInt8), squaredDistance=False, useImageSpacing=True
        )
    )
    assert np.count_nonzero(in_infarct & ~wall & (distance > REACH_MM)) > 500
    assert distance[host.ventricles > 0].max() <= REACH_MM

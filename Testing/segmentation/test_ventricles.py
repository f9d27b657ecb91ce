"""The ICH/IVH split on drawn ventricles."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.anatomy import Anatomy
from HematomaExpansionLib.ct.scan import Geometry, HeadCT, SliceGeometry
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.segmentation.ventricles import split_ivh

SHAPE = (20, 60, 60)  # 1 mm cubes
VENTRICLE = np.s_[5:15, 20:40, 30:40]


def _image(values: np.ndarray) -> sitk.Image:
    return sitk.GetImageFromArray(values)


@pytest.fixture
def scan() -> HeadCT:
    hu = _image(np.full(SHAPE, 33, np.int16))
    return HeadCT(hu, "drawn", "NIfTI", Geometry(SliceGeometry.REGULAR, SHAPE[0], (1.0,)))


@pytest.fixture
def anatomy() -> Anatomy:
    probability = np.zeros(SHAPE, np.float32)
    probability[VENTRICLE] = 1.0
    whole = np.ones(SHAPE, np.uint8)
    return Anatomy(_image(whole), _image(probability), _image(whole), sitk.Transform(), 1.0)


def _blood(*boxes: tuple[slice, ...]) -> np.ndarray:
    blood = np.zeros(SHAPE, bool)
    for box in boxes:
        blood[box] = True
    return blood


def test_blood_far_from_the_ventricles_is_parenchymal(scan, anatomy):
    labels = split_ivh(_blood(np.s_[5:15, 5:15, 5:15]), scan, anatomy)
    assert np.count_nonzero(labels == Label.ICH) == 1000
    assert not np.any(labels == Label.IVH)


def test_a_filled_ventricle_is_intraventricular_with_its_rim(scan, anatomy):
    labels = split_ivh(_blood(np.s_[5:15, 19:41, 29:41]), scan, anatomy)
    assert np.all(labels[VENTRICLE] == Label.IVH)
    assert not np.any(labels == Label.ICH)  # the rim is under 0.5 mL and touches


def test_a_haematoma_that_breaks_in_is_divided_at_the_wall(scan, anatomy):
    labels = split_ivh(_blood(np.s_[5:15, 20:40, 10:40]), scan, anatomy)
    assert np.all(labels[5:15, 20:40, 10:27] == Label.ICH)
    assert np.all(labels[6:14, 22:38, 31:40] == Label.IVH)


def test_a_haematoma_that_only_abuts_the_wall_stays_parenchymal(scan, anatomy):
    labels = split_ivh(_blood(np.s_[5:15, 20:40, 10:29]), scan, anatomy)
    assert not np.any(labels == Label.IVH)


def test_a_small_bulge_into_the_ventricle_stays_parenchymal(scan, anatomy):
    # 4 x 4 x 3 voxels beyond the wall: 0.05 mL.
    labels = split_ivh(_blood(np.s_[5:15, 20:40, 10:28], np.s_[8:12, 28:32, 28:33]), scan, anatomy)
    assert not np.any(labels == Label.IVH)


def test_no_blood_gives_no_labels(scan, anatomy):
    assert not split_ivh(np.zeros(SHAPE, bool), scan, anatomy).any()

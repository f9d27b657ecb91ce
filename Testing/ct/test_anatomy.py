"""The atlas laid over heads whose ventricles are known or visible."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.anatomy import Anatomy, Region, locate_anatomy
from HematomaExpansionLib.ct.atlas import atlas
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.errors import Cancelled
from HematomaExpansionLib.progress import Progress
from Testing.located import located


@pytest.fixture(scope="module")
def found(sample: Path, shared: Path) -> tuple[HeadCT, Anatomy]:
    return located(sample / "baseline.nii.gz", shared)


@pytest.fixture(scope="module")
def scan(found: tuple[HeadCT, Anatomy]) -> HeadCT:
    return found[0]


@pytest.fixture(scope="module")
def anatomy(found: tuple[HeadCT, Anatomy]) -> Anatomy:
    return found[1]


def test_every_image_lies_on_the_scan(scan: HeadCT, anatomy: Anatomy):
    for image in (anatomy.brain, anatomy.ventricles, anatomy.regions):
        assert image.GetSize() == scan.image.GetSize()
        assert image.GetOrigin() == scan.image.GetOrigin()
        assert image.GetDirection() == scan.image.GetDirection()


def test_quality_is_high_and_brings_no_warning(anatomy: Anatomy):
    assert anatomy.quality > 0.95
    assert anatomy.warnings == ()


@pytest.mark.parametrize("name", ["invesalius_cranium", "ge_hispeed_tiltcorr"])
def test_ventricles_of_real_heads_are_found_where_csf_is(shared_data: Path, shared: Path, name: str):
    real, found = located(shared_data / "head_ct" / f"{name}.nii.gz", shared)
    assert found.quality > 0.93
    inside = sitk.GetArrayFromImage(found.ventricles) > 0.5
    hu = sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(real.image, 1.0))
    brain = sitk.GetArrayFromImage(found.brain) > 0
    # CSF is 20 HU and more below brain; an atlas that lies beside the ventricles takes in brain instead.
    assert np.median(hu[brain]) - np.median(hu[inside]) > 8


def test_regions_are_on_the_right_side_and_level(scan: HeadCT, anatomy: Anatomy):
    regions = sitk.GetArrayFromImage(anatomy.regions)
    z, _, x = (np.array(axis) for axis in np.where(regions == Region.DEEP))
    cerebellum = np.argwhere(regions == Region.CEREBELLUM)
    assert cerebellum[:, 0].mean() < z.mean()
    assert cerebellum[:, 1].mean() > regions.shape[1] / 2  # y runs to the back
    left = anatomy.to_atlas.TransformPoint(
        scan.image.TransformIndexToPhysicalPoint([int(x.max()), 128, int(z.mean())])
    )
    assert left[0] > 10  # LPS: the patient's left


def test_the_same_scan_gives_the_same_anatomy(scan: HeadCT, anatomy: Anatomy):
    again = locate_anatomy(scan)
    assert np.array_equal(
        sitk.GetArrayFromImage(again.ventricles), sitk.GetArrayFromImage(anatomy.ventricles)
    )


def test_cancelling_inside_a_registration_stops_it(scan: HeadCT):
    calls = []

    def cancelled() -> bool:
        calls.append(None)
        return len(calls) > 20

    with pytest.raises(Cancelled):
        locate_anatomy(scan, Progress(cancelled=cancelled))
    assert len(calls) == 21


def test_the_atlas_has_ventricles_inside_its_brain():
    brain = sitk.GetArrayFromImage(atlas("regions")) > 0
    ventricles = sitk.GetArrayFromImage(atlas("ventricles"))
    assert ventricles.max() == pytest.approx(1.0, abs=0.01)
    assert np.all(ventricles[~brain] < 0.5)
    ml = np.sum(ventricles > 0.5) * 1.5**3 / 1000
    assert 18 < ml < 30  # the cut pieces hold 23.7 mL at 1 mm

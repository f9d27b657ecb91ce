"""Features: those of PyRadiomics itself, frozen and in the same run; what is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.errors import InputRefused, MaskError, MissingInput
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.radiomics.extract import extract
from HematomaExpansionLib.radiomics.package import pyradiomics, quiet, spherical_harmonics
from HematomaExpansionLib.radiomics.settings import read_settings
from Testing.radiomics import phantom

FROZEN = json.loads((Path(__file__).parent / "frozen.json").read_text())
MASKS: dict[str, Callable[[], sitk.Image]] = {"inner": phantom.inner, "lowest": phantom.lowest}


def plain(image: sitk.Image, mask: sitk.Image, settings: str, **changed: object) -> dict[str, float]:
    """PyRadiomics by itself with the same file, on the whole scan."""
    file = Path(__file__).parents[2] / "Resources" / "radiomics" / f"{settings}.yaml"
    with quiet(), spherical_harmonics():
        own = pyradiomics().featureextractor.RadiomicsFeatureExtractor(str(file))
        own.settings |= {"additionalInfo": False, **changed}
        return {key: float(value) for key, value in own.execute(image, mask).items()}


@pytest.mark.parametrize("name", MASKS)
def test_the_values_of_pyradiomics_3_0_1(name: str) -> None:
    found = extract(phantom.scan(), MASKS[name](), read_settings("ning2025"))
    frozen = FROZEN[name]
    assert {key: found.values[key] for key in frozen} == pytest.approx(frozen, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", MASKS)
def test_851_features_of_ning_are_those_of_the_whole_scan_to_the_last_bit(name: str) -> None:
    found = extract(phantom.scan(), MASKS[name](), read_settings("ning2025"))
    assert len(found.values) == 851
    wavelet = [key for key in found.values if key.startswith("wavelet")]
    shape = [key for key in found.values if "_shape_" in key]
    first_order = [key for key in found.values if key.startswith("original_firstorder")]
    assert (len(wavelet), len(shape), len(first_order)) == (744, 14, 18)
    scan = phantom.scan(sitk.sitkFloat32)
    assert found.values == plain(scan, MASKS[name](), "ning2025", padDistance=10**6)


@pytest.mark.parametrize("name", MASKS)
def test_features_of_lu_are_those_of_the_whole_scan_to_the_last_bit(name: str) -> None:
    found = extract(phantom.scan(), MASKS[name](), read_settings("lu2024"))
    assert sum(key.startswith("original_") for key in found.values) == 107
    kinds = [
        "gradient",
        "square",
        "exponential",
        "logarithm",
        "squareroot",
        "lbp-3D-m1",
        "lbp-3D-m2",
        "lbp-3D-k",
    ]
    assert len(found.values) == 107 + 93 * (8 + len(kinds))
    assert found.values == plain(phantom.scan(sitk.sitkFloat32), MASKS[name](), "lu2024")
    cropped, whole = found.extents
    assert cropped.image_types == ("Original", "Wavelet", "Gradient")
    assert cropped.cropped
    assert whole.image_types == ("Square", "Exponential", "Logarithm", "SquareRoot", "LBP3D")
    assert not whole.cropped


def test_a_crop_that_wraps_would_be_wrong() -> None:
    """Why the lowest mask is computed on all slices: what PyRadiomics crops by itself gives other values."""
    scan = phantom.scan(sitk.sitkFloat32)
    whole = plain(scan, phantom.lowest(), "ning2025", padDistance=10**6)
    cut = plain(scan, phantom.lowest(), "ning2025")
    assert [key for key in whole if whole[key] != cut[key]]
    (extent,) = extract(phantom.scan(), phantom.lowest(), read_settings("ning2025")).extents
    assert extent.reason == "whole along z, because the mask lies within 3 voxels of an end of the scan."
    assert extent.cropped


def test_what_was_done_is_recorded() -> None:
    settings = read_settings("ning2025")
    found = extract(phantom.scan(), phantom.inner(), settings)
    assert (found.settings, found.settings_sha256, found.label) == ("ning2025", settings.sha256, "ich")
    assert found.software["PyRadiomics"].startswith("3.")
    (extent,) = found.extents
    assert extent.reason == "cropped to 10 voxels round the mask; the filters reach 3."


def test_another_class_may_be_the_mask() -> None:
    both = sitk.GetArrayFromImage(phantom.inner())
    upper = np.indices(both.shape)[0] > 12
    ventricular = phantom.labels((both > 0) & upper, Label.IVH)
    mixed = sitk.Maximum(ventricular, phantom.labels((both > 0) & ~upper))
    settings = read_settings("ning2025")
    alone = extract(phantom.scan(), phantom.labels((both > 0) & upper), settings)
    found = extract(phantom.scan(), mixed, settings, Label.IVH)
    assert found.label == "ivh"
    assert found.values == alone.values


def box(z: int, y: int, x: int) -> np.ndarray:
    mask = np.zeros(phantom.SHAPE, dtype=bool)
    mask[10 : 10 + z, 30 : 30 + y, 30 : 30 + x] = True
    return mask


def elsewhere() -> sitk.Image:
    moved = phantom.inner()
    moved.SetOrigin((0.0, 0.0, 0.0))
    return moved


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (phantom.labels(box(0, 0, 0)), MissingInput, "m.nrrd: no voxel of class ich; it is empty"),
        (phantom.labels(box(3, 9, 9), Label.IVH), MissingInput, "no voxel of class ich; it has ivh"),
        (phantom.labels(box(1, 1, 1)), MaskError, "the ich mask spans 1 slices, 1 rows and 1 columns"),
        (phantom.labels(box(1, 9, 9)), MaskError, "the ich mask spans 1 slices, 9 rows and 9 columns"),
        (phantom.labels(box(2, 2, 1)), MaskError, "spans 2 slices, 2 rows and 1 columns of the scan"),
        (elsewhere(), MaskError, "m.nrrd: does not lie on the grid of its scan"),
        (phantom.inner()[:, :, 1:], MaskError, "m.nrrd: does not lie on the grid of its scan"),
    ],
)
def test_masks_without_features_are_refused(labels: sitk.Image, error: type, message: str) -> None:
    with pytest.raises(error, match=r"m\.nrrd") as refused:
        extract(phantom.scan(), labels, read_settings("ning2025"), name="m.nrrd")
    assert message in str(refused.value)


def test_a_mask_that_is_lost_on_the_new_grid_is_refused() -> None:
    """Two slices of 1 mm lie within one slice of 5 mm."""
    scan, labels = phantom.scan(), phantom.labels(box(2, 9, 9))
    for image in (scan, labels):
        image.SetSpacing((0.8, 0.9, 1.0))
    with pytest.raises(MaskError, match="of 1 x 1 x 5 mm; features in 3D need at least 2 of each"):
        extract(scan, labels, read_settings("ning2025"), name="m.nrrd")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("resampledPixelSpacing: [1, 1]", "Wrong dimensionality"),
        ("resegmentRange: [500, 600]", "retained 0 voxel"),
    ],
)
def test_settings_that_leave_nothing_are_refused(tmp_path: Path, setting: str, message: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        f"imageType: {{Original: {{}}}}\nfeatureClass: {{firstorder: }}\nsetting: {{{setting}}}\n"
    )
    with pytest.raises(InputRefused, match=message):
        extract(phantom.scan(), phantom.inner(), read_settings(file))

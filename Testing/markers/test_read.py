"""The markers of a whole scan: what is handed out, and in which geometry."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import head_ct_from_image
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.markers.finding import State
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.parameters import MarkerParameters
from HematomaExpansionLib.markers.read import read_markers
from HematomaExpansionLib.markers.record import MarkersRecord


@cache
def head(noise_hu: float = 0.0, opposite_hu: float = 30.0) -> tuple[HeadCT, sitk.Image, sitk.Image]:
    """Skull and brain; a bleed of 65 HU on the left (+x) with a hole of 30 HU and a fluid level behind it.

    The brain is 36 HU on the bleed's side and ``opposite_hu`` on the other.
    """
    z, y, x = np.meshgrid(np.arange(-50, 51, 5.0), *[np.arange(-95, 96, 1.5)] * 2, indexing="ij")
    inside, skull = ((z / (60 + d)) ** 2 + (y / (80 + d)) ** 2 + (x / (65 + d)) ** 2 <= 1 for d in (0, 7))
    hu = np.select([inside, skull], [np.where(x > 0, 36.0, opposite_hu), 900.0], -1000.0)
    bleed = z**2 + y**2 + (x - 30) ** 2 <= 20**2
    hole = (np.abs(z) < 6) & (y**2 + (x - 30) ** 2 <= 5**2)
    hu[bleed] = 65
    hu[hole] = 30
    if noise_hu:
        hu += np.random.default_rng(5).normal(0, noise_hu, hu.shape)
    labels = np.where(bleed, int(Label.ICH), 0).astype(np.uint8)
    images = []
    for array in (hu.astype(np.float32), labels, inside.astype(np.uint8)):
        image = sitk.GetImageFromArray(array)
        image.SetSpacing((1.5, 1.5, 5.0))
        image.SetOrigin((-95.0, -95.0, -50.0))
        images.append(image)
    return head_ct_from_image(images[0], "drawn head", "NRRD"), images[1], images[2]


def test_evidence_lies_on_the_scan_and_numbers_are_plain_json() -> None:
    scan, labels, brain = head()
    markers = read_markers(scan, labels, brain)
    assert markers is not None
    found = markers.findings[Marker.BLACK_HOLE]
    assert found.state is State.PRESENT
    assert found.evidence.shape == scan.hu.shape
    assert set(np.unique(scan.hu[found.evidence > 0])) == {30.0}
    assert found.slice_index in (9, 10, 11)
    assert {marker for marker, each in markers.findings.items() if each.present} == {
        Marker.HYPODENSITY,
        Marker.BLACK_HOLE,
        Marker.SWIRL,
    }
    text = markers.record.model_dump_json()
    assert MarkersRecord.model_validate_json(text) == markers.record
    record = json.loads(text)
    assert [each["marker"] for each in record["markers"]] == [str(marker) for marker in Marker]
    assert record["parameters"]["black_hole"]["difference_hu"] == 28.0
    assert "Research only" in record["note"]


def test_the_reference_is_the_other_side() -> None:
    scan, labels, brain = head(opposite_hu=28.0)
    markers = read_markers(scan, labels, brain)
    assert markers is not None
    assert markers.record.brain_hu == 28.0
    assert markers.record.noise_hu == 0.0


def test_the_noise_is_measured_and_filtered() -> None:
    scan, labels, brain = head(noise_hu=5.0)
    markers = read_markers(scan, labels, brain)
    assert markers is not None
    assert markers.record.noise_hu == pytest.approx(5.0, abs=0.4)
    assert markers.record.brain_hu == pytest.approx(30.0, abs=0.3)
    assert markers.findings[Marker.BLACK_HOLE].present
    assert not markers.findings[Marker.HETEROGENEOUS_DENSITY].present


def test_a_bleed_on_both_sides_has_a_reference_beside_it() -> None:
    scan, labels, brain = head()
    mirrored = sitk.GetArrayFromImage(labels)[:, :, ::-1]
    both = sitk.GetImageFromArray(np.maximum(sitk.GetArrayFromImage(labels), mirrored))
    both.CopyInformation(labels)
    markers = read_markers(scan, both, brain)
    assert markers is not None
    assert 30 <= markers.record.brain_hu <= 36
    assert any("all brain beside it" in warning for warning in markers.record.warnings)


def test_without_parenchymal_blood_there_are_no_markers() -> None:
    scan, labels, brain = head()
    assert read_markers(scan, labels * 0, brain) is None
    assert read_markers(scan, labels * int(Label.IVH), brain) is None


def test_parameters_change_the_answer_and_are_recorded() -> None:
    scan, labels, brain = head()
    defaults = MarkerParameters()
    strict = replace(defaults, black_hole=replace(defaults.black_hole, difference_hu=40.0))
    markers = read_markers(scan, labels, brain, strict)
    assert markers is not None
    assert not markers.findings[Marker.BLACK_HOLE].present
    assert markers.record.parameters["black_hole"]["difference_hu"] == 40.0

"""Which models get a heat map, what is said of it, and why the others have none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.explanation.grad_cam import explain
from HematomaExpansionLib.explanation.heat_maps import (
    AGAINST,
    NO_GRADIENT,
    NO_IMAGE,
    NO_SCORE,
    NO_WEIGHT,
    with_heat_maps,
)
from HematomaExpansionLib.explanation.peak import where_is_the_peak
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.prediction.column import value
from HematomaExpansionLib.prediction.fusion.calibrator import Calibrator
from HematomaExpansionLib.prediction.fusion.ensemble import Ensemble
from HematomaExpansionLib.prediction.fusion.inputs import SCORE
from HematomaExpansionLib.prediction.fusion.predictor import Fusion
from HematomaExpansionLib.prediction.lu2024.cnn import NO_DEEP_FEATURE, LuCnn, LuFusion
from HematomaExpansionLib.prediction.model_bundle import LoadedPredictor, save_predictor
from HematomaExpansionLib.prediction.predictor import Predictor
from HematomaExpansionLib.prediction.registry import load_predictor, predictor_class
from Testing.prediction.heads import Head, head
from Testing.prediction.synthetic import patients
from Testing.prediction.tiny import LOCKED, lu, ning, zhong


@pytest.fixture(scope="module")
def subject() -> Head:
    return head()


@pytest.fixture(scope="module")
def volume() -> Predictor:
    return predictor_class("zhong2021-volume").fit(patients(80, seed=2), 1)


def bundled(predictor: Predictor, folder: Path) -> LoadedPredictor:
    save_predictor(predictor, folder, training={}, metrics={}, simulated=True)
    return load_predictor(folder, "cpu")


def explained(subject: Head, *models: LoadedPredictor):
    patient = replace(subject.patient, values={"ich_ml": 20.0})
    said = [model.predict(patient) for model in models]
    return with_heat_maps(models, said, patient, "cpu")


def test_each_network_has_its_map_and_its_peak(subject: Head, volume: Predictor, tmp_path: Path):
    """Two models of one name keep two files; a model of numbers has none, and says why."""
    made = (zhong(), ning(), volume, ning(3))
    models = [bundled(one, tmp_path / str(number)) for number, one in enumerate(made)]
    said, images = explained(subject, *models)
    files = [
        "zhong2021-cnn-grad-cam.nii.gz",
        "ning2025-cnn-grad-cam.nii.gz",
        "ning2025-cnn-2-grad-cam.nii.gz",
    ]
    assert list(images) == files
    assert [one.heat_map.file for one in said] == [*files[:2], "", files[2]]
    for one, model in zip(said, models, strict=True):
        if one.model == "zhong2021-volume":
            assert one.heat_map.reason == NO_IMAGE
            assert one.heat_map.peak_mm is None
            continue
        assert one.heat_map.reason == ""
        image = images[one.heat_map.file]
        again = explain(model.predictor, subject.patient, "cpu")
        assert (sitk.GetArrayViewFromImage(image) == sitk.GetArrayViewFromImage(again)).all()
        peak = where_is_the_peak(image, subject.labels)
        assert one.heat_map.peak_mm == peak.position_mm
        assert (one.heat_map.peak_distance_mm, one.heat_map.peak_place) == (peak.distance_mm, peak.place)
    # This network passes brightness on: blood is the brightest inside the skull.
    assert said[0].heat_map.peak_place == "inside"


def test_a_gradient_that_vanishes_leaves_no_map(subject: Head, tmp_path: Path):
    """Every feature speaks against expansion."""
    (said,), images = explained(subject, bundled(ning(sign=-1.0), tmp_path))
    assert said.probability is not None
    assert (said.heat_map.file, said.heat_map.reason) == ("", NO_GRADIENT)
    assert images == {}


def test_without_a_probability_there_is_nothing_to_explain(subject: Head, tmp_path: Path):
    without = replace(subject, labels=subject.labels * int(Label.IVH))
    (said,), images = explained(without, bundled(ning(), tmp_path))
    assert (said.probability, images) == (None, {})
    assert said.heat_map.reason == "there is no probability to explain"


def fusion(image: Predictor | None, weight: float = 1.0, slope: float = 1.0, scored: bool = True) -> Fusion:
    """Volume and an image score; two members that agree, whose weights of the score are 0.5 apart."""
    columns = (value("ich_ml", "Parenchymal blood, mL"), *((SCORE,) if scored else ()))
    p = len(columns)
    coefficients = np.array([[3.0, 1.0, weight + 0.25], [3.0, 1.0, weight - 0.25]])[:, : 1 + p]
    zeros = np.zeros((2, p))
    return Fusion(
        columns,
        Ensemble(np.array([10.0, 0.0])[:p], np.array([5.0, 2.0])[:p], zeros, coefficients),
        Calibrator("platt", np.array([slope, 0.0]), np.empty(0)),
        LOCKED,
        image,
    )


@pytest.mark.parametrize("image", [zhong, ning, lu], ids=["zhong", "ning", "lu"])
def test_a_fusion_shows_the_map_of_the_image_model_within(image, subject: Head, tmp_path: Path):
    """In the file of the fusion's own name, and the same as that of the image model alone."""
    within = image()
    (said,), images = explained(subject, bundled(fusion(within), tmp_path))
    assert list(images) == [said.heat_map.file] == ["fusion-rhe-ning-grad-cam.nii.gz"]
    alone = explain(within, subject.patient, "cpu")
    assert np.array_equal(*(sitk.GetArrayViewFromImage(each) for each in (images[said.heat_map.file], alone)))
    assert said.heat_map.peak_mm == where_is_the_peak(alone, subject.labels).position_mm


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (fusion(None), NO_IMAGE),
        (fusion(None, scored=False), NO_IMAGE),
        (fusion(zhong(), weight=-1.0), AGAINST),
        (fusion(zhong(), weight=0.0), NO_WEIGHT),
        (fusion(zhong(), slope=0.0), NO_WEIGHT),
        (fusion(zhong(), scored=False), NO_WEIGHT),
        (fusion(ning(sign=-1.0)), NO_GRADIENT),
        (fusion(lu(positions=(), others=["a:b"], kind=LuFusion)), NO_SCORE),
    ],
)
def test_a_fusion_without_a_map_says_why(made: Fusion, reason: str, subject: Head, tmp_path: Path):
    (said,), images = explained(subject, bundled(made, tmp_path))
    assert said.probability is not None
    assert (said.heat_map.file, said.heat_map.reason, images) == ("", reason, {})


def test_a_vector_machine_of_radiomics_alone_has_no_map(subject: Head, tmp_path: Path):
    """Of thousands of candidates the selection may keep no feature of the network."""
    model = bundled(lu(positions=(), others=["lu2024:a"], kind=LuFusion), tmp_path)
    patient = replace(subject.patient, radiomics={"lu2024:a": 1.0})
    said = model.predict(patient)
    assert said.probability is not None
    (found,), images = with_heat_maps([model], [said], patient, "cpu")
    assert (found.heat_map.reason, images) == (NO_DEEP_FEATURE, {})


@pytest.mark.parametrize(
    ("kind", "others", "known"),
    [(LuCnn, [], {}), (LuFusion, ["lu2024:a"], {"lu2024:a": 1.0})],
    ids=["cnn", "fusion"],
)
def test_a_vector_machine_has_a_map_from_its_bundle(
    kind: type[LuCnn], others: list[str], known: dict[str, float], subject: Head, tmp_path: Path
):
    made = lu(others=others, kind=kind)
    model = bundled(made, tmp_path)
    patient = replace(subject.patient, radiomics=known)
    (found,), images = with_heat_maps([model], [model.predict(patient)], patient, "cpu")
    assert (found.heat_map.file, found.heat_map.reason) == (f"{kind.name}-grad-cam.nii.gz", "")
    image = images[found.heat_map.file]
    before = explain(made, patient, "cpu")
    assert np.array_equal(*(sitk.GetArrayViewFromImage(each) for each in (image, before)))
    assert found.heat_map.peak_mm == where_is_the_peak(before, subject.labels).position_mm


def test_a_vector_machine_that_every_feature_speaks_against(subject: Head, tmp_path: Path):
    (said,), images = explained(subject, bundled(lu(sign=-1.0), tmp_path))
    assert said.probability is not None
    assert (said.heat_map.reason, images) == (NO_GRADIENT, {})

"""Which models get a heat map, what is said of it, and why the others have none."""

from dataclasses import replace
from pathlib import Path

import pytest
import SimpleITK as sitk

from HematomaExpansionLib.explanation.grad_cam import explain
from HematomaExpansionLib.explanation.heat_maps import NO_GRADIENT, NO_IMAGE, NO_WAY_BACK, with_heat_maps
from HematomaExpansionLib.explanation.peak import where_is_the_peak
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.prediction.model_bundle import LoadedPredictor, save_predictor
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.predictor import Predictor
from HematomaExpansionLib.prediction.registry import load_predictor, predictor_class
from Testing.prediction.heads import Head, head
from Testing.prediction.synthetic import patients
from Testing.prediction.tiny import ning, zhong


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
    patient = Patient({"ich_ml": 20.0}, baseline=subject.scan, baseline_mask=subject.labels)
    said = [model.predict(patient) for model in models]
    return with_heat_maps(models, said, subject.scan, subject.labels, "cpu")


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
        again = explain(model.predictor, subject.scan, subject.labels, "cpu")
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


def test_a_fusion_with_an_image_model_has_no_way_back(subject: Head, tmp_path: Path):
    fitted, _ = predictor_class("fusion-rhe-ning").fit(patients(40, seed=2), [n % 4 for n in range(40)], 1)
    (said,), images = explained(subject, bundled(replace(fitted, image=zhong()), tmp_path))
    assert (said.heat_map.reason, images) == (NO_WAY_BACK, {})

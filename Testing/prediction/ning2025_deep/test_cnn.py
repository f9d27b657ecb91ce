"""The deep models of Ning 2025 as predictors: what they ask for, say, keep and show."""

from pathlib import Path

import pytest
import torch

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.prediction.model_bundle import save_predictor
from HematomaExpansionLib.prediction.ning2025_deep.cnn import NingCnn
from HematomaExpansionLib.prediction.ning2025_deep.settings import NingSettings
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.predictor import Threshold
from HematomaExpansionLib.prediction.registry import load_predictor
from Testing.prediction.heads import Head, head


@pytest.fixture(scope="module")
def subject() -> Head:
    return head()


def made(architecture: str = "resnet101", dimensions: int = 2) -> NingCnn:
    torch.manual_seed(4)
    settings = NingSettings(architecture, dimensions, 32, 4, (1, 1, 1, 1))
    return NingCnn(settings, settings.network().eval(), Threshold(0.4, "by hand"), "cpu")


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("architecture", ["resnet101", "densenet121"])
def test_a_bundle_gives_the_same_answer(architecture: str, dimensions: int, subject: Head, tmp_path: Path):
    predictor = made(architecture, dimensions)
    patient = Patient(baseline=subject.scan, baseline_mask=subject.labels)
    save_predictor(predictor, tmp_path / "bundle", training={}, metrics={}, simulated=False)
    said = load_predictor(tmp_path / "bundle").predict(patient)
    assert 0 < said.probability < 1
    assert said.probability == predictor.predict(patient).probability
    assert (said.model, said.outcome) == ("ning2025-cnn", "rhe-ning")


@pytest.mark.parametrize(
    ("given", "missing"), [((), ("baseline", "baseline_mask")), (("baseline",), ("baseline_mask",))]
)
def test_what_is_missing_is_named(given: tuple[str, ...], missing: tuple[str, ...], subject: Head):
    said = made().predict(Patient(**dict.fromkeys(given, subject.scan)))
    assert (said.probability, said.missing) == (None, missing)


def test_without_parenchymal_blood_there_is_nothing_to_judge(subject: Head):
    said = made().predict(Patient(baseline=subject.scan, baseline_mask=subject.labels * int(Label.IVH)))
    assert said.probability is None
    assert said.reason == "the segmentation shows no ich to crop to"


@pytest.mark.parametrize(("dimensions", "depth"), [(2, 1), (3, 32)])
def test_its_network_sees_the_crop_where_it_lies(dimensions: int, depth: int, subject: Head):
    (view,) = made(dimensions=dimensions).views(subject.patient)
    assert view.image.shape[1:] == (1, *[32] * dimensions)
    assert view.grid.shape == (depth, 32, 32)

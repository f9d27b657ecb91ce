"""Predictors as bundles: the same after loading, the same bytes, nothing executable, nothing wrong taken."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from HematomaExpansionLib.bundle import read_bundle
from HematomaExpansionLib.errors import ModelError
from HematomaExpansionLib.prediction.fusion.predictor import Fusion
from HematomaExpansionLib.prediction.model_bundle import SIMULATED, load_state, save_predictor
from HematomaExpansionLib.prediction.outcome import LEE2024
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.predictor import State
from HematomaExpansionLib.prediction.registry import load_predictor, predictor_class
from Testing.conftest import ROOT
from Testing.prediction.synthetic import patients
from Testing.prediction.tiny import ning, zhong

CLASSICAL = [
    "lee2024-clinical",
    "lu2024-radiomics",
    "ning2025-brain",
    "ning2025-clinical-radiologic",
    "ning2025-combined-logistic",
    "ning2025-combined-svm",
    "zhong2021-bat",
    "zhong2021-volume",
]


def save(name: str, folder: Path, simulated: bool = True):
    fitted = predictor_class(name).fit(patients(70, seed=3, features=True), 1)
    save_predictor(fitted, folder, training={"seed": 1}, metrics={}, simulated=simulated)
    return fitted


@pytest.mark.parametrize("name", CLASSICAL)
def test_the_same_after_loading(name: str, tmp_path: Path):
    fitted = save(name, tmp_path / "first")
    loaded = load_predictor(tmp_path / "first")
    for one in patients(10, seed=9, features=True):
        assert loaded.predictor.predict(one) == fitted.predict(one)
    said = loaded.predict(patients(1, seed=9, features=True)[0])
    assert said.model == name
    assert said.warning == SIMULATED
    assert said.weights_sha256 == loaded.bundle.metadata.weights_sha256
    assert said.outcome == fitted.outcome.name
    assert said.expected is (said.probability >= said.threshold)
    assert json.loads(said.model_dump_json())["model"] == name
    # The same patients and seed give the same bytes; there is no file but these three.
    save(name, tmp_path / "second")
    files = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert files == ["MODEL_CARD.md", "metadata.json", "weights.safetensors"]
    for file in files:
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()


def test_arrays_keep_their_shape(tmp_path: Path):
    """A single number, such as a network's counter of batches, does not become a list of one."""
    kept = {"counter": np.array(7), "weights": np.arange(6.0).reshape(2, 3).T}

    class Counting:
        name = "lee2024-clinical"
        outcome = LEE2024

        def state(self) -> State:
            return State({}, kept)

    save_predictor(Counting(), tmp_path, training={}, metrics={}, simulated=True)
    arrays = load_state(read_bundle(tmp_path)).arrays
    for name, array in kept.items():
        assert arrays[name].shape == array.shape
        assert (arrays[name] == array).all()


def test_the_card_says_it(tmp_path: Path):
    save("lee2024-clinical", tmp_path)
    card = (tmp_path / "MODEL_CARD.md").read_text()
    assert f"**{SIMULATED}**" in card
    assert "at least 6 mL or at least 33 %" in card
    save("lee2024-clinical", tmp_path, simulated=False)
    assert "not validated elsewhere" in (tmp_path / "MODEL_CARD.md").read_text()


def test_a_patient_outside_the_population_is_warned_of(tmp_path: Path):
    save("zhong2021-volume", tmp_path)
    model = load_predictor(tmp_path)
    said = model.predict(
        Patient(values={"ich_ml": 20.0, "onset_to_ct_h": 12.0, "location": "infratentorial"})
    )
    assert said.warnings == (
        "Outside the population of the model: CT more than 8 h after onset, infratentorial.",
    )
    assert model.predict(Patient(values={"ich_ml": 20.0})).warnings == ()


def test_wrong_bundles(tmp_path: Path):
    with pytest.raises(ModelError, match=r"models/bundled: is no predictor of expansion"):
        load_predictor(ROOT / "Resources" / "models" / "bundled")
    with pytest.raises(ModelError, match=r"nothing: no such predictor; there are .*zhong2021-volume"):
        predictor_class("nothing")
    save("zhong2021-volume", tmp_path)
    path = tmp_path / "metadata.json"
    good = json.loads(path.read_text())
    for change, message in (
        ({"architecture": "lee2024-clinical"}, "not a state of lee2024-clinical"),
        ({"architecture_parameters": {}}, "not a state of zhong2021-volume"),
        ({"weights_sha256": "0" * 64}, "SHA-256 is"),
    ):
        path.write_text(json.dumps(good | change))
        with pytest.raises(ModelError, match=message):
            load_predictor(tmp_path)


@pytest.mark.parametrize(
    ("made", "change", "message"),
    [
        (zhong, {"shape": [16, -48, 48]}, "numbers above 0"),
        (zhong, {"shape": [16, 46, 48]}, "multiples of 4"),
        (zhong, {"shape": [16, 48]}, "not enough values"),
        (zhong, {"field_mm": [0, 192, 160]}, "numbers above 0"),
        (zhong, {"width": -8}, "numbers above 0"),
        (zhong, {"width": 8}, "is \\(4, 1, 3, 3, 3\\), not"),
        (ning, {"architecture": "resnet50"}, "resnet101, resnet152"),
        (ning, {"size": 0}, "numbers above 0"),
        (ning, {"blocks": [1, 1]}, "4 blocks"),
        (ning, {"region": ["brain"]}, "ich"),
    ],
)
def test_settings_that_no_network_can_have(made, change: dict, message: str, tmp_path: Path):
    save_predictor(made(), tmp_path, training={}, metrics={}, simulated=True)
    path = tmp_path / "metadata.json"
    metadata = json.loads(path.read_text())
    metadata["architecture_parameters"]["settings"] |= change
    path.write_text(json.dumps(metadata))
    with pytest.raises(ModelError, match=rf"not a state of .*{message}"):
        load_predictor(tmp_path)


def test_weights_that_are_not_numbers(tmp_path: Path):
    model = zhong()
    with torch.no_grad():
        model.network.expansion.weight[0, 0] = torch.nan
    save_predictor(model, tmp_path, training={}, metrics={}, simulated=True)
    with pytest.raises(ModelError, match=r"weights\.safetensors: network\.expansion\.weight holds NaN"):
        load_predictor(tmp_path)


def test_columns_of_a_fusion_that_are_none(tmp_path: Path):
    people = patients(80, seed=2)
    fusion, _ = Fusion.fit(people, [number % 2 for number in range(len(people))], 1, members=2)
    save_predictor(fusion, tmp_path, training={}, metrics={}, simulated=True)
    path = tmp_path / "metadata.json"
    metadata = json.loads(path.read_text())
    metadata["architecture_parameters"]["columns"] = [1, 2]
    path.write_text(json.dumps(metadata))
    with pytest.raises(ModelError, match="not a state of fusion"):
        load_predictor(tmp_path)

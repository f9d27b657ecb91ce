"""The processor that is asked for is the one that a predictor's network runs on."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import SimpleITK as sitk
import torch

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.prediction.model_bundle import save_predictor
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.placement import device_of, on_device
from HematomaExpansionLib.prediction.predictor import Predictor
from HematomaExpansionLib.prediction.registry import load_predictor, predictor_class
from Testing.cohort.small_heads import write_head
from Testing.conftest import Command
from Testing.prediction.heads import head
from Testing.prediction.synthetic import patients
from Testing.prediction.tiny import lu, ning, zhong


@pytest.fixture
def cuda_seems_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch says that there is CUDA, so that only what was asked keeps a network on the CPU."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)


@pytest.mark.usefixtures("cuda_seems_there")
@pytest.mark.parametrize(("asked", "chosen"), [("cpu", "cpu"), ("cuda", "cuda"), ("auto", "cuda")])
def test_a_bundle_runs_where_it_is_asked_to(asked: str, chosen: str, tmp_path: Path) -> None:
    save_predictor(ning(), tmp_path / "bundle", training={}, metrics={}, simulated=True)
    loaded = load_predictor(tmp_path / "bundle", asked)
    assert device_of(loaded.predictor) == chosen
    if asked == "cpu":
        subject = head()
        said = loaded.predict(Patient(baseline=subject.scan, baseline_mask=subject.labels))
        assert said.device == "cpu"
        assert {values.device.type for values in loaded.predictor.network.parameters()} == {"cpu"}


@pytest.mark.usefixtures("cuda_seems_there")
def test_an_image_model_within_another_goes_along() -> None:
    fitted, _ = predictor_class("fusion-rhe-ning").fit(patients(40, seed=2), [n % 4 for n in range(40)], 1)
    outer: Predictor = replace(fitted, image=zhong())
    placed = on_device(outer, "cpu")
    assert (device_of(outer), device_of(placed)) == ("cuda", "cpu")
    assert device_of(fitted) is None


def test_a_model_without_a_network_runs_anywhere() -> None:
    fitted = predictor_class("zhong2021-bat").fit(patients(80, seed=2), 1)
    assert on_device(fitted, "cuda") is fitted
    assert device_of(fitted) is None


def test_another_word_is_refused() -> None:
    with pytest.raises(UsageError, match="choose one of auto, cpu, cuda"):
        on_device(ning(), "gpu")


def test_a_vector_machine_is_explained_by_the_command(tmp_path: Path, command: Command) -> None:
    """From its bundle and files on disk to a map on the grid of the scan, with its peak."""
    scan, mask = (tmp_path / name for name in write_head(tmp_path, "p1", 20))
    save_predictor(lu(), tmp_path / "bundle", training={}, metrics={}, simulated=True)
    out = tmp_path / "out"
    asked = ("analyze", scan, "--mask", mask, "--model", tmp_path / "bundle", "--out", out, "--device", "cpu")
    ended = command(*asked)
    assert ended.code == 0, ended.err
    (said,) = json.loads((out / "result.json").read_text())["predictions"]
    assert 0 < said["probability"] < 1
    assert said["heat_map"]["reason"] == ""
    heat_map = sitk.ReadImage(str(out / "lu2024-cnn-grad-cam.nii.gz"))
    assert heat_map.GetSize() == sitk.ReadImage(str(scan)).GetSize()
    assert heat_map[heat_map.TransformPhysicalPointToIndex(said["heat_map"]["peak_mm"])] == 1


@pytest.mark.parametrize("name", ["predict", "analyze"])
def test_commands_pass_it_on(
    name: str, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, mask = (tmp_path / name for name in write_head(tmp_path, "p1", 20))
    save_predictor(ning(), tmp_path / "bundle", training={}, metrics={}, simulated=True)
    out = tmp_path / "out"
    to = ("--out", out) if name == "analyze" else ("--json", tmp_path / "said.json")
    asked = (name, scan, "--mask", mask, "--model", tmp_path / "bundle", *to, "--device")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    refused = command(*asked, "cuda")
    assert refused.code == 2
    assert refused.err.count("\n") == 1
    assert "PyTorch finds no CUDA device" in refused.err
    assert not out.exists()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert command(*asked, "cpu").code == 0
    written = out / "result.json" if name == "analyze" else tmp_path / "said.json"
    (said,) = json.loads(written.read_text())["predictions"]
    assert said["device"] == "cpu"
    if name == "predict":
        assert said["heat_map"] is None
    else:
        assert said["heat_map"]["file"] == "ning2025-cnn-grad-cam.nii.gz"
        heat_map = sitk.ReadImage(str(out / said["heat_map"]["file"]))
        assert heat_map.GetSize() == sitk.ReadImage(str(scan)).GetSize()
        x, y, z = heat_map.TransformPhysicalPointToIndex(said["heat_map"]["peak_mm"])
        assert heat_map[x, y, z] == 1
        assert (out / "figure-ning2025-cnn-grad-cam.png").exists()

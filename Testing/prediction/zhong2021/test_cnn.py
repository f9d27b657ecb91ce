"""The deep model of Zhong 2021 as a predictor: what it asks for, says, keeps and shows."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
import torch

from HematomaExpansionLib.errors import NotAHeadCT
from HematomaExpansionLib.networks.zhong_unet3d import ZhongUNet3d
from HematomaExpansionLib.prediction import zhong2021
from HematomaExpansionLib.prediction.model_bundle import save_predictor
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.predictor import State, Threshold
from HematomaExpansionLib.prediction.registry import load_predictor
from HematomaExpansionLib.prediction.zhong2021.cnn import ZhongCnn
from HematomaExpansionLib.prediction.zhong2021.preprocessing import ZhongSettings, prepare
from Testing.prediction.heads import Head, head

SETTINGS = ZhongSettings((8, 32, 32), (160.0, 192.0, 160.0), 2)


@pytest.fixture(scope="module")
def subject() -> Head:
    return head()


@pytest.fixture(scope="module")
def predictor() -> ZhongCnn:
    torch.manual_seed(4)
    return ZhongCnn(SETTINGS, ZhongUNet3d(2).eval(), Threshold(0.4, "by hand"), "cpu")


def test_the_scan_alone_is_asked_for(predictor: ZhongCnn, subject: Head):
    assert predictor.inputs == ("baseline",)
    said = predictor.predict(Patient(baseline=subject.scan))
    image, _ = prepare(subject.scan, SETTINGS)
    with torch.inference_mode():
        logit = float(predictor.network(torch.from_numpy(image)[None, None])[1])
    assert said.probability == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-6)


def test_without_a_scan_there_is_no_probability(predictor: ZhongCnn):
    said = predictor.predict(Patient(values={"ich_ml": 30.0}))
    assert (said.probability, said.missing) == (None, ("baseline",))


def test_without_a_brain_there_is_no_probability(predictor: ZhongCnn, subject: Head, monkeypatch):
    monkeypatch.setattr(zhong2021.skull_strip, "PLAUSIBLE_ML", (1e5, 1e6))
    said = predictor.predict(Patient(baseline=subject.scan))
    assert said.probability is None
    assert said.reason == "skull stripping leaves no brain of a plausible volume"


def test_a_file_that_is_no_head_is_refused_as_such(predictor: ZhongCnn, tmp_path: Path):
    """Not as a head without a brain."""
    image = sitk.GetImageFromArray(np.full((40, 64, 64), 30, np.int16))
    image.SetSpacing((3.0, 3.0, 4.0))
    sitk.WriteImage(image, tmp_path / "block.nii.gz")
    with pytest.raises(NotAHeadCT, match=r"block\.nii\.gz"):
        predictor.predict(Patient(baseline=tmp_path / "block.nii.gz"))


def test_a_bundle_gives_the_same_answer(predictor: ZhongCnn, subject: Head, tmp_path: Path):
    save_predictor(predictor, tmp_path / "bundle", training={}, metrics={}, simulated=True)
    loaded = load_predictor(tmp_path / "bundle")
    patient = Patient(baseline=subject.scan)
    said = loaded.predict(patient)
    assert said.probability == predictor.predict(patient).probability
    assert (said.model, said.outcome, said.threshold) == ("zhong2021-cnn", "che-strict", 0.4)
    assert "simulated" in said.warning


def test_weights_that_do_not_fit_are_refused(predictor: ZhongCnn):
    state = predictor.state()
    wider = {**state.parameters, "settings": {**state.parameters["settings"], "width": 4}}
    with pytest.raises(
        ValueError, match=r"weight network\.level1\.0\.weight is \(2, 1, 3, 3, 3\), not \(4, 1, 3, 3, 3\)"
    ):
        ZhongCnn.from_state(State(wider, state.arrays))


def test_its_network_sees_one_volume_where_it_lies(predictor: ZhongCnn, subject: Head):
    (view,) = predictor.views(Patient(baseline=subject.scan))
    assert view.image.shape == (1, 1, 8, 32, 32)
    assert view.grid.shape == (8, 32, 32)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_cuda_says_what_the_cpu_says(predictor: ZhongCnn, subject: Head):
    there = ZhongCnn(SETTINGS, predictor.network, predictor.threshold, "cuda")
    patient = Patient(baseline=subject.scan)
    said = there.predict(patient).probability
    predictor.network.to("cpu")
    assert said == pytest.approx(predictor.predict(patient).probability, abs=1e-3)

"""Models that come with the package: each is named, verified, and says what it was trained on."""

from pathlib import Path

import pytest
import SimpleITK as sitk

from HematomaExpansionLib.commands.model import model_folders
from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.errors import ModelError
from HematomaExpansionLib.explanation.heat_maps import with_heat_maps
from HematomaExpansionLib.prediction.model_bundle import SIMULATED
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.registry import load_predictor
from HematomaExpansionLib.prediction.shipped import model_folder, shipped

LARGEST_MB = 15


def test_each_is_whole_and_says_that_its_patients_were_simulated() -> None:
    found = {name: load_predictor(folder, "cpu") for name, folder in shipped().items()}
    assert found
    assert "bundled" not in found, "it outlines blood and predicts nothing"
    for loaded in found.values():
        assert loaded.bundle.metadata.warning == SIMULATED
    assert sum(one.bundle.weights.stat().st_size for one in found.values()) <= LARGEST_MB * 1e6


def test_a_name_stands_for_its_folder_and_a_folder_for_itself(tmp_path: Path) -> None:
    for name, folder in shipped().items():
        assert model_folders([Path(name), tmp_path]) == (folder, tmp_path)
    assert model_folders(None) == ()


def test_the_image_model_looks_at_the_haematoma(sample: Path) -> None:
    """On the sample, which is none of the patients that it learnt from."""
    model = load_predictor(shipped()["zhong2021-simulated"], "cpu")
    scan, labels = read_ct(sample / "baseline.nii.gz"), sitk.ReadImage(str(sample / "baseline-labels.nii.gz"))
    patient = Patient(baseline=scan, baseline_mask=labels)
    ((explained,), images) = with_heat_maps([model], [model.predict(patient)], patient, "cpu")
    assert explained.heat_map is not None
    assert explained.heat_map.peak_place in ("inside", "rim")
    assert list(images) == ["zhong2021-cnn-grad-cam.nii.gz"]


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no-such: no such folder, and no model .* \(there are "):
        model_folder(Path("no-such"))
    with pytest.raises(ModelError, match="no such folder"):
        model_folder(tmp_path / "none")

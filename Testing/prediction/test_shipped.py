"""Models that come with the package: each is named, verified, and says what it was trained on."""

from pathlib import Path

import pytest

from HematomaExpansionLib.commands.model import model_folders
from HematomaExpansionLib.errors import ModelError
from HematomaExpansionLib.prediction.model_bundle import SIMULATED
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


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no-such: no such folder, and no model .* \(there are "):
        model_folder(Path("no-such"))
    with pytest.raises(ModelError, match="no such folder"):
        model_folder(tmp_path / "none")

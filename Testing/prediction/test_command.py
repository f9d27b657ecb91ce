"""``hematoma-expansion predict`` as a user runs it, with several models."""

import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.commands.predict import contribution_table, prediction_table
from HematomaExpansionLib.prediction.model_bundle import SIMULATED, save_predictor
from HematomaExpansionLib.prediction.prediction import Prediction
from HematomaExpansionLib.prediction.registry import load_predictor, predictor_class
from Testing.conftest import Command, Ended, run_command
from Testing.prediction.synthetic import patients

MODELS = ("lee2024-clinical", "ning2025-clinical-radiologic", "zhong2021-bat")


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("bundles")
    for name in MODELS:
        fitted = predictor_class(name).fit(patients(80, seed=2), 1)
        save_predictor(fitted, folder / name, training={}, metrics={}, simulated=True)
    return [folder / name for name in MODELS]


@pytest.fixture(scope="module")
def said(bundles: list[Path], sample: Path) -> Ended:
    chosen = [part for bundle in bundles for part in ("--model", bundle)]
    mask = ("--mask", sample / "baseline-labels.nii.gz", "--mapping", "0=background,1=ich,2=ivh")
    record = ("--clinical", sample / "clinical.yaml")
    return run_command("predict", sample / "baseline.nii.gz", *chosen, *mask, *record, "--json", "-")


def test_each_model_answers_or_says_why_not(
    said: Ended, bundles: list[Path], truth: dict[str, dict[str, float]]
):
    assert said.code == 0, said.err
    found = {one["model"]: Prediction.model_validate(one) for one in json.loads(said.out)["predictions"]}
    assert tuple(found) == MODELS
    # The record of the sample has no fibrinogen.
    lee = found["lee2024-clinical"]
    assert (lee.probability, lee.missing) == (None, ("fibrinogen_mg_dl",))
    assert "complete cases" in lee.reason
    ning = found["ning2025-clinical-radiologic"]
    parts = {part.name: part.value for part in ning.contributions}
    assert parts["onset_to_ct_h"] == 2.2
    assert parts["ich_ml"] == pytest.approx(truth["baseline"]["ich"], rel=0.02)
    assert ning.interval[0] < ning.probability < ning.interval[1]
    for bundle in bundles:
        one = found[bundle.name]
        assert one.warning == SIMULATED
        assert one.weights_sha256 == load_predictor(bundle).bundle.metadata.weights_sha256


ALONE = ("--model", "zhong2021-simulated", "--json", "-")


def test_a_model_of_the_scan_alone_says_the_same_with_and_without_an_outline(sample: Path, command: Command):
    """Without one nothing is segmented, which takes a third of the time."""
    mask = ("--mask", sample / "baseline-labels.nii.gz", "--mapping", "0=background,1=ich,2=ivh")
    alone, outlined = (command("predict", sample / "baseline.nii.gz", *ALONE, *more) for more in ((), mask))
    assert alone.code == outlined.code == 0, alone.err + outlined.err
    assert json.loads(alone.out) == json.loads(outlined.out)
    (one,) = json.loads(alone.out)["predictions"]
    assert 0 < one["probability"] < 1


def test_a_model_of_the_scan_alone_refuses_what_is_no_head(tmp_path: Path, command: Command):
    """A ball of water in a shell of bone: as wide as a head, with too little room inside."""
    away = np.linalg.norm(np.indices((50, 60, 60)) * 3.0 - np.array([75, 90, 90]).reshape(3, 1, 1, 1), axis=0)
    hu = np.select([away < 38, away < 52, away < 65], [5, 900, 20], -1000).astype(np.int16)
    image = sitk.GetImageFromArray(hu)
    image.SetSpacing((3.0, 3.0, 3.0))
    sitk.WriteImage(image, str(tmp_path / "ball.nii.gz"))
    ended = command("predict", tmp_path / "ball.nii.gz", *ALONE)
    assert ended.code == 3
    assert "a head CT shows 300-2300 mL" in ended.err
    assert not ended.out


def test_what_is_wrong_is_one_line(bundles: list[Path], sample: Path, tmp_path: Path, command: Command):
    for arguments, code, message in (
        (("--model", tmp_path / "none"), 4, "none: no such folder, and no model of that name"),
        (("--model", bundles[0], "--patient", "p1"), 2, "patient p1 was given without --clinical"),
    ):
        ended = command("predict", sample / "baseline.nii.gz", *arguments)
        assert ended.code == code
        assert message in ended.err
        assert ended.err.count("\n") == 1


def test_tables(bundles: list[Path]):
    models = [load_predictor(bundle) for bundle in bundles]
    one = patients(1, seed=7)[0]
    table = prediction_table([model.predict(one) for model in models])
    assert list(table.columns[0].cells) == list(MODELS)
    assert list(table.columns[1].cells) == ["che", "rhe-ning", "che-strict"]
    bat = models[2].predict(one)
    assert list(contribution_table(bat).columns[1].cells) == [f"{bat.contributions[0].value:g}"]

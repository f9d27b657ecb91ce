"""Lu 2024 from a cohort and radiomics to bundles to a probability, by the command."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch

from HematomaExpansionLib.bundle import read_bundle
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.registry import load_predictor
from Testing.training.small_cohort import write_small_cohort
from training import lu2024_cnn
from training.image_scores import read_scores

PATIENTS = 24


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The cohort, and the bundles that the command wrote."""
    folder = tmp_path_factory.mktemp("lu")
    cohort, out = write_small_cohort(folder, PATIENTS), folder / "lu"
    rng = np.random.default_rng(2)
    with (folder / "features.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        names = [f"original_firstorder_{number}" for number in range(4)]
        writer.writerow(["case", "label", "settings", *names])
        for number in range(PATIENTS):
            writer.writerow([f"p{number:02d}", "ich", "lu2024", *rng.normal(size=4).round(3)])
    words = ["--cohort", cohort, "--radiomics", folder / "features.csv", "--out", out, "--device", "cpu"]
    threads = torch.get_num_threads()
    tiny = "--network resnet18 --random --pixels 80 --candidates 6 --folds 2 --threads 1"
    assert lu2024_cnn.main([*map(str, words), *tiny.split()]) == 0
    torch.set_num_threads(threads)
    return cohort, out


def test_the_bundles_say_what_they_are(trained: tuple[Path, Path]):
    _, out = trained
    fusion, deep = read_bundle(out).metadata, read_bundle(out.with_name("lu-cnn")).metadata
    assert (fusion.architecture, deep.architecture) == ("lu2024-fusion", "lu2024-cnn")
    assert fusion.outcome == "che-strict"
    assert fusion.training["weights_of_the_network"] == "random"
    assert "precision, likewise" in fusion.metrics
    training, others = read_scores(out.with_name("lu-run") / "scores.csv")
    assert len(training) + len(others) == PATIENTS
    lines = (out.with_name("lu-run") / "predictions.csv").read_text().splitlines()
    assert len(lines) == 1 + 2 * PATIENTS
    assert {line.split(",")[2] for line in lines[1:]} == {"lu2024-resnet18", "lu2024-fusion-resnet18"}


def test_a_patient_gets_a_probability_from_scan_mask_and_features(trained: tuple[Path, Path]):
    cohort, out = trained
    files = {"baseline": cohort.with_name("baseline.nii.gz")}
    files["baseline_mask"] = cohort.with_name("baseline-labels.nii.gz")
    deep = load_predictor(out.with_name("lu-cnn"))
    assert 0 < deep.predict(Patient(**files)).probability < 1
    assert deep.predict(Patient(baseline=files["baseline"])).missing == ("baseline_mask",)
    fusion = load_predictor(out)
    features = {f"lu2024:original_firstorder_{number}": 0.5 for number in range(4)}
    assert 0 < fusion.predict(Patient(**files, radiomics=features)).probability < 1
    assert set(fusion.predictor.inputs) >= {"baseline", "baseline_mask"}
    assert not any("lu2024-cnn:" in name for name in fusion.predictor.inputs)


def test_the_network_needs_weights_or_the_word_random(capsys):
    with pytest.raises(SystemExit):
        lu2024_cnn.main(["--cohort", "c.csv", "--out", "o"])
    assert "one of the arguments --imagenet --random is required" in capsys.readouterr().err

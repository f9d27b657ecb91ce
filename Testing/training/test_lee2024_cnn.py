"""Lee 2024 from a cohort to bundles to a probability, by the command; killed and resumed."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
import torch

from HematomaExpansionLib.bundle import read_bundle
from HematomaExpansionLib.explanation.grad_cam import explain
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.registry import load_predictor
from Testing.training.small_cohort import write_small_cohort
from training import fusion, lee2024_cnn, loop
from training.image_scores import read_scores

TINY = (
    "--size 64 --classifier-size 32 --layers 1,1,1,1 --unet-width 2 --image-width 2 "
    "--folds 2 --epochs 1 --batch 16 --threads 1"
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The cohort, and the bundle that the command wrote."""
    folder = tmp_path_factory.mktemp("lee")
    cohort = write_small_cohort(folder)
    out = folder / "lee"
    threads = torch.get_num_threads()
    assert lee2024_cnn.main([*command(cohort, out)]) == 0
    torch.set_num_threads(threads)
    return cohort, out


def command(cohort: Path, out: Path) -> list[str]:
    return ["--cohort", str(cohort), "--out", str(out), "--device", "cpu", *TINY.split()]


def test_the_bundles_say_what_they_are(trained: tuple[Path, Path]):
    _, out = trained
    image, integrated = read_bundle(out).metadata, read_bundle(out.with_name("lee-integrated")).metadata
    assert (image.architecture, integrated.architecture) == ("lee2024-image", "lee2024-integrated")
    assert image.outcome == "che"
    assert "simulated" in image.warning
    assert image.training["networks"]["unet"]["steps"] >= 1
    assert image.training["learning_rates"] == {"classifier": 1e-4, "unet": 1e-3, "image_to_he": 1e-4}
    assert image.training["epochs_at_most"] == {"classifier": 1, "unet": 1, "image_to_he": 1}
    assert image.training["batch"] == 16
    assert image.training["imagenet"] is None
    assert image.training["balance"] is False
    assert image.training["networks"]["image-to-he-all"]["weight_of_expanded"] == 1
    assert "test" not in json.dumps(image.metrics)
    against = integrated.metrics["against Clinical-to-HE"]
    assert against["likelihood_ratio"] == pytest.approx(
        against["aic_clinical"] - against["aic_integrated"] + 2, abs=1e-6
    )
    lines = (out.with_name("lee-run") / "predictions.csv").read_text().splitlines()
    assert lines[0] == "patient,set,model,probability,expansion,reason,unlike_paper"
    assert len(lines) == 1 + 2 * 40


def test_every_patient_has_a_score(trained: tuple[Path, Path]):
    training, others = read_scores(trained[1].with_name("lee-run") / "scores.csv")
    assert (len(training), len(others)) == (32, 8)
    assert all(score is not None and 0 < score < 1 for score in (training | others).values())


def test_a_patient_gets_a_probability_from_the_scan(trained: tuple[Path, Path]):
    cohort, out = trained
    scan = cohort.with_name("baseline.nii.gz")
    found = load_predictor(out).predict(Patient(baseline=scan))
    assert 0 < found.probability < 1
    assert found.interval[0] < found.probability < found.interval[1]
    (score,) = found.contributions
    assert score.name == "ndl_score"
    assert 0 <= score.value <= 100
    # The cached slices of the training have 8 bits.
    with (out.with_name("lee-run") / "reproduce.csv").open() as stream:
        rows = [row for row in csv.DictReader(stream) if row["model"] == "lee2024-image"]
    held_out = [100 * float(row["probability"]) for row in rows if row["set"] == "test"]
    assert any(abs(score.value - value) < 0.5 for value in held_out)

    both = load_predictor(out.with_name("lee-integrated"))
    assert both.predict(Patient(baseline=scan)).missing == ("age_years", "gcs", "fibrinogen_mg_dl")
    values = {"age_years": 60, "gcs": 14, "fibrinogen_mg_dl": 300.0}
    assert 0 < both.predict(Patient(baseline=scan, values=values)).probability < 1
    assert both.predict(Patient(values=values)).missing == ("baseline",)


def test_what_the_network_sees_and_says_of_it(trained: tuple[Path, Path]):
    """The views weighted by area give the score; each lies on its slice of the scan."""
    cohort, out = trained
    predictor = load_predictor(out).predictor
    scan = Patient(baseline=cohort.with_name("baseline.nii.gz")).scan()
    patient = Patient(baseline=scan)
    views = predictor.views(patient)
    judge = predictor.judge()
    assert judge.layer in dict(judge.network.named_modules())
    with torch.inference_mode():
        said = [float(judge.answer(judge.network.eval(), view.image).sigmoid()) for view in views]
    mean = sum(s * view.weight for s, view in zip(said, views, strict=True))
    (score,) = predictor.predict(patient).contributions
    assert 100 * mean / sum(view.weight for view in views) == pytest.approx(score.value, rel=1e-4)
    heat = sitk.GetArrayFromImage(explain(predictor, patient, "cpu"))
    assert heat.shape == scan.hu.shape
    assert set(np.flatnonzero(heat.any(axis=(1, 2)))) <= {
        round(scan.image.TransformPhysicalPointToContinuousIndex(view.grid.origin_mm)[2]) for view in views
    }
    size, spacing = scan.image.GetSize(), scan.image.GetSpacing()
    for view in views:
        assert view.grid.shape == (1, 64, 64)
        assert view.grid.spacing_mm[1] * 64 == pytest.approx(spacing[1] * size[1])
        centre = scan.image.TransformPhysicalPointToContinuousIndex(view.grid.origin_mm)
        assert centre[2] == pytest.approx(round(centre[2]), abs=1e-4)


def test_the_fusion_builds_on_it(trained: tuple[Path, Path], capsys):
    """The image model lies within the fusion's bundle; without its scan the fusion goes on, and says so."""
    cohort, out = trained
    options = ["--paper", "lee2024", "--cohort", str(cohort), "--image", str(out), "--members", "20"]
    options += ["--folds", "2", "--out", str(out.with_name("fusion"))]
    scores = out.with_name("lee-run") / "scores.csv"
    assert fusion.main([*options, "--scores", str(scores)]) == 0
    found = load_predictor(out.with_name("fusion"))
    assert "baseline" in found.predictor.inputs
    said = found.predict(Patient(baseline=cohort.with_name("baseline.nii.gz"), values={"age_years": 60}))
    assert "image_score" in {each.name for each in said.contributions}
    said = found.predict(Patient(values={"age_years": 60}))
    assert said.probability is None
    assert said.interval is not None
    assert "image_score" in said.missing
    assert any(warning.startswith("lee2024-image: baseline: not known") for warning in said.warnings)

    other = ["--paper", "ning2025", *options[2:], "--scores", str(scores)]
    capsys.readouterr()
    assert fusion.main(other) == 3
    assert "fill in the column split" in capsys.readouterr().err


def test_early_stopping_and_balance(trained: tuple[Path, Path]):
    """Image-to-HE learns from one fold of three, stops by the next, and is scored on the last."""
    cohort, out = trained
    other, cache = out.with_name("patient"), out.with_name("lee-run") / "prepared"
    more = f"--cache {cache} --folds 3 --epochs 2 --patience 1 --balance".split()
    assert lee2024_cnn.main([*command(cohort, other), *more]) == 0
    training = read_bundle(other).metadata.training
    expanded = training["data"]["expanded"]
    networks = training["networks"]
    turns = [networks[f"image-to-he-fold-{number}"] for number in (1, 2, 3)]
    everybody = networks["image-to-he-all"]
    assert sum(turn["slices"] for turn in turns) == everybody["slices"]
    assert everybody["epochs"] == sorted(turn["kept_epoch"] for turn in turns)[1]
    assert everybody["weight_of_expanded"] == pytest.approx((32 - expanded) / expanded, abs=1e-4)
    for name in ("classifier", "unet"):
        assert networks[name]["epochs"] == 2
        assert networks[name]["ended_by"] == ("epochs" if networks[name]["kept_epoch"] == 2 else "patience")
    scores, _ = read_scores(other.with_name("patient-run") / "scores.csv")
    assert len(scores) == 32


@pytest.fixture(scope="module")
def stopped(trained: tuple[Path, Path]) -> list[str]:
    """The command of a training that ended in the middle of the second fold of Image-to-HE."""
    cohort, out = trained
    cache = out.with_name("lee-run") / "prepared"
    words = [*command(cohort, out.with_name("broken")), "--cache", str(cache)]
    step = loop._Run._step

    def stop_here(run, loaded, done):
        if run.checkpoint.parent.name == "image-to-he-fold-2" and run.steps == 1:
            raise KeyboardInterrupt
        step(run, loaded, done)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "SAVE_S", -1.0)
        patch.setattr(loop._Run, "_step", stop_here)
        assert lee2024_cnn.main(words) == 130
    return words


@pytest.mark.parametrize(
    "other",
    [
        "--folds 3",
        "--balance",
        "--image-rate 1e-3",
        "--unet-rate 1e-4",
        "--unet-width 4",
        "--image-width 4",
        "--attention",
        "--epochs 1,1,2",
        "--batch 8",
        "--seed 2",
    ],
)
def test_a_stopped_training_is_not_resumed_with_another_option(stopped: list[str], other: str, capsys):
    assert lee2024_cnn.main([*stopped, "--resume", *other.split()]) == 2
    said = capsys.readouterr().err
    assert "cannot be resumed" in said
    assert said.count("\n") == 1


def test_a_stopped_training_is_resumed_to_the_same_weights(
    trained: tuple[Path, Path], stopped: list[str], capsys
):
    """What was finished is not trained again: an epoch is left of the second fold, and one on everybody."""
    run = trained[1].with_name("broken-run")
    left = torch.load(run / "image-to-he-fold-2" / "checkpoint.pt", weights_only=True)
    assert (left["steps"], left["ended_by"]) == (1, "")
    assert lee2024_cnn.main([*stopped, "--resume"]) == 0
    assert capsys.readouterr().out.count("epoch 1/1") == 2
    one, again = (read_bundle(trained[1].with_name(name)).metadata for name in ("lee", "broken"))
    assert one.weights_sha256 == again.weights_sha256
    assert one.metrics == again.metrics


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--size", "100"), "--size is 100; a multiple of 32 is allowed"),
        (("--folds", "1"), "--folds is 1; from 2 (from 3 with --patience) is allowed"),
        (("--folds", "2", "--patience", "1"), "--folds is 2; from 2 (from 3 with --patience) is allowed"),
        (("--patience", "-1"), "--patience is -1; it must be at least 0"),
        (("--batch", "0"), "--batch is 0; it must be at least 1"),
        (("--layers", "3,4"), "3,4: four numbers from 1 are allowed"),
        (("--epochs", "1,2"), "1,2: one number from 1 is allowed, or three"),
    ],
)
def test_options_that_cannot_be_followed(option: tuple[str, str], message: str, capsys):
    with pytest.raises(SystemExit):
        lee2024_cnn.main(["--cohort", "c.csv", "--out", "o", *option])
    assert message in capsys.readouterr().err


def test_a_cohort_that_is_not_there(tmp_path: Path, capsys):
    assert lee2024_cnn.main(["--cohort", str(tmp_path / "no.csv"), "--out", str(tmp_path / "o")]) == 3
    assert capsys.readouterr().err.startswith(f"training.lee2024_cnn: {tmp_path / 'no.csv'}: cannot be read")

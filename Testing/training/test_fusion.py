"""The fusion from a cohort table to a bundle to a probability, an interval, or a refusal."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from HematomaExpansionLib.bundle import read_bundle
from HematomaExpansionLib.cohort_table import read_cohort
from HematomaExpansionLib.prediction.fusion.predictor import AGREEMENT, Fusion, Judgement
from HematomaExpansionLib.prediction.model_bundle import save_predictor
from HematomaExpansionLib.prediction.outcome import NING2025
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.registry import load_predictor
from HematomaExpansionLib.statistics.delong import delong_auc
from Testing.prediction.tiny import zhong
from training import fusion
from training.image_scores import write_scores
from training.simulate.cohort.draw import draw_cohort
from training.simulate.cohort.files import write_cohort


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A simulated cohort of 300 without images, and the bundle that the command wrote."""
    folder = tmp_path_factory.mktemp("fusion")
    write_cohort(draw_cohort(300, 3), folder / "cohort.csv", 3)
    out = folder / "fusion"
    words = ["--cohort", folder / "cohort.csv", "--out", out, "--members", 12]
    assert fusion.main([str(word) for word in words]) == 0
    return folder / "cohort.csv", out


def predictions(out: Path) -> list[dict[str, str]]:
    with (out.with_name("fusion-run") / "predictions.csv").open() as stream:
        return list(csv.DictReader(stream))


def test_it_tells_patients_apart_and_is_calibrated(trained: tuple[Path, Path]):
    """The simulator's ceiling is about 0.78; predictions out of fold and of the test set come near it."""
    _, out = trained
    rows = predictions(out)
    for name in ("train", "test"):
        chosen = [row for row in rows if row["set"] == name]
        outcome = [int(row["expansion"]) for row in chosen]
        probability = [float(row["probability"]) for row in chosen]
        assert delong_auc(outcome, probability).value > 0.62
        assert np.mean(probability) == pytest.approx(np.mean(outcome), abs=0.1)
    metadata = read_bundle(out).metadata
    assert (metadata.architecture, metadata.outcome) == ("fusion-rhe-ning", "rhe-ning")
    assert "simulated" in metadata.warning


def test_the_bundle_says_what_the_command_said(trained: tuple[Path, Path]):
    cohort, out = trained
    patients, _ = read_cohort(cohort).patients(NING2025)
    by_name = {one.name: one for one in patients}
    loaded = load_predictor(out)
    abstained = {}
    with (out.with_name("fusion-run") / "abstentions.csv").open() as stream:
        abstained = {row["patient"]: row for row in csv.DictReader(stream)}
    tested = [row for row in predictions(out) if row["set"] == "test"]
    for row in tested[:20]:
        said = loaded.predict(by_name[row["patient"]])
        doubt = abstained[row["patient"]]
        assert said.reason == doubt["reason"]
        if said.probability is None:
            assert float(doubt["agreement"]) < AGREEMENT + 0.005
            assert said.expected is None
        else:
            assert said.probability == pytest.approx(float(row["probability"]), abs=1e-9)
            assert said.interval[0] <= said.probability <= said.interval[1]
    share = np.mean([bool(abstained[row["patient"]]["reason"]) for row in tested])
    assert 0.02 < share < 0.6


def test_what_is_not_known_widens_the_interval_and_is_named(trained: tuple[Path, Path]):
    cohort, out = trained
    loaded = load_predictor(out)
    patients, _ = read_cohort(cohort).patients(NING2025)
    whole = next(one for one in patients if not loaded.predict(one).missing)
    less = replace(whole, values={**whole.values, "ich_ml": None, "ivh": None, "hypodensity": None})
    known, unknown = loaded.predict(whole), loaded.predict(less)
    assert unknown.missing == ("ich_ml", "ivh", "hypodensity")
    assert "each member puts another training patient's value there" in unknown.warnings[0]
    assert np.diff(unknown.interval)[0] > np.diff(known.interval)[0]
    nothing = loaded.predict(Patient())
    assert nothing.probability is None
    assert nothing.reason == "abstains: 0% of its inputs are known; at least 50% are needed"


@pytest.mark.parametrize(
    ("agreement", "known", "doubt"),
    [
        (0.8, 0.5, ""),
        (1.0, 0.49, "abstains: 49% of its inputs are known; at least 50% are needed"),
        (0.79, 1.0, "abstains: 79% of its members are on one side of the threshold; at least 80% must agree"),
    ],
)
def test_the_rule_of_abstaining(agreement: float, known: float, doubt: str):
    assert Judgement(0.3, (0.1, 0.5), agreement, known).doubt == doubt


def test_the_same_seed_gives_the_same_bytes_and_the_test_patients_do_not_matter(
    trained: tuple[Path, Path], tmp_path: Path
):
    """Outcomes of the test patients exchanged: not one byte of the weights differs."""
    cohort, out = trained
    tested = {row["patient"] for row in predictions(out) if row["set"] == "test"}
    with cohort.open() as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row["split"] = "test" if row["patient"] in tested else "train"
        if row["patient"] in tested:
            row["followup_ich_ml"], row["followup_ivh_ml"] = "", ""
            row["expansion"] = "0" if row["expansion"] == "1" else "1"
    with (tmp_path / "cohort.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    words = ["--cohort", tmp_path / "cohort.csv", "--out", tmp_path / "f", "--members", 12]
    assert fusion.main([*map(str, words), "--data", "simulated"]) == 0
    first, second = read_bundle(out).metadata, read_bundle(tmp_path / "f").metadata
    assert first.weights_sha256 == second.weights_sha256
    assert first.metrics == second.metrics


def test_isotonic_steps_there_and_back(trained: tuple[Path, Path]):
    patients, _ = read_cohort(trained[0]).patients(NING2025)
    some = [one for one in patients if one.expansion is not None][:80]
    fitted, _ = Fusion.fit(some, [n % 2 for n in range(80)], 1, members=4, calibration="isotonic")
    again = Fusion.from_state(fitted.state())
    assert again.judge_values(some[0]) == fitted.judge_values(some[0])


@pytest.mark.parametrize("known", [0.4, 0.6])
def test_scores_of_too_few_patients_are_no_fusion_with_the_image(
    known: float, trained: tuple[Path, Path], tmp_path: Path, capsys
):
    """A score of fewer than half of the training patients would be left out, and the bundle say otherwise."""
    cohort, out = trained
    save_predictor(zhong(), tmp_path / "image", training={}, metrics={}, simulated=True)
    rng = np.random.default_rng(5)
    train, test = (
        [row["patient"] for row in predictions(out) if row["set"] == name] for name in ("train", "test")
    )
    scored = {name: float(rng.uniform()) for name in train[: round(known * len(train))]}
    write_scores(tmp_path / "scores.csv", scored, {name: float(rng.uniform()) for name in test})
    words = ["--cohort", cohort, "--image", tmp_path / "image", "--scores", tmp_path / "scores.csv"]
    code = fusion.main([str(word) for word in (*words, "--out", tmp_path / "f", "--members", 4)])
    if known > 0.5:
        assert code == 0
        assert load_predictor(tmp_path / "f").predictor.image is not None
    else:
        assert code == 3
        said = capsys.readouterr().err
        assert f"scores out of fold of {len(scored)} of {len(train)} training patients" in said
        assert not (tmp_path / "f").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--members", "1"), "--members 1, --folds 5: at least 2 of each are needed"),
        (("--image", "b"), "--image and --scores go together"),
    ],
)
def test_options_that_do_not_go_together(options: tuple[str, ...], message: str, capsys):
    with pytest.raises(SystemExit):
        fusion.main(["--cohort", "c.csv", "--out", "o", *options])
    assert message in capsys.readouterr().err

"""From a cohort with scans to a bundle that predicts, by the commands of Zhong 2021 and Ning 2025."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from HematomaExpansionLib.bundle import read_bundle
from HematomaExpansionLib.networks.zhong_unet3d import ZhongUNet3d
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.registry import load_predictor
from Testing.conftest import ROOT
from training import loop, ning2025_cnn, zhong2021_cnn
from training.balance import forget_balance
from training.ning2025_cnn import Crops
from training.scan_cache import Cached
from training.zhong2021_cnn import Volumes, loss, score, step_down

from .heads import write_cohort

ZHONG = "--shape 8 16 16 --field 160 200 160 --width 2 --epochs 2 --copies 2 --batch 2 --rate 1e-3"
NING = "--size 32 --width 4 --blocks 1,1,1,1 --epochs 2 --batch 4 --rate 1e-3"
SCRIPTS = {
    "zhong2021-cnn": (zhong2021_cnn.main, f"{ZHONG} --folds 2"),
    "ning2025-cnn": (ning2025_cnn.main, f"{NING} --folds 0"),
    "ning2025-3d-densenet121": (
        ning2025_cnn.main,
        f"{NING} --folds 3 --patience 2 --dimensions 3 --architecture densenet121 --no-balance",
    ),
}
UNLIKE = {
    "zhong2021-cnn": "shape 8/16/16, field mm 160.0/200.0/160.0, width 2",
    "ning2025-cnn": "size 32, width 4, blocks 1/1/1/1",
    "ning2025-3d-densenet121": "size 32, width 4, blocks 1/1/1/1",
}


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Sums in another order differ in the last bit."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cohort(tmp_path_factory.mktemp("cohort"), 12)


def words(cohort: Path, out: Path, more: str) -> list[str]:
    cache = ["--cache", str(cohort.parent / "cache"), "--device", "cpu"]
    return ["--cohort", str(cohort), "--out", str(out), *cache, *more.split()]


@pytest.mark.parametrize("model", SCRIPTS)
def test_from_a_cohort_to_a_prediction(model: str, cohort: Path, tmp_path: Path, capsys):
    main, options = SCRIPTS[model]
    out = tmp_path / "bundle"
    assert main(words(cohort, out, options)) == 0
    said = capsys.readouterr().out
    assert f"{model}: AUC train" in said

    bundle = read_bundle(out)
    training = bundle.metadata.training
    assert training["data"]["source"] == "simulated"
    assert "simulated" in bundle.metadata.warning
    assert training["data"]["patients"] == 8
    assert training["learning_rate"] == 1e-3
    assert str(tmp_path) not in (out / "metadata.json").read_text() + (out / "MODEL_CARD.md").read_text()

    run = tmp_path / "bundle-run"
    for name in training["networks"]:
        assert (run / name / "curves.png").read_bytes()[:4] == b"\x89PNG"
    with (run / "predictions.csv").open(newline="") as stream:
        rows = {row["patient"]: row for row in csv.DictReader(stream)}
    assert {row["model"] for row in rows.values()} == {model}
    assert {row["unlike_paper"] for row in rows.values()} == {UNLIKE[model]}
    test = [name for name, row in rows.items() if row["set"] == "test"]
    assert len(test) == 4
    known = [row for row in rows.values() if row["set"] == "train" and row["probability"]]
    assert len(known) == (2 if "--folds 0" in options else 8)

    # What the table says of a test patient is what the bundle says of their files.
    scans = cohort.parent / "scans"
    patient = Patient(baseline=scans / f"{test[0]}.nii.gz", baseline_mask=scans / f"{test[0]}-labels.nii.gz")
    prediction = load_predictor(out).predict(patient)
    assert prediction.probability == pytest.approx(float(rows[test[0]]["probability"]), abs=2e-3)
    assert prediction.threshold_rule.startswith("largest sensitivity + specificity - 1 in ")


@pytest.mark.parametrize(
    ("model", "stop", "other"),
    [
        ("zhong2021-cnn", 5, ("--clip 1", "--warm-up 0.5", "--rate 1e-4")),
        ("ning2025-cnn", 1, ("--rate 1e-4",)),
    ],
)
def test_a_stopped_command_is_resumed(
    model: str, stop: int, other: tuple[str, ...], cohort: Path, tmp_path: Path, monkeypatch, capsys
):
    """Stopped in the second fold or epoch: the same bytes as without a stop, and not as another training."""
    main, options = SCRIPTS[model]
    assert main(words(cohort, tmp_path / "unbroken", options)) == 0
    steps = []
    step = loop._Run._step

    def stop_here(run, loaded, done):
        if len(steps) == stop:
            raise KeyboardInterrupt
        steps.append(1)
        step(run, loaded, done)

    monkeypatch.setattr(loop, "SAVE_S", -1.0)
    monkeypatch.setattr(loop._Run, "_step", stop_here)
    assert main(words(cohort, tmp_path / "broken", options)) == 130
    assert not (tmp_path / "broken").exists()
    monkeypatch.undo()
    assert "--resume goes on from the last checkpoint" in capsys.readouterr().err
    for option in other:
        assert main(words(cohort, tmp_path / "broken", f"{options} --resume {option}")) == 2, option
        assert "cannot be resumed" in capsys.readouterr().err
    assert main(words(cohort, tmp_path / "broken", f"{options} --resume")) == 0
    one, again = (read_bundle(tmp_path / name) for name in ("unbroken", "broken"))
    assert one.metadata.weights_sha256 == again.metadata.weights_sha256
    assert one.metadata.metrics == again.metadata.metrics


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("--epochs 0", "--epochs is 0; it must be at least 1"),
        ("--folds 1", "--folds is 1; 0, or from 2"),
        ("--patience 3 --folds 0", "--patience needs --folds from 3"),
        ("--patience 3 --folds 2", "--folds is 2; 0, or from 2 (from 3 with --patience) is allowed"),
        ("--minutes -1", "--minutes is -1.0; it must not be negative"),
        ("--rate 0", "--rate is 0.0; it must be more than 0"),
        ("--shape 8 15 16", "--shape is 8 15 16; multiples of 4 are allowed"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    more: str, message: str, cohort: Path, tmp_path: Path, capsys
):
    with pytest.raises(SystemExit):
        zhong2021_cnn.main(words(cohort, tmp_path / "out", more))
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("--blocks 1,2", "1,2: four numbers from 1 are allowed"),
        ("--size 8", "--size is 8 and --width 64; at least 32 and 2 are allowed"),
        ("--dimensions 3 --imagenet weights.pth", "--imagenet goes with --dimensions 2"),
    ],
)
def test_options_of_ning_that_make_no_sense_are_refused(more, message, cohort: Path, tmp_path: Path, capsys):
    with pytest.raises(SystemExit):
        ning2025_cnn.main(words(cohort, tmp_path / "out", more))
    assert message in capsys.readouterr().err


def test_a_cohort_without_scans_is_refused(tmp_path: Path, capsys):
    table = tmp_path / "cohort.csv"
    rows = [f"p{number},{number % 2}" for number in range(12)]
    table.write_text("\n".join(["patient,expansion", *rows]))
    assert zhong2021_cnn.main([*words(table, tmp_path / "out", ZHONG), "--data", "real"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("training.zhong2021_cnn: ")
    assert "baseline and baseline_mask" in said


@pytest.mark.parametrize(
    ("done", "factor"), [(0, 1), (19 / 40, 1), (20 / 40, 0.1), (29 / 40, 0.1), (30 / 40, 0.01), (1, 0.01)]
)
def test_the_rate_falls_at_epochs_20_and_30_of_40(done: float, factor: float):
    assert step_down(0.0, done) == factor


@pytest.mark.parametrize(("done", "factor"), [(0, 0.05), (0.09, 0.5), (0.19, 1), (0.3, 1), (0.5, 0.1)])
def test_with_a_warm_up_it_rises_first(done: float, factor: float):
    assert step_down(0.2, done) == pytest.approx(factor)


def test_the_loss_is_nine_parts_outline_and_one_part_expansion():
    """Logits of 20 where there is blood and -20 elsewhere: Dice 1; a logit of 0: cross-entropy ln 2."""
    outline = torch.zeros(2, 4, 8, 8)
    outline[:, 1:3, 2:6, 2:6] = 1
    batch = {"image": torch.zeros(2, 4, 8, 8), "outline": outline, "expansion": torch.tensor([1.0, 0.0])}

    def perfect(image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return 40 * outline - 20, torch.zeros(2)

    parts = loss(1.0, perfect, batch)
    assert float(parts["loss_outline"]) == pytest.approx(0, abs=1e-4)
    assert float(parts["loss_expansion"]) == pytest.approx(np.log(2))
    assert float(parts["loss"]) == pytest.approx(0.1 * np.log(2), abs=1e-4)
    # A patient with expansion who counts three times: (3 ln 2 + ln 2) / 2.
    assert float(loss(3.0, perfect, batch)["loss_expansion"]) == pytest.approx(2 * np.log(2))
    assert score(perfect, [batch]) == {"auc": 0.5, "dice": 1.0}


def test_the_weight_of_rare_patients_is_taken_out_of_the_answer():
    """With a weight of 3 the odds that are learnt are three times those of the patients."""
    torch.manual_seed(0)
    network = ZhongUNet3d(2).eval()
    image = torch.rand(1, 1, 4, 8, 8)
    with torch.inference_mode():
        before = float(network(image)[1])
        forget_balance(network, 3.0)
        assert float(network(image)[1]) == pytest.approx(before - np.log(3), abs=1e-5)


def prepared(folder: Path, **arrays: np.ndarray) -> Cached:
    folder.mkdir()
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
    return Cached(Patient(name=folder.name, expansion=True), folder)


def test_image_and_outline_of_zhong_are_varied_together(tmp_path: Path):
    """A box and its outline turn, grow and move by at most what the supplement says."""
    outline = np.zeros((16, 32, 32), np.uint8)
    outline[5:11, 11:21, 11:21] = 1
    volumes = Volumes(
        [prepared(tmp_path / "p", image=outline * np.float16(3), outline=outline)], (160, 160, 160)
    )
    batch = volumes.load([0])
    sizes, places = [], []
    for seed in range(20):
        varied = volumes.vary(batch, [np.random.default_rng(seed)])
        assert torch.allclose(varied["image"], 3 * varied["outline"], atol=1e-5)
        sizes.append(float(varied["outline"].sum()))
        weights = varied["outline"][0].sum((0, 1))
        places.append(float((weights * torch.arange(32)).sum() / weights.sum()))
    assert 0.9**3 * 0.98 * 600 < min(sizes) < 0.85 * 600
    assert 1.15 * 600 < max(sizes) < 1.1**3 * 1.02 * 600
    assert np.abs(np.array(places) - 15.5).max() == pytest.approx(3.2, abs=0.7)
    again = volumes.vary(batch, [np.random.default_rng(7)])
    assert torch.equal(again["image"], volumes.vary(batch, [np.random.default_rng(7)])["image"])


@pytest.mark.parametrize("shape", [(1, 32, 32), (24, 24, 24)])
def test_crops_of_ning_are_varied(shape: tuple[int, ...], tmp_path: Path):
    """Half of them are mirrored; shapes and range stay."""
    grey = np.zeros(shape, np.uint8)
    grey[..., : shape[-1] // 2] = 200
    crops = Crops([prepared(tmp_path / "p", grey=grey)])
    batch = crops.load([0])
    left = []
    for seed in range(40):
        varied = crops.vary(batch, [np.random.default_rng(seed)])["grey"]
        assert varied.shape == (1, *shape)
        assert varied.min() >= 0
        assert varied.max() <= 200.01
        half = shape[-1] // 2
        left.append(float(varied[..., :half].mean()) > float(varied[..., half:].mean()))
    assert 12 <= sum(left) <= 28


def test_a_slice_and_a_volume_become_what_their_networks_take():
    seen = []

    def network(image: torch.Tensor) -> torch.Tensor:
        seen.append((tuple(image.shape), float(image.max())))
        return functional.adaptive_avg_pool1d(image.flatten(1)[:, None], 1)[:, 0, 0]

    for shape in ((2, 1, 8, 8), (2, 8, 8, 8)):
        ning2025_cnn.logit(network, {"grey": torch.full(shape, 255, dtype=torch.uint8)})
    assert seen == [((2, 1, 8, 8), 1.0), ((2, 1, 8, 8, 8), 1.0)]


@pytest.fixture(scope="module")
def trained(cohort: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of Zhong's network, of 8 x 16 x 16 voxels."""
    out = tmp_path_factory.mktemp("trained") / "first"
    assert zhong2021_cnn.main(words(cohort, out, f"{ZHONG} --folds 0")) == 0
    return out


def test_a_classifier_alone_learns_on_a_finer_grid(trained: Path, cohort: Path, tmp_path: Path):
    second = ZHONG.replace("--shape 8 16 16", "--shape 12 20 20")
    more = f"{second} --folds 0 --initial {trained} --classifier-only"
    assert zhong2021_cnn.main(words(cohort, tmp_path / "second", more)) == 0
    before, after = (
        load_predictor(folder).predictor.network.state_dict() for folder in (trained, tmp_path / "second")
    )
    changed = {name.partition(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"classifier", "expansion"}
    metadata = read_bundle(tmp_path / "second").metadata
    assert metadata.preprocessing["shape_zyx"] == [12, 20, 20]
    assert metadata.training["classifier_only"] is True
    assert metadata.training["initial_weights"] == read_bundle(trained).metadata.weights_sha256


def test_all_layers_go_on_from_a_bundle(trained: Path, cohort: Path, tmp_path: Path):
    more = f"{ZHONG} --folds 0 --initial {trained} --rate 1e-12"
    assert zhong2021_cnn.main(words(cohort, tmp_path / "same", more)) == 0
    first, same = (
        load_predictor(folder).predictor.network.state_dict() for folder in (trained, tmp_path / "same")
    )
    for name in set(first) - {"expansion.bias"}:  # which the balance of the patients moves
        assert torch.allclose(first[name], same[name], atol=1e-6), name


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("--width 4", "has --width 2, not 4"),
        ("--initial no-such-folder", "no-such-folder"),
    ],
)
def test_a_bundle_that_does_not_fit_is_refused(
    more: str, message: str, trained: Path, cohort, tmp_path, capsys
):
    assert zhong2021_cnn.main(words(cohort, tmp_path / "out", f"{ZHONG} --initial {trained} {more}")) != 0
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_bundle_of_another_model_is_refused(cohort: Path, tmp_path: Path, capsys):
    other = ROOT / "Resources" / "models" / "fusion-simulated"
    assert zhong2021_cnn.main(words(cohort, tmp_path / "out", f"{ZHONG} --initial {other}")) != 0
    assert "is of fusion-rhe-ning; --initial takes one of zhong2021-cnn" in capsys.readouterr().err


def test_a_classifier_alone_needs_a_network(cohort: Path, tmp_path: Path, capsys):
    with pytest.raises(SystemExit):
        zhong2021_cnn.main(words(cohort, tmp_path / "out", f"{ZHONG} --classifier-only"))
    assert "--classifier-only goes with --initial" in capsys.readouterr().err

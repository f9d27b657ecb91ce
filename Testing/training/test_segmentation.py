"""Training the bundled network: its data, its batches, its scores, a few steps, and going on after a stop."""

import math
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from HematomaExpansionLib.bundle import read_bundle
from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.networks.haemorrhage_unet import CONTEXT_SLICES, HaemorrhageUNet
from HematomaExpansionLib.segmentation.bundle_network import load_network
from HematomaExpansionLib.segmentation.network_grid import UNSEEN_HU
from Testing.conftest import ROOT
from training import segmentation
from training.segmentation_batches import COLUMNS, ROWS, Batch, Sampler, vary
from training.segmentation_data import UNKNOWN, Prepared, find_cases, prepare, real_host
from training.segmentation_loss import SegmentationLoss, scores
from training.segmentation_run import LEARNING_RATE, Plan, Run, learning_rate

SAMPLE = ROOT / "Resources" / "sample"
CPU = torch.device("cpu")


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Sums in another order differ in the last bit."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two scans of the sample study as if they were two patients, one with a ventricle file."""
    folder = tmp_path_factory.mktemp("cases")
    for number, name in enumerate(("baseline", "followup-1"), 1):
        case = folder / f"case-{number}"
        case.mkdir()
        shutil.copy(SAMPLE / f"{name}.nii.gz", case / "baseline.nii.gz")
        shutil.copy(SAMPLE / f"{name}-labels.nii.gz", case / "baseline-labels.nii.gz")
    shutil.copy(SAMPLE / "followup-1-labels.nii.gz", folder / "case-2" / "baseline-ventricles.nii.gz")
    return folder


@pytest.fixture(scope="module")
def cache(cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def scans(cases: Path, cache: Path) -> list[Prepared]:
    return prepare(find_cases(cases), cache)


def test_prepared_scans_keep_their_volumes(scans: list[Prepared], truth: dict[str, dict[str, float]]):
    for scan, name in zip(scans, ("baseline", "followup-1"), strict=True):
        ml = np.sum(scan.counts, axis=0) * scan.voxel_ml
        assert ml[Label.ICH] == pytest.approx(truth[name]["ich"], rel=0.05)
        assert ml[Label.IVH] == pytest.approx(truth[name]["ivh"], rel=0.1, abs=0.05)
        assert np.count_nonzero(scan.targets[:, 0] == Label.ICH) * scan.voxel_ml == pytest.approx(ml[1])
        assert 900 < sum(scan.brain) * scan.voxel_ml < 2000


def test_ventricles_are_known_only_where_there_is_a_file(scans: list[Prepared]):
    assert np.all(scans[0].targets[:, 1] == UNKNOWN)
    assert set(np.unique(scans[1].targets[:, 1])) == {0, 1}


def test_a_prepared_scan_is_not_prepared_again_until_it_changes(cases, cache, scans, capsys):
    prepare(find_cases(cases), cache)
    assert capsys.readouterr().out == ""
    (cases / "case-1" / "baseline.nii.gz").touch()
    prepare(find_cases(cases), cache)
    assert capsys.readouterr().out == f"prepared {scans[0].name}\n"


def test_what_cannot_be_prepared_is_named_and_left_out(cases: Path, cache: Path, capsys):
    broken = cache / "broken.nii.gz"
    broken.write_bytes(b"no scan")
    assert prepare([real_host(broken)], cache) == []
    assert "left out: real-broken: broken.nii.gz: is not the NIfTI file" in capsys.readouterr().out


def test_the_same_step_gives_the_same_batch_and_another_step_another(scans: list[Prepared]):
    first, again, other = (Sampler(scans, 4, seed=3).draw(step, CPU) for step in (7, 7, 8))
    assert first.hu.shape == (4, CONTEXT_SLICES, ROWS, COLUMNS)
    assert torch.equal(first.hu, again.hu)
    assert torch.equal(first.classes, again.classes)
    assert not torch.equal(first.hu, other.hu)


def test_slices_are_balanced(scans: list[Prepared]):
    """A quarter of the draws is for IVH, though one scan has it, on a few slices; without a class, any."""
    sampler = Sampler(scans, 1, seed=1)
    rng = np.random.default_rng(1)
    drawn = [sampler._draw_slice(rng) for _ in range(2000)]
    ivh = np.mean([scans[scan].counts[z][Label.IVH] >= 10 for scan, z in drawn])
    assert 0.3 < ivh < 0.5
    assert all(scans[scan].brain[z] for scan, z in drawn)


def test_scan_and_targets_move_together():
    """A square of 80 HU stays where its label is, however it is turned."""
    hu = torch.full((8, CONTEXT_SLICES, 224, 192), 20, dtype=torch.int16)
    targets = torch.zeros((8, 2, 224, 192), dtype=torch.uint8)
    hu[..., 60:120, 50:100] = 80
    targets[..., 60:120, 50:100] = 1
    batch = vary(hu, targets, np.random.default_rng(5))
    assert torch.equal(batch.classes, batch.ventricles.long())
    bright = batch.hu[:, 2] > 50
    agree = 2 * (bright & (batch.classes == 1)).sum((1, 2)) / (bright.sum((1, 2)) + batch.classes.sum((1, 2)))
    assert agree.min() > 0.95


def test_nothing_of_the_unseen_comes_into_view():
    hu = torch.full((6, CONTEXT_SLICES, 224, 192), int(UNSEEN_HU), dtype=torch.int16)
    batch = vary(hu, torch.zeros((6, 2, 224, 192), dtype=torch.uint8), np.random.default_rng(2))
    assert batch.hu.max() < -500


def test_the_loss_is_least_for_the_truth_and_silent_where_it_is_unknown():
    classes = torch.zeros(2, 32, 32, dtype=torch.long)
    classes[:, 8:24, 8:24] = Label.ICH
    known, unknown = classes.to(torch.uint8), torch.full((2, 32, 32), UNKNOWN, dtype=torch.uint8)
    hu = torch.zeros(2, CONTEXT_SLICES, 32, 32)
    right = 20.0 * torch.nn.functional.one_hot(classes, 5).movedim(-1, 1)
    loss = SegmentationLoss()
    good, bad = 20.0 * (2 * classes - 1.0), 20.0 * (1 - 2.0 * classes)
    assert float(loss(right, good, Batch(hu, classes, known))) < 0.05
    assert float(loss(-right, good, Batch(hu, classes, known))) > 1
    assert float(loss(right, bad, Batch(hu, classes, known))) > 1
    assert float(loss(right, bad, Batch(hu, classes, unknown))) < 0.05


def test_scores_by_hand():
    """2 x 4 / (4 + 6) = 0.8; a scan with 0.2 mL counts for no Dice; 3 voxels of 0.1 mL are false."""
    true, found = np.zeros(20, np.uint8), np.zeros(20, np.uint8)
    true[:6], found[:4] = Label.ICH, Label.ICH
    little = np.zeros(20, np.uint8)
    little[:2] = Label.ICH
    false = np.zeros(20, np.uint8)
    false[:3] = Label.EXTRA_AXIAL
    clean = np.zeros(20, np.uint8)
    clean[5:9] = Label.OEDEMA
    pairs = [(found, true, 0.1), (found, little, 0.1), (false, clean, 0.1)]
    expected = {"dice_ich": 0.8, "dice_blood": 0.8, "dice_oedema": 0.0, "false_blood_ml": 0.3}
    assert scores(pairs) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("done", "rate"), [(0.03, 1.0), (0.515, 0.5), (1.0, 0.0), (0.03 + 0.97 / 3, 0.75), (0.0, 0.001 / 0.031)]
)
def test_learning_rate(done: float, rate: float):
    assert learning_rate(done) == pytest.approx(rate * LEARNING_RATE, abs=1e-9)


def test_a_plan_ends_by_steps_or_by_the_clock():
    assert Plan(10, 0.0, 1, 1, "").done(5, 1e9) == 0.5
    assert Plan(0, 2.0, 1, 1, "").done(10**9, 30.0) == 0.25
    assert Plan(0, 2.0, 1, 1, "").done(1, 130.0) == 1.0


def prepared(patient: str, host: str = "") -> Prepared:
    return Prepared(Path(), f"{patient}-baseline", patient, host, 0.003, [[1, 0, 0, 0, 0]], [1])


def test_a_patient_is_on_one_side_and_stays_there():
    patients = [f"p{number}" for number in range(60)]
    real = [prepared("r1", "ge"), prepared("r2", "ge"), prepared("r3", "inv")]
    scans = [prepared(name) for name in patients for _ in range(2)] + real
    training, validation, left_out = segmentation.split(scans, ["ge"])
    assert {scan.patient for scan in left_out} == {"r1", "r2"}
    chosen = {scan.patient for scan in validation}
    assert 2 <= len(chosen) <= 12
    assert chosen & {scan.patient for scan in training} == set()
    assert "r3" in {scan.patient for scan in training}
    assert len(training) + len(validation) + len(left_out) == len(scans)
    fewer = segmentation.split(scans[:60], [])[1]
    assert {scan.patient for scan in fewer} <= chosen


def test_a_resumed_run_ends_like_an_unbroken_one(scans: list[Prepared], tmp_path: Path):
    plan = Plan(steps=3, minutes=0.0, batch=2, seed=5, data="these")
    unbroken, first = Run(plan, scans, "cpu"), Run(plan, scans, "cpu")
    losses = [unbroken.step() for _ in range(3)]
    assert [first.step(), first.step()] == losses[:2]
    first.save(tmp_path / "checkpoint.pt")
    torch.manual_seed(99)
    resumed = Run(plan, scans, "cpu")
    resumed.resume(tmp_path / "checkpoint.pt")
    assert resumed.step() == losses[2]
    assert resumed.done == unbroken.done == 1.0
    for kind in ("network", "average"):
        one, other = (getattr(run, kind).state_dict() for run in (unbroken, resumed))
        assert all(torch.equal(one[key], other[key]) for key in one)

    with pytest.raises(UsageError, match="a run with seed 5 cannot be resumed with 6"):
        Run(Plan(3, 0.0, 2, 6, "these"), scans, "cpu").resume(tmp_path / "checkpoint.pt")


def test_the_command_trains_and_writes_a_bundle(cases: Path, cache: Path, tmp_path: Path, capsys):
    out = tmp_path / "bundle"
    command = ["--cases", cases, "--cache", cache, "--out", out, "--batch", 2, "--seed", 4, "--device", "cpu"]
    command = [str(word) for word in [*command, "--steps", 2, "--threads", 1]]
    assert segmentation.main(command) == 0
    bundle = read_bundle(out)
    assert bundle.metadata.training["steps"] == 2
    assert bundle.metadata.training["data"]["scans"] == 1
    assert set(bundle.metadata.metrics["validation"]) <= {
        "dice_ich",
        "dice_ivh",
        "dice_blood",
        "false_blood_ml",
    }
    assert str(tmp_path) not in (out / "metadata.json").read_text()
    assert bundle.metadata.weights_sha256 in (out / "MODEL_CARD.md").read_text()
    assert all(torch.isfinite(p).all() for p in load_network(HaemorrhageUNet, bundle, "cpu").parameters())
    run = tmp_path / "bundle-run"
    assert (run / "curves.png").read_bytes()[:4] == b"\x89PNG"
    table = (run / "curves.csv").read_text().splitlines()
    assert table[0].startswith("step,minutes,loss")
    assert math.isfinite(float(table[-1].split(",")[2]))

    assert segmentation.main([*command, "--resume"]) == 0
    assert read_bundle(out).metadata.weights_sha256 == bundle.metadata.weights_sha256
    capsys.readouterr()
    assert segmentation.main([*command, "--leave-out", "nobody"]) == 2
    said = capsys.readouterr().err
    assert said == "training.segmentation: --leave-out nobody: no such real head; there are none\n"
    assert segmentation.main([*command, "--cases", str(tmp_path)]) == 2
    assert "holds no cases" in capsys.readouterr().err

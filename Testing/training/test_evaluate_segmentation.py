"""Measures worked out by hand, and the whole evaluation on a case of the sample study."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from HematomaExpansionLib.errors import MissingInput, UnreadableFile
from HematomaExpansionLib.labels import Label
from training.evaluate_segmentation import Evaluation, evaluate, write
from training.evaluation.backends import Choice
from training.evaluation.cases import Kind, Refused, Scan, simulated
from training.evaluation.intervals import (
    bias,
    bias_percent,
    estimate,
    lower_limit,
    median,
    proportion,
    upper_limit,
)
from training.evaluation.measures import Class, Measures, hd95_mm, measure
from training.evaluation.record import Record
from training.evaluation.summary import Result, accuracy, cost, detection, dice_difference, false_volume

ALL = frozenset(Label) - {Label.BACKGROUND}


def cube(shift_z=0, shift_x=0):
    """A cube of 4 voxels a side in a grid of 12."""
    mask = np.zeros((12, 12, 12), bool)
    mask[3 + shift_z : 7 + shift_z, 3:7, 3 + shift_x : 7 + shift_x] = True
    return mask


def test_dice_and_volumes():
    truth, found = cube().astype(np.uint8), cube(shift_x=1).astype(np.uint8)
    measured = measure(truth, found, Class.ICH, ALL, ALL, (1, 1, 1), 0.5)
    assert measured is not None
    # 64 voxels each, 48 in common.
    assert (measured.truth_ml, measured.found_ml, measured.overlap_ml) == (32, 32, 24)
    assert measured.dice == 0.75


def test_dice_is_not_defined_without_truth_and_distance_not_without_both():
    none, some = np.zeros((12, 12, 12), np.uint8), cube().astype(np.uint8)
    absent = measure(none, some, Class.ICH, ALL, ALL, (1, 1, 1), 0.5)
    missed = measure(some, none, Class.ICH, ALL, ALL, (1, 1, 1), 0.5)
    assert absent is not None
    assert (absent.dice, absent.hd95_mm, absent.found_ml) == (None, None, 32)
    assert missed is not None
    assert (missed.dice, missed.hd95_mm) == (0, None)


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        (cube(), cube(), 0.0),
        (cube(), cube(shift_x=1), 1.5),  # a face of 16 of 56 surface voxels lies 1 voxel of 1.5 mm away
        (cube(), cube(shift_z=1), 5.0),
        (cube(), cube(shift_x=3), 4.5),
    ],
)
def test_hd95(truth, found, expected):
    assert hd95_mm(truth, found, (5.0, 1.0, 1.5)) == pytest.approx(expected)


def test_a_class_that_either_side_cannot_tell_is_not_measured():
    truth = np.zeros((2, 2, 2), np.uint8)
    truth[0, 0] = [Label.ICH, Label.EXTRA_AXIAL]
    found = np.where(truth > 0, Label.ICH, 0).astype(np.uint8)
    two = frozenset({Label.ICH, Label.IVH})
    assert measure(truth, found, Class.EXTRA_AXIAL, two, ALL, (1, 1, 1), 1.0) is None
    assert measure(truth, found, Class.OEDEMA, ALL, two, (1, 1, 1), 1.0) is None
    together = measure(truth, found, Class.ANY, two, ALL, (1, 1, 1), 1.0)
    assert together is not None
    assert together.dice == 1.0


def test_bias_and_limits_of_agreement():
    # Differences 1, -1 and 3: mean 1, standard deviation 2.
    values = np.array([[10, 11], [20, 19], [30, 33]], float)
    assert bias(values) == pytest.approx(1)
    assert bias_percent(values) == pytest.approx(5)
    assert lower_limit(values) == pytest.approx(1 - 1.96 * 2)
    assert upper_limit(values) == pytest.approx(1 + 1.96 * 2)
    with_absent = np.concatenate([values, [[np.nan, np.nan]]])
    assert upper_limit(with_absent) == pytest.approx(1 + 1.96 * 2)


def test_intervals_draw_whole_patients():
    # Two patients: with one chance in four both draws are the first one, whose scans all say 0.
    few = estimate([(0,), (0,), (10,), (10,), (10,)], ["a", "a", "b", "b", "b"], median)
    assert (few.value, few.low, few.high) == (10, 0, 10)
    alike = estimate([(3,), (5,), (3,), (5,)], ["a", "a", "b", "b"], median)
    assert (alike.value, alike.low, alike.high) == (4, 4, 4)
    single = estimate([(3,), (5,)], ["a", "a"], median)
    assert (single.value, single.low, single.high) == (4, None, None)


def test_proportions_are_wilson():
    found = proportion(17, 21)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.6000, 0.9233), abs=1e-4)
    assert proportion(0, 0) is None


def result(patient="a", time_point="baseline", truth=0.0, found=0.0, overlap=None, seconds=1.0, hd95=None):
    """A result of one class, IVH."""
    overlap = min(truth, found) if overlap is None else overlap
    dice = 2 * overlap / (truth + found) if truth else None
    measures: dict[Class, Measures | None] = dict.fromkeys(Class)
    measures[Class.IVH] = Measures(truth, found, overlap, dice, hd95)
    return Result(
        Kind.SIMULATED,
        patient,
        time_point,
        "x",
        {"device": "cpu"},
        seconds,
        2 * seconds,
        5.0,
        300.0,
        measures,
    )


def test_accuracy_by_stratum():
    results = [
        result("a", truth=2, found=1, hd95=1.0),
        result("b", truth=4, found=4, hd95=3.0),
        result("c", truth=40, found=44, hd95=2.0),
        result("d", truth=0, found=9),
        result("e", truth=3, found=0),
    ]
    whole, middle = accuracy(results, Class.IVH), accuracy(results, Class.IVH, (1, 5))
    assert whole is not None
    assert middle is not None
    assert (whole.scans, whole.not_found, middle.scans) == (4, 1, 3)
    assert middle.bias_ml.value == pytest.approx((-1 + 0 - 3) / 3)
    assert middle.bias_percent.value == pytest.approx(100 * (5 / 9 - 1))
    assert middle.typical_bias_percent.value == -50  # of -50, 0 and -100 %
    assert whole.typical_bias_percent.value == -25  # 10 % more in the fourth
    assert middle.dice.value == pytest.approx(2 / 3)
    assert middle.hd95_mm is not None
    assert middle.hd95_mm.value == 2.0
    assert accuracy(results, Class.IVH, (5, 30)) is None
    assert accuracy(results, Class.ICH) is None


def test_detection():
    results = [
        result("a", truth=2, found=1),  # noticed
        result("b", truth=2, found=0.3),  # too little
        result("c", truth=2, found=2, overlap=0),  # elsewhere
        result("d", truth=0.4, found=0),  # neither sizeable nor absent
        result("e", truth=0, found=0.3),
        result("e", "followup-1", truth=3, found=2),  # new, both noticed
        result("f", truth=0, found=0.6),
        result("f", "followup-1", truth=3, found=3),  # called present before it was
        result("a", "followup-1", truth=5, found=5),  # not new
    ]
    found = detection(results, Class.IVH)
    assert found.sensitivity is not None
    assert (found.sensitivity.count, found.sensitivity.of) == (4, 6)
    assert found.specificity is not None
    assert (found.specificity.count, found.specificity.of) == (1, 2)
    assert found.de_novo is not None
    assert (found.de_novo.count, found.de_novo.of) == (1, 2)
    false = false_volume(results, Class.IVH)
    assert false is not None
    assert (false.scans, false.median_ml, false.largest_ml) == (2, pytest.approx(0.45), 0.6)


def test_time_is_compared_scan_by_scan():
    fast = [result("a", seconds=1), result("b", seconds=2)]
    slow = [result("a", seconds=10), result("b", seconds=40)]
    found = cost(slow, fast)
    assert found.seconds.value == 25
    assert found.times_reference is not None
    assert found.times_reference.value == 15
    assert found.cpu_seconds.value == 50
    assert found.cpu_times_reference is not None
    assert found.cpu_times_reference.value == 15


@pytest.fixture(scope="module")
def evaluation(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    """One scan of the sample study, one file that is no head CT, and a back-end that is not there."""
    folder = tmp_path_factory.mktemp("cases")
    case = folder / "case-0001"
    case.mkdir()
    truth = json.loads((sample / "truth.json").read_text())
    (baseline, *_) = truth["scans"]
    truth["scans"] = [baseline, baseline | {"name": "followup-1", "image": "broken.nii.gz"}]
    (case / "truth.json").write_text(json.dumps(truth))
    (case / "broken.nii.gz").write_text("no scan")
    for key in ("image", "labels"):
        shutil.copy(sample / baseline[key], case)
    bundle = folder / "no-bundle"
    choices = [Choice("bundled", weights=bundle), Choice("threshold")]
    return evaluate(simulated(folder), choices, Record(folder / "results.jsonl", resume=False))


def test_the_threshold_backend_on_the_sample(evaluation: Evaluation, truth):
    (scan,) = evaluation.results["threshold"]
    assert scan.kind is Kind.SIMULATED
    ich = scan.measures[Class.ICH]
    assert ich is not None
    assert ich.truth_ml == pytest.approx(truth["baseline"]["ich"], rel=0.01)
    assert ich.dice is not None
    assert ich.dice > 0.85
    assert scan.measures[Class.OEDEMA] is None
    assert scan.seconds > 0
    assert scan.peak_mb > 50


def test_what_could_not_be_measured_is_named(evaluation: Evaluation):
    assert list(evaluation.results) == ["threshold"]
    assert "no-bundle" in evaluation.absent["bundled"]
    ((name, reason),) = evaluation.left_out.items()
    assert name.endswith("case-0001 followup-1")
    assert "broken.nii.gz" in reason


def test_files(evaluation: Evaluation, tmp_path: Path):
    (scan,) = evaluation.results["threshold"]
    two = [scan, replace(scan, kind=Kind.PASTED, patient="b"), replace(scan, kind=Kind.CLEAN, patient="c")]
    write(replace(evaluation, results={"threshold": two}), tmp_path)
    table = (tmp_path / "table.md").read_text()
    for words in (
        "## Accuracy, simulated",
        "## Accuracy, pasted bleeds",
        "(clean)",
        "no-bundle",
        "broken.nii.gz",
    ):
        assert words in table
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    measured = metrics["backends"]["threshold"]["simulated"]["ich"]["accuracy"]["all"]
    assert measured["dice"]["value"] == scan.measures[Class.ICH].dice
    with (tmp_path / "cases.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} == {"simulated", "pasted bleeds", "clean"}
    assert {path.name for path in tmp_path.glob("*.png")} == {
        "bland-altman-simulated.png",
        "bland-altman-pasted-bleeds.png",
    }


def test_a_folder_without_cases_is_refused(tmp_path: Path):
    with pytest.raises(MissingInput, match="no case folder"):
        list(simulated(tmp_path))


def test_a_refused_scan_is_a_name_and_a_reason(tmp_path: Path):
    record = Record(tmp_path / "results.jsonl", resume=False)
    found = evaluate([Refused("case 7", "too short")], [Choice("threshold")], record)
    assert found.left_out == {"case 7": "too short"}


def test_differences_are_taken_scan_by_scan():
    one = [result("a", truth=2, found=2), result("b", truth=4, found=2), result("c", truth=1, found=1)]
    two = [result("b", truth=4, found=4), result("a", truth=2, found=1), result("d", truth=1, found=1)]
    found = dice_difference(two, one, Class.IVH)
    assert found is not None
    # b: 1 - 2/3, a: 2/3 - 1; c and d have no partner.
    assert found.value == pytest.approx(0)
    assert found.high == pytest.approx(1 / 3)
    assert dice_difference(two, one, Class.ICH) is None


def test_an_interrupted_evaluation_goes_on(evaluation: Evaluation, tmp_path: Path):
    (done,) = evaluation.results["threshold"]
    record = Record(tmp_path / "results.jsonl", resume=False)
    record.add(done)
    again = Record(tmp_path / "results.jsonl", resume=True)
    scan = Scan(done.kind, done.patient, done.time_point, None, np.zeros(0, np.uint8), frozenset())
    found = again.find(scan, "threshold")
    assert found is not None
    # JSON knows no tuples, which some parameters are.
    assert replace(found, provenance=done.provenance) == done
    assert again.find(scan, "bundled") is None
    assert evaluate([scan], [Choice("threshold")], again).results == {"threshold": [found]}
    assert Record(tmp_path / "results.jsonl", resume=False).find(scan, "threshold") is None
    (tmp_path / "results.jsonl").write_text("{}\n")
    with pytest.raises(UnreadableFile, match="line 1"):
        Record(tmp_path / "results.jsonl", resume=True)

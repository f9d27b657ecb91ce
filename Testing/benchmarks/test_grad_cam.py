"""The benchmark of heat maps: whom it looks at, what it counts, and what it refuses."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.prediction.model_bundle import save_predictor
from HematomaExpansionLib.prediction.predictor import Predictor, Threshold
from HematomaExpansionLib.prediction.registry import predictor_class
from Testing.benchmarks.grad_cam import Row, behind_mm, by_chance, main, table
from Testing.explanation.test_heat_maps import fusion
from Testing.prediction.heads import head
from Testing.prediction.synthetic import patients
from Testing.prediction.tiny import ning, zhong
from Testing.training.heads import write_cohort
from training.classical.cohort import fingerprint
from training.classical.study import STUDIES
from training.image_cohort import read_image_cohort

SEED = 3


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve patients, of whom those of odd number expand."""
    return write_cohort(tmp_path_factory.mktemp("cohort"), 12)


def bundle(predictor: Predictor, folder: Path, sha256: str = "") -> Path:
    data = {"source": "simulated", "sha256": sha256}
    training = {"seed": SEED, "data": data}
    save_predictor(predictor, folder, training=training, metrics={}, simulated=True)
    return folder


def run(model: Path, cohort: Path, out: Path, *more: str) -> list[dict[str, str]]:
    words = ["--model", str(model), "--cohort", str(cohort), "--out", str(out), "--device", "cpu"]
    assert main([*words, *more]) == 0
    with (out / "peaks.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_those_who_were_held_out_and_expanded(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    divided = read_image_cohort(STUDIES["zhong2021"], cohort, SEED)
    expanded = [one.name for one in divided.held_out if one.expansion]
    assert 0 < len(expanded) < 6
    model = bundle(
        replace(zhong(), threshold=Threshold(0, "by hand")), tmp_path, fingerprint(divided.training)
    )
    rows = run(model, cohort, tmp_path / "out")
    assert [row["patient"] for row in rows] == expanded
    # The network passes brightness on, and the skull is stripped: the blood is the brightest.
    assert {row["place"] for row in rows} == {"inside"}
    said = capsys.readouterr().out
    assert f"| of these predicted positive | {len(expanded)} |" in said
    assert "**1.000 (" in said
    assert "Trained on simulated patients" in said
    assert (tmp_path / "out" / "grad_cam.md").read_text(encoding="utf-8") == said


def test_all_of_a_table_but_no_more_than_asked(cohort: Path, tmp_path: Path):
    model = bundle(replace(ning(), threshold=Threshold(0, "by hand")), tmp_path)
    rows = run(model, cohort, tmp_path / "out", "--all", "--patients", "2")
    assert [row["patient"] for row in rows] == ["p1", "p3"]


def test_without_positives_there_is_no_share(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    model = bundle(replace(ning(), threshold=Threshold(1, "by hand")), tmp_path)
    assert run(model, cohort, tmp_path / "out", "--all") == []
    said = capsys.readouterr().out
    assert "| patients with expansion who were looked at | 6 |" in said
    assert "**not available**" in said
    # Who is called negative has a map, too, for those who ask for it.
    rows = run(model, cohort, tmp_path / "negative", "--all", "--negative")
    assert [row["patient"] for row in rows] == ["p1", "p3", "p5", "p7", "p9", "p11"]
    assert {row["positive"] for row in rows} == {"False"}
    assert "| of these predicted positive | 0 |" in capsys.readouterr().out


def test_table_counts_by_hand():
    """Five of six: (0.8333 + 3.8415 / 12 ± 1.96 √(0.02315 + 0.02668)) / (1 + 3.8415 / 6)."""
    rows = [Row(str(n), 0.9, True, "inside", 0.0, 2.0, 0.2) for n in range(4)]
    rows += [Row("rim", 0.9, True, "rim", 3.0, -4.0, 0.5), Row("off", 0.2, False, "outside", 9.0, 20.0, 0.5)]
    said = table("a-model", rows, 8)
    assert "| of these predicted positive | 5 |" in said
    assert "| heat maps asked for | 6 |" in said
    assert "| **inside or at the rim (95 % Wilson interval)** | **0.833 (0.436-0.970)** |" in said
    assert "| the same for a random place of what the network saw | 0.300 |" in said
    assert "| distance of the peak, median, mm | 0.0 |" in said
    # Four at 2, one at -4, one at 20: the squares about their mean of 4 sum to 336.
    assert "| peak behind the centroid of the haematoma | 5 of 6 |" in said
    assert "| by so many mm, mean (SD) of all | 4.0 (8.2) |" in said
    # Who has no map is missed.
    missed = table("a-model", [*rows, Row("none", 0.9, True, "", None, None, 0.2, "no")], 8)
    assert "**0.714 (" in missed
    assert "5 of 6 |" in missed


def test_behind_is_posterior_to_the_centroid():
    subject = head()
    shape = sitk.LabelShapeStatisticsImageFilter()
    shape.Execute(subject.labels)
    x, y, z = shape.GetCentroid(Label.ICH)
    assert behind_mm((x + 3, y + 12, z - 5), subject.labels) == pytest.approx(12, abs=0.05)
    assert behind_mm((x, y - 7, z), subject.labels) == pytest.approx(-7, abs=0.05)
    assert behind_mm(None, subject.labels) is None
    assert behind_mm((x, y, z), subject.labels * 0) is None


def test_a_crop_round_the_haematoma_can_hardly_miss_it():
    """The ball fills π/4 of the square about it, the rim most of the rest; of a head, little."""
    subject = head()
    assert by_chance(ning(), subject.patient) > 0.9
    assert 0.005 < by_chance(zhong(), subject.patient) < 0.1


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (ning, "its training patients are not those of the model"),
        (lambda: fusion(zhong()), "has no heat map of its own"),
        (lambda: predictor_class("zhong2021-volume").fit(patients(80, seed=2), 1), "has no heat map"),
    ],
)
def test_refused(made, message: str, cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    with pytest.raises(SystemExit) as ended:
        main(["--model", str(bundle(made(), tmp_path)), "--cohort", str(cohort)])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err

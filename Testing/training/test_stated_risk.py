"""The risk that the simulator states, read from its table, and learnt from in place of outcomes."""

from pathlib import Path

import pytest
import torch

from HematomaExpansionLib.bundle import read_bundle
from HematomaExpansionLib.prediction.patient import Patient
from training import zhong2021_cnn
from training.cnn_training import Training
from training.scan_cache import Cached
from training.stated_risk import stated_risks

from .heads import write_cohort

TINY = "--shape 8 16 16 --field 160 200 160 --width 2 --epochs 1 --copies 1 --batch 2 --folds 0 --device cpu"


def with_risk(cohort: Path, risks: dict[str, str]) -> Path:
    """Add the column to a table, empty for whom no risk is given."""
    head, *rows = cohort.read_text().splitlines()
    rows = [f"{row},{risks.get(row.split(',')[0], '')}" for row in rows]
    cohort.write_text("\n".join([f"{head},risk", *rows]))
    return cohort


def test_the_risks_of_the_patients_asked_for(tmp_path: Path):
    table = tmp_path / "cohort.csv"
    table.write_text("patient,risk\na,0.25\nb,0.5\nc,\n")
    assert stated_risks(table, {"a", "b"}) == {"a": 0.25, "b": 0.5}
    assert stated_risks(table, {"a", "c"}) == {}
    assert stated_risks(table, {"a", "d"}) == {}
    table.write_text("patient,age_years\na,70\n")
    assert stated_risks(table, {"a"}) == {}


@pytest.mark.parametrize(
    ("expansion", "risk", "learnt"), [(True, None, 1), (False, None, 0), (True, 0.2, 0.2)]
)
def test_a_risk_is_learnt_instead_of_the_outcome(expansion, risk, learnt, tmp_path: Path):
    assert Cached(Patient(name="a", expansion=expansion), tmp_path, risk).learnt == learnt


def test_the_command_learns_risks_and_is_scored_on_outcomes(tmp_path: Path, monkeypatch):
    cohort = with_risk(write_cohort(tmp_path, 12), {f"p{number}": f"0.{number + 10}" for number in range(12)})
    seen: dict[str, list[float]] = {"learnt": [], "shown": []}
    fit = Training.fit

    def look(self, name, learnt, shown, epochs):
        task = self.recipe.task

        def looked(network, training, validation, positive):
            for kind, examples in (("learnt", training), ("shown", validation)):
                seen[kind] += examples.load(range(len(examples)))["expansion"].tolist()
            return task(network, training, validation, positive)

        monkeypatch.setattr(type(self.recipe), "task", lambda _, *given: looked(*given))
        return fit(self, name, learnt, shown, epochs)

    monkeypatch.setattr(Training, "fit", look)
    threads = torch.get_num_threads()
    words = ["--cohort", str(cohort), "--out", str(tmp_path / "out"), *TINY.split(), "--learn-risk"]
    assert zhong2021_cnn.main(words) == 0
    torch.set_num_threads(threads)
    assert seen["learnt"]
    assert all(0.1 <= risk < 0.22 for risk in seen["learnt"])
    assert set(seen["shown"]) == {0.0, 1.0}
    assert read_bundle(tmp_path / "out").metadata.training["learnt"] == "the risk that the simulator states"


@pytest.mark.parametrize(
    ("data", "risks", "message"),
    [
        ("real", {f"p{number}": "0.5" for number in range(12)}, "of real patients; only simulated ones"),
        ("simulated", {"p1": "0.5"}, "no column risk with the risk of every training patient"),
    ],
)
def test_patients_without_a_stated_risk_are_refused(data, risks, message, tmp_path: Path, capsys):
    cohort = with_risk(write_cohort(tmp_path, 12), risks)
    words = ["--cohort", str(cohort), "--out", str(tmp_path / "out"), *TINY.split(), "--learn-risk"]
    if data == "real":
        (tmp_path / "cohort-dictionary.json").unlink()
    assert zhong2021_cnn.main([*words, "--data", data]) == 3
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()

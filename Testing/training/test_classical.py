"""Fitting the classical models by command: sets, refusals, and that no test patient is in any bundle."""

import csv
from pathlib import Path

import numpy as np
import pytest

from HematomaExpansionLib.prediction.registry import load_predictor
from HematomaExpansionLib.statistics.delong import delong_auc
from training.classical.cohort import study_cohort
from training.classical.command import main
from training.classical.study import STUDIES
from training.simulate.cohort import draw_cohort, write_cohort

from .papers_cohort import write, write_inputs

PAPERS = tuple(STUDIES)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_inputs(tmp_path_factory.mktemp("inputs"), 240, 5)


def fit(paper: str, cohort: Path, out: Path, *more: object) -> None:
    features = cohort.with_name("features.csv")
    main(paper, [str(one) for one in ("--cohort", cohort, "--out", out, "--radiomics", features, *more)])


def bundles(folder: Path) -> dict[str, bytes]:
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in sorted(folder.glob("*/*"))}


def shuffled(cohort: Path, folder: Path) -> Path:
    """The same table with the outcomes of the test and external patients dealt anew among them."""
    with cohort.open() as stream:
        header, *rows = list(csv.reader(stream))
    outcome = [
        header.index(name)
        for name in ("ich_ml", "ivh", "ivh_ml", "followup_ich_ml", "followup_ivh_ml", "expansion")
    ]
    held_out = [n for n, row in enumerate(rows) if row[-1] != "train"]
    dealt = np.random.default_rng(0).permutation(held_out)
    other = [list(row) for row in rows]
    for n, source in zip(held_out, dealt, strict=True):
        for column in outcome:
            other[n][column] = rows[source][column]
    assert other != rows
    write(folder / "cohort.csv", [header, *other])
    for name in ("features.csv", "cohort-dictionary.json"):
        (folder / name).write_bytes(cohort.with_name(name).read_bytes())
    return folder / "cohort.csv"


@pytest.mark.parametrize("paper", PAPERS)
def test_no_test_patient_is_in_a_bundle(paper: str, inputs: Path, tmp_path: Path):
    fit(paper, inputs, tmp_path / "a")
    other = shuffled(inputs, tmp_path)
    fit(paper, other, tmp_path / "b")
    first, second = bundles(tmp_path / "a"), bundles(tmp_path / "b")
    assert {name.partition("/")[0] for name in first} == set(STUDIES[paper].models)
    assert first == second
    assert (tmp_path / "a/predictions.csv").read_bytes() != (tmp_path / "b/predictions.csv").read_bytes()


def test_training_labels_do_count(inputs: Path, tmp_path: Path):
    """The counterpart: the leak test could not pass by chance."""
    fit("zhong2021", inputs, tmp_path / "a", "--model", "zhong2021-volume")
    text = (
        inputs.read_text()
        .replace(",train\n", ",swap\n")
        .replace(",test\n", ",train\n")
        .replace(",swap\n", ",test\n")
    )
    for name in ("features.csv", "cohort-dictionary.json"):
        (tmp_path / name).write_bytes(inputs.with_name(name).read_bytes())
    (tmp_path / "cohort.csv").write_text(text)
    fit("zhong2021", tmp_path / "cohort.csv", tmp_path / "b", "--model", "zhong2021-volume")
    assert bundles(tmp_path / "a").keys() == bundles(tmp_path / "b").keys()
    weights = "zhong2021-volume/weights.safetensors"
    assert bundles(tmp_path / "a")[weights] != bundles(tmp_path / "b")[weights]


def test_predictions_are_those_of_the_bundle(inputs: Path, tmp_path: Path):
    fit("lee2024", inputs, tmp_path)
    model = load_predictor(tmp_path / "lee2024-clinical")
    cohort = study_cohort(STUDIES["lee2024"], inputs, 1)
    with (tmp_path / "predictions.csv").open() as stream:
        rows = {row["patient"]: row for row in csv.DictReader(stream)}
    assert len(rows) == len(cohort.patients)
    for patient in cohort.patients[:30]:
        said, row = model.predict(patient), rows[patient.name]
        assert row["set"] == patient.split
        if said.probability is None:
            assert (row["probability"], row["reason"]) == ("", said.reason)
        else:
            assert float(row["probability"]) == pytest.approx(said.probability, abs=1e-9)


def test_division_by_the_paper(tmp_path: Path):
    path = tmp_path / "cohort.csv"
    write_cohort(draw_cohort(200, 2), path, 2)
    for paper, share in (("lee2024", 111 / 569), ("ning2025", 0.3), ("lu2024", 100 / 280)):
        cohort = study_cohort(STUDIES[paper], path, 1)
        train, test = cohort.of("train"), cohort.of("test")
        assert len(test) == pytest.approx(share * len(cohort.patients), abs=1)
        grew = [np.mean([bool(one.expansion) for one in part]) for part in (train, test)]
        assert grew[0] == pytest.approx(grew[1], abs=0.02)
        assert not {one.name for one in train} & {one.name for one in test}
    zhong = study_cohort(STUDIES["zhong2021"], path, 1)
    assert set(zhong.excluded) == {"CT more than 8 h after onset", "infratentorial"}
    assert len(zhong.patients) + sum(zhong.excluded.values()) == zhong.read == 200
    again = study_cohort(STUDIES["zhong2021"], path, 1)
    assert [one.split for one in again.patients] == [one.split for one in zhong.patients]
    other = study_cohort(STUDIES["zhong2021"], path, 2)
    assert [one.split for one in other.patients] != [one.split for one in zhong.patients]


@pytest.mark.parametrize(
    ("lines", "more", "message"),
    [
        (
            ["patient,ich_ml,expansion", "a,10,1"],
            [],
            "simulated patients or real ones? No data dictionary says",
        ),
        (
            ["patient,ich_ml,expansion", "a,10,1"],
            ["--data", "real"],
            "1 of 1 patients of the population of zhong2021",
        ),
        (
            ["patient,ich_ml,expansion,split", "a,10,1,train", "b,5,0,"],
            ["--data", "real"],
            "split: empty for b",
        ),
        (
            ["patient,ich_ml,expansion,split", "a,10,1,train", "b,5,0,test"],
            ["--data", "real"],
            "the train set needs patients with and without che-strict",
        ),
    ],
)
def test_refused(
    lines: list[str], more: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "c.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(SystemExit) as ended:
        main("zhong2021", ["--cohort", str(path), "--out", str(tmp_path / "o"), *more])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_between_chance_and_the_ceiling(tmp_path: Path):
    """On held-out simulated patients, each model that needs no images; the AUC with its interval.

    BAT is the weakest here: in the latent risk only hypodensity and the hours to the CT speak for it.
    """
    path = tmp_path / "cohort.csv"
    ceiling = write_cohort(draw_cohort(1500, 8), path, 8)["best_reachable_auc"]
    for paper in ("lee2024", "ning2025", "zhong2021"):
        main(paper, ["--cohort", str(path), "--out", str(tmp_path / paper)])
        with (tmp_path / paper / "predictions.csv").open() as stream:
            rows = [row for row in csv.DictReader(stream) if row["set"] == "test" and row["probability"]]
        for model in {row["model"] for row in rows}:
            own = [row for row in rows if row["model"] == model]
            found = delong_auc(
                [int(row["expansion"]) for row in own], [float(row["probability"]) for row in own]
            )
            assert found.value < ceiling, model
            assert found.interval is not None, model
            assert (found.value if model == "zhong2021-bat" else found.interval.low) > 0.5, model

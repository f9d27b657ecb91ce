"""The four papers' tables and figures from a simulated cohort, through the command."""

import csv
from pathlib import Path

import pytest

from training.classical.cohort import study_cohort
from training.classical.fitted import Fitted
from training.classical.study import STUDIES
from training.reproduce.__main__ import main
from training.reproduce.checklists import OPEN
from training.reproduce.figures import named
from training.reproduce.run import Run
from training.reproduce.table import published

from .papers_cohort import write, write_inputs

FILES = {
    "lee2024": [
        *(f"lee2024-table-{n}.{kind}" for n in (1, 2, 3) for kind in ("csv", "md")),
        "lee2024-selection.csv",
        "figure-3a-roc.png",
        "figure-3b-calibration.png",
    ],
    "ning2025": [
        *(f"ning2025-table-{n}.{kind}" for n in (1, 2, 3) for kind in ("csv", "md")),
        *(f"figure-4{panel}-roc.png" for panel in "abcdef"),
        "figure-6a-confusion.png",
        "figure-6b-confusion.png",
        "figure-7a.png",
        "figure-7b.csv",
    ],
    "zhong2021": [
        *(f"zhong2021-table-{n}.{kind}" for n in (1, 2) for kind in ("csv", "md")),
        "supplemental-figure-2-roc.png",
    ],
    "lu2024": [
        *(f"lu2024-table-{n}.{kind}" for n in ("1a", "1b", "2") for kind in ("csv", "md")),
        *(f"figure-{n}-{kind}.png" for n in (6, 7) for kind in ("pr", "roc", "confusion")),
    ],
}
COMMON = [
    "README.md",
    "predictions.csv",
    "checklist-claim.md",
    "checklist-clear.md",
    "checklist-tripod-ai.md",
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every paper, with features and the predictions of some networks."""
    folder = tmp_path_factory.mktemp("reproduce")
    cohort = write_inputs(folder, 300, 5)
    for paper in FILES:
        more = ["--radiomics", folder / "features.csv", "--predictions", folder / "predictions.csv"]
        main([paper, "--cohort", str(cohort), "--out", str(folder / paper), *map(str, more)])
    return folder


def rows(runs: Path, paper: str, table: str, keys: int = 1) -> dict[object, dict[str, str]]:
    with (runs / paper / f"{table}.csv").open() as stream:
        header, *lines = list(csv.reader(stream))
    return {
        line[0] if keys == 1 else tuple(line[:keys]): dict(zip(header, line, strict=True)) for line in lines
    }


@pytest.mark.parametrize("paper", FILES)
def test_every_file(paper: str, runs: Path):
    absent = [name for name in (*FILES[paper], *COMMON) if not (runs / paper / name).stat().st_size]
    assert not absent
    index = (runs / paper / "README.md").read_text()
    assert "The patients are simulated: no figure of this cohort is accuracy on patients." in index
    assert all(name in index for name in FILES[paper] if name.endswith(".png"))


@pytest.mark.parametrize("paper", FILES)
def test_published_cells_stand_beside_those_of_the_cohort(paper: str, runs: Path):
    for path in (runs / paper).glob(f"{paper}-table-*.csv"):
        with path.open() as stream:
            header, *lines = list(csv.reader(stream))
        expected_header, expected = published(path.stem)
        assert [one.removeprefix("published: ") for one in header[: len(expected_header)]] == list(
            expected_header
        )
        assert [tuple(line[: len(expected_header)]) for line in lines] == list(expected)
        assert header[-1] == "input of this cohort"
        assert {line[-1] for line in lines} == {"simulated"}


def test_lee(runs: Path):
    table = rows(runs, "lee2024", "lee2024-table-3")
    for model in ("Image-to-HE", "Clinical-to-HE"):
        low, high = table[model]["this cohort: AUC"].partition("[")[2].rstrip("]").split(", ")
        assert 0 <= float(low) < float(high) <= 1
    assert table["Integrated-to-HE"]["this cohort: AUC"] == "not trained"
    ratios = rows(runs, "lee2024", "lee2024-table-2")
    # The networks of the test know the risk: their score is significant, and AIC falls.
    assert ratios["nDL score"]["this cohort: Image-to-HE P"] == "<0.001"
    aic = [float(ratios["AIC"][f"this cohort: {model}-to-HE OR"]) for model in ("Clinical", "Integrated")]
    assert aic[1] < aic[0]
    assert ratios["LRT against Clinical-to-HE"]["this cohort: Integrated-to-HE P"] == "<0.001"
    counts = rows(runs, "lee2024", "lee2024-table-1")
    male, female = counts["Sex (male:female)"]["this cohort: HE"].split(":")
    assert int(male) + int(female) > 0


def test_ning(runs: Path):
    table = rows(runs, "ning2025", "ning2025-table-3", 2)
    for model in ("BRAIN score", "Clinical-radiologic", "Combined-logistic", "Combined-SVM", "2D-ResNet-101"):
        for wanted in ("train", "test", "external"):
            assert table[model, wanted]["this cohort: AUC (95% CI)"][:2] in ("0.", "1.")
    assert table["2D-ResNet-152", "test"]["this cohort: F1"] == "not trained"
    compared = rows(runs, "ning2025", "figure-7a")
    assert compared["2D-ResNet-101"]["P against 2D-ResNet-101"] == ""
    assert compared["BRAIN score"]["P against 2D-ResNet-101"][0] in "<01"
    first = rows(runs, "ning2025", "ning2025-table-1")
    assert first["SAH"]["this cohort: train rHE"] == "not in the cohort"
    assert first["Location"]["this cohort: train P"][0] in "<01"
    assert first["Deep"]["this cohort: external rHE"].endswith(")")
    ratios = rows(runs, "ning2025", "ning2025-table-2")
    assert ratios["Lobar"]["this cohort: univariate OR (95% CI)"] == "Reference"
    assert "[" in ratios["Deep"]["this cohort: univariate OR (95% CI)"]


def test_a_network_that_is_not_the_papers_is_named(runs: Path):
    said = "ning2025-cnn is not the paper's network: size 112, width 16."
    assert said in (runs / "ning2025" / "README.md").read_text()
    assert "is not the paper's network" not in (runs / "zhong2021" / "README.md").read_text()


def test_figures_mark_a_network_that_is_not_the_papers(tmp_path: Path):
    """In the label by a sign, which the line below the title explains: a longer label would leave no room."""
    path = write_inputs(tmp_path, 60, 5)
    study = STUDIES["ning2025"]
    run = Run(study, study_cohort(study, path, 1, True), {}, 1, "refuse", tmp_path)
    small, whole = Fitted("ning2025-cnn", unlike="size 112"), Fitted("ning2025-brain")
    assert (named("ResNet", small), named("BRAIN", whole)) == ("ResNet †", "BRAIN")
    assert run.caption([whole]) == "ning2025, simulated patients"
    assert run.caption([small, whole, small]).splitlines()[1:] == ["† not as in the paper: size 112"]


def test_zhong(runs: Path):
    table = rows(runs, "zhong2021", "zhong2021-table-2")
    assert table["CNN"]["this cohort: P against CNN"] == ""
    assert table["Haematoma Volume"]["this cohort: P against CNN"][0] in "<01"
    sizes = rows(runs, "zhong2021", "zhong2021-table-1")["Sample size (n)"]
    assert int(sizes["this cohort: training"]) > int(sizes["this cohort: testing"]) > 0


def test_lu(runs: Path):
    table = rows(runs, "lu2024", "lu2024-table-2")
    assert table["Radiomics"]["this cohort: AP"][0] in "01"
    assert table["ResNet50"]["this cohort: AUC"].endswith("]")
    assert table["Inception_v3"]["this cohort: AUC"] == "not trained"


def test_misprints_are_kept_and_named(runs: Path):
    assert "[63.5, 88.7]" in rows(runs, "lee2024", "lee2024-table-3")["Image-to-HE"]["published: specificity"]
    assert "is a misprint: Wilson gives [53.4, 73.3]" in (runs / "lee2024/lee2024-table-3.md").read_text()


def test_checklists(runs: Path):
    for name, items in (("tripod-ai", 52), ("claim", 44), ("clear", 58)):
        text = (runs / "ning2025" / f"checklist-{name}.md").read_text()
        lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
        assert len(lines) == items
        assert 0 < sum(OPEN in line for line in lines) < items
        assert "{" not in text


def test_without_radiomics_and_predictions(tmp_path: Path):
    cohort = write_inputs(tmp_path, 120, 6, split=False)
    main(["lu2024", "--cohort", str(cohort), "--out", str(tmp_path / "lu")])
    said = rows(tmp_path, "lu", "lu2024-table-2")
    assert said["Radiomics"]["this cohort: AUC"].startswith(
        "not available: no training patient has radiomics"
    )
    assert said["ResNet50"]["this cohort: AUC"] == "not trained"
    assert not list((tmp_path / "lu").glob("figure-*"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("patient,model\na,b\n", "no probability; needed are"),
        ("patient,model,probability\na,b,2\n", "line 2: probability 2; 0 to 1, or nothing, is allowed"),
        ("patient,model,probability\na,b,0.2\na,b,0.3\n", "line 3: a stands there twice for b"),
    ],
)
def test_wrong_predictions(
    text: str, message: str, runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "p.csv").write_text(text)
    given = [
        "--cohort",
        str(runs / "cohort.csv"),
        "--out",
        str(tmp_path / "o"),
        "--predictions",
        str(tmp_path / "p.csv"),
    ]
    with pytest.raises(SystemExit):
        main(["zhong2021", *given])
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("paper", FILES)
def test_a_cohort_of_volumes_alone(paper: str, tmp_path: Path):
    """Every column may be absent: the tables say so, and nothing stops."""
    rows = [["patient", "ich_ml", "ivh_ml", "followup_ich_ml", "followup_ivh_ml"]]
    rows += [[f"p{n}", 10 + n, 0, 10 + n + (9 if n % 3 == 0 else 0), 0] for n in range(60)]
    write(tmp_path / "c.csv", rows)
    main([paper, "--cohort", str(tmp_path / "c.csv"), "--out", str(tmp_path / "o"), "--data", "real"])
    names = [name for name in FILES[paper] if name.endswith(".csv") and "figure" not in name]
    text = "".join((tmp_path / "o" / name).read_text() for name in names)
    assert "not available" in text
    assert ",real\n" in text
    assert ",simulated\n" not in text
    # What is not known is never counted as 0.
    assert not [cell for cell in text.replace("\n", ",").split(",") if cell in ("0/0", "0:0")]

"""Models side by side on the patients held out."""

import csv
from pathlib import Path

import pytest

from HematomaExpansionLib.errors import InputRefused, UnreadableFile
from training.compare import TRUE_RISK, HeldOut, comparison, likeness, main, read_held_out

HEAD = ["patient", "set", "model", "probability", "expansion", "reason"]
GOOD = {"a": 0.9, "b": 0.8, "c": 0.3, "d": 0.2}
FAIR = {"a": 0.9, "b": 0.25, "c": 0.3, "d": 0.2}
"""AUC 0.75 where a and b expand: of four pairs, b stands below c."""
EXPANDED = "ab"


def table(path: Path, model: str, said: dict[str, float | None], expanded: str = EXPANDED) -> Path:
    """Predictions as the training commands write them, with one training patient."""
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEAD)
        writer.writerow(["z", "train", model, 0.5, 1, ""])
        for patient, number in said.items():
            shown = "" if number is None else number
            writer.writerow([patient, "test", model, shown, int(patient in expanded), ""])
    return path


def test_models_stand_in_the_order_of_their_auc(tmp_path: Path):
    files = [table(tmp_path / "fair.csv", "fair", FAIR), table(tmp_path / "good.csv", "good", GOOD)]
    held_out = read_held_out(files)
    assert held_out.expansion == {"a": True, "b": True, "c": False, "d": False}
    found = comparison(held_out, "real")
    assert found.title == "4 real patients held out, 2 with expansion"
    assert [row[:2] for row in found.rows] == [("1", "good"), ("2", "fair")]
    assert [row[3].split()[0] for row in found.rows] == ["1.000", "0.750"]
    # Brier: (0.01 + 0.04 + 0.09 + 0.04) / 4 and (0.01 + 0.5625 + 0.09 + 0.04) / 4
    assert [row[7].split()[0] for row in found.rows] == ["0.045", "0.176"]
    assert len(found.columns) == len(found.rows[0]) == 8, "real patients have no true risk"


def test_the_true_risk_has_no_rank_and_a_missing_probability_is_missing():
    expansion = dict.fromkeys("ab", True) | dict.fromkeys("cd", False)
    said = {"good": GOOD | {"d": None}, TRUE_RISK: dict(FAIR)}
    rows = comparison(HeldOut(expansion, said), "simulated").rows
    assert [row[8] for row in rows] == ["", ""]
    assert [row[:3] for row in rows] == [("", TRUE_RISK, "4"), ("1", "good", "3")]


@pytest.mark.parametrize(
    ("others", "expanded", "message"),
    [
        (
            GOOD,
            "a",
            "other patients are held out than in .*first.csv, or their expansion is defined otherwise",
        ),
        ({"a": 0.9}, EXPANDED, "other patients are held out"),
        ({}, EXPANDED, "no patient of the set 'test'"),
        (FAIR, EXPANDED, "good stands there twice for a"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, others, expanded, message):
    first = table(tmp_path / "first.csv", "good", GOOD)
    with pytest.raises(InputRefused, match=message):
        read_held_out([first, table(tmp_path / "second.csv", "good", others, expanded)])


@pytest.mark.parametrize("text", ["patient,score\na,1\n", ",".join(HEAD) + "\na,test,m,high,1,\n", "\xff"])
def test_what_is_no_table_of_predictions_is_refused(tmp_path: Path, text: str):
    path = tmp_path / "predictions.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises((UnreadableFile, InputRefused), match=r"predictions\.csv"):
        read_held_out([path])


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    cohort = tmp_path / "cohort.csv"
    cohort.write_text("patient,age_years,risk\n" + "".join(f"{p},60,{r}\n" for p, r in FAIR.items()))
    (tmp_path / "cohort-dictionary.json").write_text('{"cohort": {"simulated": true}}')
    files = [str(table(tmp_path / "good.csv", "good", GOOD))]
    assert main([*files, "--cohort", str(cohort), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "# 4 simulated patients held out, 2 with expansion" in said
    assert TRUE_RISK in said
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert written == {
        "comparison.csv",
        "comparison.md",
        "roc.png",
        "roc.svg",
        "calibration.png",
        "calibration.svg",
    }
    assert (
        main([str(cohort), "--cohort", str(cohort), "--out", str(tmp_path / "out")])
        == UnreadableFile.exit_code
    )
    assert "is no table of predictions" in capsys.readouterr().err


def test_the_correlation_stands_beside_the_model_and_not_beside_the_risk():
    expansion = dict.fromkeys("abc", False) | dict.fromkeys("def", True)
    risks = dict(zip("abcdef", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], strict=True))
    said = dict(zip("abcdef", [0.1, 0.2, 0.4, 0.3, 0.9, None], strict=True))
    found = comparison(HeldOut(expansion, {"good": said, TRUE_RISK: risks}), "simulated")
    assert found.columns[8] == "rank correlation with the true risk"
    assert {row[1]: row[8] for row in found.rows} == {"good": "0.90 [-0.17, 1.00]", TRUE_RISK: ""}


def test_the_correlation_with_the_true_risk_by_hand():
    """Ranks 1, 2, 4, 3, 5 against 1-5: rho = 1 - 6 x 2 / (5 x 24) = 0.9; the sixth patient has no answer."""
    said, risks = [0.1, 0.2, 0.4, 0.3, 0.9, None], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    # atanh(0.9) = 1.4722, half a width of 1.96 sqrt((1 + 0.405) / 2) = 1.6428.
    assert likeness(said, risks) == "0.90 [-0.17, 1.00]"


@pytest.mark.parametrize("said", [[0.5] * 5, [0.1, None, 0.3, 0.2], [0.1, 0.2, 0.3, 0.4, 0.5], []])
def test_no_correlation_is_said_of_a_constant_of_three_patients_or_of_the_same_order(said):
    assert likeness(said, [0.2, 0.4, 0.6, 0.7, 0.8][: len(said)]) == ""

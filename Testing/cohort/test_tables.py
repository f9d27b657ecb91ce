"""What the tables and the report say of a cohort, counted by hand."""

import csv
from pathlib import Path

import pytest

from HematomaExpansionLib.cohort.one_case import Failure
from HematomaExpansionLib.cohort.report import cohort_content
from HematomaExpansionLib.cohort.summary import counted, quartiles
from HematomaExpansionLib.cohort.tables import write_failures, write_results
from HematomaExpansionLib.prediction.prediction import Prediction
from HematomaExpansionLib.report.content import Table
from HematomaExpansionLib.result import StudyResult
from Testing.report.phantom import Bleed, study

MODEL = Prediction(
    model="ning2025-brain",
    version="1",
    outcome="rhe-ning",
    outcome_rule="",
    threshold=0.4,
    threshold_rule="",
    warning="Trained on simulated patients.",
    weights_sha256="0",
    intended_use="",
    probability=0.25,
    expected=False,
)


@pytest.fixture(scope="module")
def results() -> dict[str, StudyResult]:
    return {
        "grown": study(Bleed(ich_mm=15.0), Bleed(ich_mm=22.0, hours=20.0)).result,
        "same": study(Bleed(ich_mm=15.0), Bleed(ich_mm=15.0, hours=20.0)).result,
        "once": study(Bleed(ich_mm=15.0), predictions=[MODEL]).result,
    }


def test_a_row_says_what_the_result_says(results: dict[str, StudyResult], tmp_path: Path):
    write_results(results, tmp_path / "results.csv")
    with (tmp_path / "results.csv").open(newline="") as stream:
        rows = {row["patient"]: row for row in csv.DictReader(stream)}
    assert list(rows) == ["grown", "same", "once"]
    assert [rows[name]["che"] for name in rows] == ["1", "0", ""]
    assert [rows[name]["followup_hours"] for name in rows] == ["20", "20", ""]
    assert [rows[name]["probability_ning2025-brain"] for name in rows] == ["", "", "0.25"]
    assert [rows[name]["expected_ning2025-brain"] for name in rows] == ["", "", "0"]
    first, last = (scan.volumes["ich"].ml for scan in results["grown"].scans)
    assert rows["grown"]["change_ich_ml"] == f"{last - first:.6g}"
    assert rows["grown"]["ich_ml"] == rows["once"]["ich_ml"] == f"{first:.6g}"
    assert rows["once"]["extra_axial_ml"] == ""


def test_tables_of_nobody_have_their_header(tmp_path: Path):
    write_results({}, tmp_path / "results.csv")
    write_failures([Failure("P1", "reading", 'a "quoted", reason')], tmp_path / "failures.csv")
    assert (tmp_path / "results.csv").read_text() == "patient\n"
    assert (
        tmp_path / "failures.csv"
    ).read_text() == 'patient,stage,reason\nP1,reading,"a ""quoted"", reason"\n'


def test_the_report_counts_by_hand(results: dict[str, StudyResult]):
    content = cohort_content(results, [Failure("P9", "reading", "torn")], ["Not used: ward."])
    # 1 of 2, Wilson: centre 0.5, half width 0.4055 (z = 1.96).
    assert content.headline == "3 of 4 patients analysed; cHE in 1 of 2 (50 %, 95 % interval 9 to 91 %)."
    tables = {
        table.title or section.title: table
        for section in content.sections
        for table in section.blocks
        if isinstance(table, Table)
    }
    flow = {row[0]: row[1] for row in tables["Flow of patients"].rows}
    assert (flow["In the table"], flow["Analysed"], flow["With a follow-up"], flow["Judged by cHE"]) == (
        "4",
        "3",
        "2",
        "2",
    )
    assert tables["Patients without a result"].rows == (("P9", "reading", "torn"),)
    assert tables["Expansion"].rows[0] == ("cHE", "1 of 2", "50 %", "9 to 91 %")
    assert tables["Predictions from the baseline"].rows == (
        ("ning2025-brain", "1", "25.0", "25.0 to 25.0", "25.0 to 25.0", "0 of 1"),
    )
    assert [row[0] for row in tables["Volumes"].rows[:2]] == ["ICH, mL", "IVH, mL"]
    ml = results["once"].scans[0].volumes["ich"].ml  # of all three: balls of one radius
    assert tables["Volumes"].rows[0][1:3] == ("3", f"{ml:.1f}")
    assert len(tables["Markers at the baseline"].rows) == 9
    assert tables["Scores at the baseline"].header[1:] == ("Computed", "Median", "Range", "Not computed")
    assert all(table.stacks for table in tables.values() if len(table.header) > 3), "on a telephone"
    facts = {row[0]: row[1] for row in tables["Provenance"].rows}
    assert facts["Software"].startswith("HematomaExpansion ")
    said = str(content.sections)
    assert "Conventional expansion (cHE): parenchymal growth at least 6 mL or at least 33 %." in said
    assert "Revised expansion 1 (rHE-1, Yogendrakumar 2020): " in said
    assert "ning2025-brain: Trained on simulated patients." in said
    assert "Not used: ward." in said


def test_a_cohort_without_any_result_has_a_report():
    content = cohort_content({}, [Failure("P1", "reading", "torn")], [])
    assert content.headline == "0 of 1 patients analysed; expansion is not known of any."
    assert [answer.answer for answer in content.answers] == ["0 of 1", "Not known", "Not known"]


def test_counts_and_quartiles():
    count = counted([True, False, None, True])
    assert (count.yes, count.known, count.unknown, count.percent) == (2, 3, 1, "67 %")
    assert counted([None]).percent == counted([None]).interval == "—"
    assert quartiles([1.0, None, 2.0, 3.0, 10.0]) == ("4", "2.5", "1.8 to 4.8", "1.0 to 10.0")
    assert quartiles([None]) == ("0", "—", "—", "—")

"""A cohort that is to be analysed is checked whole, and every problem is named."""

from pathlib import Path

import pytest

from HematomaExpansionLib.cohort.case import read_cases
from HematomaExpansionLib.errors import InputRefused
from Testing.conftest import run_command


def table(folder: Path, text: str) -> Path:
    for name in ("a.nii.gz", "b.nii.gz", "c.nii.gz", "m.nii.gz"):
        (folder / name).touch()
    path = folder / "cohort.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("columns", "line", "problem"),
    [
        ("baseline", "", "baseline: is empty; a scan is needed"),
        ("baseline", "absent.nii.gz", "baseline: {folder}/absent.nii.gz does not exist"),
        ("baseline,followup_2", "a.nii.gz,b.nii.gz", "followup: is empty, but followup_2 is given"),
        (
            "baseline,followup,baseline_mask",
            "a.nii.gz,b.nii.gz,m.nii.gz",
            "followup_mask: is empty; a mask for every scan or for none",
        ),
        ("baseline,followup_mask", "a.nii.gz,m.nii.gz", "followup_mask: is given without its scan"),
        (
            "baseline,followup,followup_2,followup_2_h",
            "a.nii.gz,b.nii.gz,c.nii.gz,30",
            "ct_to_followup_h: is empty; hours to every follow-up or to none",
        ),
        ("baseline,followup_2_h", "a.nii.gz,30", "followup_2_h: is given without its scan"),
        (
            "baseline,followup,followup_2,followup_2_h",
            "a.nii.gz,b.nii.gz,c.nii.gz,-3",
            "followup_2_h: -3 is no time; more than 0 and less than 8760 h is allowed",
        ),
        ("baseline,gcs_total", "a.nii.gz,16", "gcs_total: 16 is not possible"),
    ],
)
def test_each_problem_has_its_line_and_column(tmp_path: Path, columns: str, line: str, problem: str):
    path = table(tmp_path, f"patient,{columns}\nP1,{line}\n")
    with pytest.raises(InputRefused) as refused:
        read_cases(path)
    assert f"line 2, {problem.format(folder=tmp_path)}" in str(refused.value)


@pytest.mark.parametrize("name", ["a/b", "..", "a.", " .a", 'a"b', "a:b", "a\\b"])
def test_a_name_must_be_a_folders(tmp_path: Path, name: str):
    quoted = name.replace('"', '""')
    with pytest.raises(InputRefused, match="is no name of a folder"):
        read_cases(table(tmp_path, f'patient,baseline\n"{quoted}",a.nii.gz\n'))


def test_names_that_differ_in_capitals_alone_are_refused(tmp_path: Path):
    with pytest.raises(InputRefused, match="line 3, patient: p1 is P1 but for capitals"):
        read_cases(table(tmp_path, "patient,baseline\nP1,a.nii.gz\np1,b.nii.gz\n"))


def test_the_command_lists_every_problem_and_reads_no_scan(tmp_path: Path):
    path = table(tmp_path, "patient,baseline,gcs_total\nP1,,3\nP2,a.nii.gz,2\nP2,b.nii.gz,15\n")
    ended = run_command("batch", path, "--out", tmp_path / "out")
    assert ended.code == 3
    assert "3 problems: line 2, baseline: is empty" in ended.err
    assert "line 3, gcs_total: 2" in ended.err
    assert "line 4, patient: P2 is in line 3 already" in ended.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(",,", ()), ("20,44,68", (20.0, 44.0, 68.0)), ("20,,", ())],
)
def test_follow_ups_in_order_with_all_of_their_hours(tmp_path: Path, hours: str, expected: tuple[float, ...]):
    columns = "patient,baseline,followup,followup_2,followup_3,ct_to_followup_h,followup_2_h,followup_3_h"
    path = table(tmp_path, f"{columns}\nP1,a.nii.gz,b.nii.gz,c.nii.gz,m.nii.gz,{hours}\n")
    _, (case,) = read_cases(path)
    assert [scan.name for scan in case.scans] == ["a.nii.gz", "b.nii.gz", "c.nii.gz", "m.nii.gz"]
    assert case.hours == expected
    assert case.masks == ()

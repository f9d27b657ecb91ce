"""The table of a cohort from a mixed tree: eight patients, every trap, and what is said of each."""

import csv
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pydicom
import pytest

from HematomaExpansionLib.cohort.case import read_cases
from HematomaExpansionLib.ct.reader import read_ct
from Testing.conftest import Ended, run_command
from Testing.ct.phantom import Head, thorax
from training.simulate.dicom_series import Slices, Tags, write_series

DAY = datetime(2024, 3, 1, 8, 0)
FULL = Slices(tuple(np.arange(-66.0, 67.0, 6.0)), rows=48, columns=48, pixel_mm=5.0)
SHORT = Slices(tuple(np.arange(-20.0, 21.0, 8.0)), rows=48, columns=48, pixel_mm=5.0)
WIDE = replace(FULL, rows=64, columns=64, pixel_mm=7.0)
SOFT = Tags(number=2, description="Head 6.0 soft", kernel="H30s")
SCOUT = Tags(number=1, description="Topogram", kernel="T20f", image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"))
BONE = Tags(number=3, description="Head 6.0", kernel="H70h")
ANGIO = Tags(number=4, description="CTA head", kernel="H30s", contrast_agent="Iomeron 400")
CHEST = Tags(number=5, description="Routine", kernel="B30f", body_part="")


class Tree:
    """A folder of DICOM under construction; a study is a folder and a study UID of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(
        self, patient: str, study: str, hours: float, tags: Tags, slices: Slices = FULL, body=None
    ) -> None:
        folder = self.root / f"Doe^{patient}" / study / f"{tags.number}"
        named = replace(
            tags, patient_id=patient, patient_name=f"Doe^{patient}", acquired=DAY + timedelta(hours=hours)
        )
        write_series(folder, body or Head(), slices, named)
        for file in folder.iterdir():
            dataset = pydicom.dcmread(file)
            dataset.StudyInstanceUID = f"1.2.3.{_digits(patient + study)}"
            dataset.SeriesInstanceUID = f"1.2.3.{_digits(patient + study)}.{tags.number}"
            dataset.save_as(file)


def _digits(text: str) -> int:
    return int.from_bytes(text.encode(), "big") % 10**12


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    folder = tmp_path_factory.mktemp("discover")
    tree = Tree(folder / "tree")
    tree.add("pair", "first", 0, SOFT)
    tree.add("pair", "first", 0.01, SCOUT, SHORT)
    tree.add("pair", "first", 0.02, BONE)
    tree.add("pair", "first", 0.2, ANGIO)
    tree.add("pair", "second", 24, SOFT)
    tree.add("alone", "first", 0, SOFT)
    tree.add("angio", "first", 0, ANGIO)
    tree.add("bone", "first", 0, BONE)
    tree.add("short", "first", 0, SOFT, SHORT)
    tree.add("chest", "first", 0, CHEST, WIDE, thorax)
    tree.add("late", "second", 500, SOFT)  # the name of a folder tells nothing of time
    tree.add("late", "first", 0, SOFT)
    tree.add("one-study", "same", 0, SOFT)
    tree.add("one-study", "same", 6, replace(SOFT, number=7))
    tree.add("", "unknown", 0, SOFT)
    (tree.root / "notes.txt").write_text("no DICOM")
    table = folder / "cohort.csv"
    return run_command("discover", tree.root, "--out", table, "--key", folder / "key.csv"), table


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_table_is_the_expected_one(found: tuple[Ended, Path]):
    ended, table = found
    assert (ended.code, ended.err.splitlines()[-1]) == (
        0,
        "4 patients, 2 with a follow-up; 9 series left out",
    )
    ids = {row["patient"]: row["patient_id"] for row in rows(table.with_name("key.csv"))}
    told = {ids[row["patient"]]: row for row in rows(table)}
    assert {name: (bool(row["followup"]), row["ct_to_followup_h"]) for name, row in told.items()} == {
        "pair": (True, "24.00"),
        "alone": (False, ""),
        "late": (False, ""),
        "one-study": (True, "6.00"),
    }
    for row in told.values():
        assert row["baseline"] == f"cohort-scans/{row['patient']}/baseline"
        assert row["followup_2"] == row["followup_3"] == row["followup_2_h"] == ""


def test_every_other_series_has_its_reason(found: tuple[Ended, Path]):
    excluded = rows(found[1].with_name("cohort-excluded.csv"))
    assert sorted(
        (row["series"], row["slices"], row["reason"].partition(":")[0]) for row in excluded
    ) == sorted(
        [
            ("Topogram", "6", "localiser"),
            ("Head 6.0", "23", "bone kernel"),
            ("CTA head", "23", "contrast"),
            ("CTA head", "23", "contrast"),
            ("Head 6.0", "23", "bone kernel"),
            ("Head 6.0 soft", "6", "6 slices, at least 10 are needed"),
            ("Routine", "23", next(row["reason"] for row in excluded if row["series"] == "Routine")),
            ("Head 6.0 soft", "23", "500.0 h after the baseline, over 72 h"),
            ("Head 6.0 soft", "23", "no patient ID"),
        ]
    )
    assert "lung-like" in next(row["reason"] for row in excluded if row["series"] == "Routine")


def test_no_name_and_no_id_leaves_the_tree(found: tuple[Ended, Path]):
    _, table = found
    told = (
        table.read_text() + table.with_name("cohort-excluded.csv").read_text() + found[0].out + found[0].err
    )
    for word in ("Doe", "pair", "alone", "late", "one-study", "2024"):
        assert word not in told.replace("left out", "")


def test_batch_reads_the_table_and_each_folder_is_one_scan(found: tuple[Ended, Path]):
    _, cases = read_cases(found[1])
    assert sorted(len(case.scans) for case in cases) == [1, 1, 2, 2]
    pair = next(case for case in cases if case.clinical.hours_to_followup == 24)
    first, second = (read_ct(scan) for scan in pair.scans)
    assert second.acquired - first.acquired == timedelta(hours=24)
    assert first.series.rejected == ()


def test_an_earlier_table_is_not_mixed_with_a_new_one(found: tuple[Ended, Path]):
    _, table = found
    ended = run_command("discover", table.parent / "tree", "--out", table)
    assert ended.code == 3
    assert "cohort-scans: is there already; remove it" in ended.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("absent", "--out", "a.csv"), 3, "absent: is no folder"),
        ((".", "--out", "a.txt"), 2, "a.txt: the table is a .csv file"),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], code: int, message: str):
    ended = run_command("discover", *arguments)
    assert ended.code == code
    assert message in ended.err

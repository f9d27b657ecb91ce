"""The command ``batch`` on small heads: killed, resumed, and what counts as done."""

import csv
import json
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from HematomaExpansionLib.cohort.batch import plan_batch
from HematomaExpansionLib.cohort.case import read_cases
from HematomaExpansionLib.cohort.lock import only_run
from HematomaExpansionLib.errors import OutputError
from HematomaExpansionLib.study import Options
from Testing.cohort.processes import wait_until, workers_of
from Testing.cohort.small_heads import write_cohort
from Testing.conftest import ROOT, Command, Ended, run_command
from Testing.widget.conftest import module as module
from Testing.widget.conftest import qt as qt
from Testing.widget.conftest import scene as scene
from Testing.widget.conftest import told as told
from Testing.widget.scripts import BATCH, exits_of

OPTIONS = Options(mapping={"1": "ich"})


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def stamps(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Ended, dict[str, int], list[str]]:
    """A run that was killed when its first patient was done, then resumed.

    The table, the output, how the second run ended, the times of the first patient's files before it, and
    what lay in the folder of patients after the kill.
    """
    folder = tmp_path_factory.mktemp("batch")
    table = write_cohort(folder, {"A": (18,), "B": (15,), "C": (20,)}, broken=["B"])
    out = folder / "out"
    arguments = ["batch", table, "--out", out, "--mapping", "1=ich", "--device", "cpu"]
    run = subprocess.Popen([sys.executable, "-m", "HematomaExpansionLib.cli", *map(str, arguments)], cwd=ROOT)
    wait_until(lambda: (out / "patients" / "A").exists(), 400)
    run.send_signal(signal.SIGKILL)
    run.wait()
    before, there = stamps(out / "patients" / "A"), sorted(f.name for f in (out / "patients").iterdir())
    (out / "patients" / ".writing-left").mkdir()
    return table, out, run_command(*arguments, "--resume"), before, there


def test_a_killed_run_goes_on_without_loss_and_without_doing_anything_twice(resumed):
    _, out, ended, before, there = resumed
    assert ended.code == 5, ended.err
    assert "A" in there
    assert "C" not in there
    assert "1 of 3 patients are done and are kept." in ended.err
    assert stamps(out / "patients" / "A") == before
    assert sorted(f.name for f in (out / "patients").iterdir()) == ["A", "C"]
    assert not (out / "results.csv").read_text().startswith("\ufeff")
    assert [row["patient"] for row in rows(out / "results.csv")] == ["A", "C"]


def test_failures_have_their_stage_and_reason(resumed):
    _, out, ended, _, _ = resumed
    (failure,) = rows(out / "failures.csv")
    assert (failure["patient"], failure["stage"]) == ("B", "reading")
    assert failure["reason"].startswith("B-baseline.nii.gz: is not the NIfTI file its name says")
    assert "B: reading: B-baseline.nii.gz" in ended.err
    assert re.search(r"2 done, 1 failed; .* s a patient, at most \d{3,4} MB a worker$", ended.err.rstrip())


def test_the_table_says_what_the_results_say(resumed):
    _, out, _, _, _ = resumed
    for row in rows(out / "results.csv"):
        result = json.loads((out / "patients" / row["patient"] / "result.json").read_text())
        scan = result["scans"][0]
        assert float(row["ich_ml"]) == pytest.approx(scan["volumes"]["ich"]["ml"], rel=1e-5)
        assert row["ivh_ml"] == ""
        assert row["location"] == scan["location"]["region"]
        assert row["che"] == row["followup"] == ""
        values = {m["marker"]: m["value"] for m in scan["markers"]["markers"]}
        known = {"present": "1", "absent": "0", "indeterminate": ""}
        assert {name: row[name] for name in values} == {name: known[v] for name, v in values.items()}


def test_the_report_counts_everybody(resumed):
    _, out, _, _, _ = resumed
    text = (out / "cohort.html").read_text()
    assert "2 of 3 patients analysed" in text
    assert "1 of 3 patients have no result" in text
    assert "Research software. Not a medical device" in text
    assert (out / "cohort.pdf").read_bytes().startswith(b"%PDF")


def test_the_script_for_slicer_writes_the_same_tables(
    resumed, module: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Unbroken, in the host of the panel's tests, with two workers; to the byte what the shell wrote."""
    table, shell, _, _, _ = resumed
    out = tmp_path / "out"
    arguments = ["--", table, "--out", out, "--mapping", "1=ich", "--device", "cpu", "--workers", "2"]
    assert exits_of(BATCH, arguments, monkeypatch) == [5]
    for name in ("results.csv", "failures.csv"):
        assert (out / name).read_bytes() == (shell / name).read_bytes()
    assert sorted(file.name for file in out.iterdir()) == sorted(file.name for file in shell.iterdir())


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        ("nothing", {}),
        ("device", {"A": ["option device"], "C": ["option device"]}),
        ("age", {"C": ["clinical record"]}),
        ("mask", {"C": ["baseline_mask"]}),
        ("touched", {}),
        ("record", {"A": ["no record of inputs"]}),
    ],
)
def test_what_has_changed_is_stale_and_nothing_else(resumed, change: str, stale: dict[str, list[str]]):
    table, out, _, _, _ = resumed
    options = replace(OPTIONS, device="auto" if change == "device" else "cpu")
    _, cases = read_cases(table)
    kept_files = {file: file.read_bytes() for file in (cases[2].masks[0], out / "patients/A/case.json")}
    if change == "age":
        older = cases[2].clinical.model_copy(update={"age_years": 99})
        cases = (*cases[:2], replace(cases[2], clinical=older))
    if change == "mask":
        cases[2].masks[0].write_bytes(kept_files[cases[2].masks[0]] + b"x")
    if change == "touched":
        cases[2].masks[0].touch()
    if change == "record":
        (out / "patients/A/case.json").unlink()
    try:
        plan = plan_batch(cases, out, options, resume=True)
    finally:
        for file, content in kept_files.items():
            file.write_bytes(content)
    assert plan.stale == stale
    assert {case.name for case in plan.to_do} == {"B", *stale}


def test_results_are_not_mixed_unless_that_is_asked_for(resumed):
    table, out, _, _, _ = resumed
    _, cases = read_cases(table)
    with pytest.raises(OutputError, match="holds results of 2 patients; give --resume"):
        plan_batch(cases, out, OPTIONS, resume=False)
    assert plan_batch(cases[:1], out, OPTIONS, resume=True).gone == ("C",)


def test_a_second_run_is_refused_and_touches_nothing(resumed, command: Command):
    table, out, *_ = resumed
    tables = stamps(out)
    with only_run(out):  # the default device: every result is stale, and would be done again
        second = command("batch", table, "--out", out, "--mapping", "1=ich", "--resume")
    assert (second.code, second.err.splitlines()[-1]) == (
        OutputError.exit_code,
        f"hematoma-expansion: {out}: another run is at work there; wait for it",
    )
    assert stamps(out) == tables


def test_a_wish_to_stop_is_followed_at_once_and_says_how_to_go_on(tmp_path: Path):
    table = write_cohort(tmp_path, {"A": (18,)})
    command = [sys.executable, "-m", "HematomaExpansionLib.cli", "batch", table, "--out", tmp_path / "out"]
    run = subprocess.Popen(
        [*map(str, command), "--mapping", "1=ich"], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: bool((tmp_path / "out" / "patients").is_dir() and workers_of(run.pid)), 100)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert said.splitlines()[-1] == "hematoma-expansion: cancelled; what is done is kept, --resume goes on"
    assert not (tmp_path / "out" / "results.csv").exists()

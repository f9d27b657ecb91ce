"""The shell door: commands, exit codes, one line for each mistake."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from HematomaExpansionLib import __version__
from Testing.conftest import ROOT, Command, run_command


def test_help_imports_nothing_heavy():
    heavy = {"numpy", "scipy", "SimpleITK", "torch", "matplotlib", "pydantic", "pydicom"}
    code = f"import sys, HematomaExpansionLib.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_names_the_commands_and_exit_codes():
    shown = run_command("--help")
    assert shown.code == 0
    commands = "analyze segment volume change markers scores clinical models schema"
    for word in (*commands.split(), "3 input refused"):
        assert word in " ".join(shown.out.split())


def test_version():
    assert run_command("--version").out.strip() == __version__


@pytest.mark.parametrize(
    "arguments",
    [
        ("analyze",),
        ("nothing",),
        ("volume", "m.nrrd", "--mapping", "1:ich"),
        ("analyze", "a.nii.gz", "--out", "o", "--blast-models", "x"),
        ("analyze", "a.nii.gz", "--out", "o", "--segmenter", "none"),
        ("analyze", "a.nii.gz", "--out", "o", "--patient", "7"),
        ("segment", "a.nii.gz", "--out", "labels.txt"),
        ("change", "a.nrrd", "b.nrrd", "--definition", "xhe"),
        ("models", "fetch", "no-such-model"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...], command: Command):
    ended = command(*arguments)
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_volume_measures_the_true_labels(sample: Path, truth: dict[str, dict[str, float]], command: Command):
    mask = sample / "followup-1-labels.nii.gz"
    measured = json.loads(command("volume", mask, "--json", "-").out)
    assert measured["ich"]["ml"] == pytest.approx(truth["followup-1"]["ich"], rel=0.001)
    assert measured["ivh"]["ml"] == pytest.approx(truth["followup-1"]["ivh"], rel=0.001)
    assert measured["oedema"] is None
    table = command("volume", mask)
    assert "24.00" in table.out
    assert "not told" in table.out


def test_change_judges_the_true_labels(sample: Path, tmp_path: Path, command: Command):
    masks = [sample / f"{name}-labels.nii.gz" for name in ("baseline", "followup-1")]
    mapping = ("--mapping", "1=ich,2=ivh")
    answers = json.loads(command("change", *masks, *mapping, "--json", "-").out)
    assert [answer["expanded"] for answer in answers] == [True] * 4
    file = tmp_path / "back.json"
    back = command("change", *masks[::-1], *mapping, "--definition", "che", "--json", file)
    assert back.code == 0
    (answer,) = json.loads(file.read_text())
    assert (answer["definition"], answer["expanded"], answer["certainty"]) == ("che", False, "no")


def test_models_are_listed_and_missing_ones_said(tmp_path: Path, command: Command):
    listed = command("models", "list", "--json", "-", HEMATOMA_EXPANSION_MODELS=str(tmp_path))
    entries = json.loads(listed.out)
    assert {entry["state"] for entry in entries} == {"absent"}
    missing = command("models", "verify", entries[0]["name"], HEMATOMA_EXPANSION_MODELS=str(tmp_path))
    assert missing.code == 4
    assert entries[0]["sha256"] in missing.err
    assert "hematoma-expansion models fetch" in missing.err


def test_an_unexpected_error_is_internal_and_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch, capsys):
    from HematomaExpansionLib import cli

    monkeypatch.setattr(sys, "argv", ["hematoma-expansion", "schema"])
    monkeypatch.setattr(json, "dumps", lambda *_, **__: 1 / 0)
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 70
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "internal error: ZeroDivisionError" in said


def test_progress_lines_and_cancelling_by_signal(sample: Path, tmp_path: Path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "HematomaExpansionLib.cli", "analyze", sample / "baseline.nii.gz"]
    process = subprocess.Popen(
        [*map(str, command), "--out", str(out), "--progress", "lines"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert process.stderr is not None
    for line in process.stderr:
        parts = line.rstrip("\n").split("\t")
        assert parts[0] == "progress"
        assert len(parts) == 4
        if parts[1] == "baseline: anatomy":
            break
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130
    assert rest.splitlines()[-1].startswith("hematoma-expansion: cancelled during baseline: anatomy")
    assert list(tmp_path.iterdir()) == []


def test_segment_writes_a_labelmap_that_volume_reads(sample: Path, tmp_path: Path, command: Command):
    file = tmp_path / "labels.nii.gz"
    ended = run_command("segment", sample / "baseline.nii.gz", "--out", file)
    assert ended.code == 0, ended.err
    assert ended.out.strip() == str(file)
    mapping = "1=ich,2=ivh,3=extra_axial,4=oedema"
    measured = json.loads(command("volume", file, "--mapping", mapping, "--json", "-").out)
    assert measured["ich"]["ml"] == pytest.approx(14.0, abs=1.0)
    assert measured["ivh"]["ml"] == 0

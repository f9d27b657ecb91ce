"""Prepared arrays: made once, and anew when a file or a setting changes; who cannot be prepared is named."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from HematomaExpansionLib.errors import NotAHeadCT
from HematomaExpansionLib.prediction.patient import Patient
from Testing.conftest import ROOT
from training.scan_cache import Arrays, cached

MADE: list[str] = []


def make(patient: Patient) -> Arrays:
    MADE.append(patient.name)
    if patient.name == "bad":
        raise NotAHeadCT("bad.nii.gz: is a foot")
    return {"twice": 2 * np.frombuffer(patient.baseline.read_bytes(), np.uint8)}


@pytest.fixture
def patients(tmp_path: Path) -> list[Patient]:
    MADE.clear()
    found = []
    for name in ("one", "bad", "two"):
        file = tmp_path / name
        file.write_bytes(bytes([1, 2, len(name)]))
        found.append(Patient(name=name, baseline=file))
    return found


def test_each_patient_is_prepared_once(patients, tmp_path: Path, capsys):
    first = cached(patients, tmp_path / "cache", make, {"size": 3})
    assert [one.patient.name for one in first] == ["one", "two"]
    assert first[0].array("twice").tolist() == [2, 4, 6]
    assert isinstance(first[0].array("twice"), np.memmap)
    assert capsys.readouterr().out == "left out: bad: bad.nii.gz: is a foot\n"
    cached(patients, tmp_path / "cache", make, {"size": 3})
    assert MADE == ["one", "bad", "two", "bad"]


def test_a_changed_file_is_prepared_anew(patients, tmp_path: Path):
    cached(patients[:1], tmp_path / "cache", make, {})
    patients[0].baseline.write_bytes(bytes([9, 9, 9, 9]))
    assert cached(patients[:1], tmp_path / "cache", make, {})[0].array("twice").tolist() == [18] * 4


def test_other_settings_lie_beside(patients, tmp_path: Path):
    cached(patients[:1], tmp_path / "cache", make, {"size": 3})
    cached(patients[:1], tmp_path / "cache", make, {"size": 4})
    assert MADE == ["one", "one"]
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_of_several_processes_the_first_prepares_for_all(tmp_path: Path):
    command = ["torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m"]
    subprocess.run(
        [sys.executable, "-m", *command, "Testing.training.preparing_together", tmp_path],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    first, *found = (tmp_path / "log").read_text().splitlines()
    assert first == "prepared in 0"
    assert sorted(found) == ["6 found in 0", "6 found in 1"]

"""One patient in a worker, and what the command refuses before any worker starts."""

from pathlib import Path

import pytest

from HematomaExpansionLib.clinical.record import ClinicalRecord
from HematomaExpansionLib.cohort.case import Case
from HematomaExpansionLib.cohort.one_case import Failure, _loaded, put_in_place, run_case
from HematomaExpansionLib.errors import ModelError
from HematomaExpansionLib.study import Options
from Testing.conftest import run_command


def case(scan: Path) -> Case:
    return Case("P1", (scan,), (), (), ClinicalRecord())


def test_a_failure_has_its_stage_and_leaves_nothing(tmp_path: Path):
    scan = tmp_path / "broken.nii.gz"
    scan.write_text("no scan")
    (tmp_path / "patients").mkdir()
    outcome = run_case(case(scan), Options(segmenter="threshold"), {}, tmp_path / "patients")
    said = "broken.nii.gz: is not the NIfTI file its name says"
    assert outcome.failure is not None
    assert outcome.failure.reason.startswith(said)
    assert outcome.failure == Failure("P1", "reading", outcome.failure.reason)
    assert list((tmp_path / "patients").iterdir()) == []


def test_a_scan_that_has_gone_is_the_failure_of_one_patient(tmp_path: Path):
    outcome = run_case(case(tmp_path / "gone.nii.gz"), Options(segmenter="threshold"), {}, tmp_path)
    assert outcome.failure is not None
    assert outcome.failure.stage == "reading"
    assert "gone.nii.gz" in outcome.failure.reason


def test_a_wrong_model_ends_the_run(tmp_path: Path):
    scan = tmp_path / "scan.nii.gz"
    scan.touch()
    options = Options(segmenter="threshold", models=(tmp_path / "absent",))
    with pytest.raises(ModelError, match="absent"):
        run_case(case(scan), options, {}, tmp_path)


def test_a_worker_loads_the_network_once():
    first, again = (_loaded("bundled", None, "cpu", ()).backend for _ in range(2))
    assert first.network is again.network


def test_a_result_takes_the_place_of_the_one_before(tmp_path: Path):
    for text in ("old", "new"):
        written = tmp_path / ".writing-x"
        written.mkdir()
        (written / f"{text}.txt").write_text(text)
        put_in_place(written, tmp_path / "P1")
    assert [item.name for item in tmp_path.iterdir()] == ["P1"]
    assert [item.name for item in (tmp_path / "P1").iterdir()] == ["new.txt"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--model", "absent"), 4, "absent"),
        (("--segmenter", "nonsense"), 2, "segmenter 'nonsense' does not exist"),
        (("--segmenter", "threshold", "--mapping", "1=ich"), 2, "a mapping was given without masks"),
        (("--workers", "0"), 2, "--workers"),
    ],
)
def test_what_cannot_run_is_refused_before_any_scan_is_read(
    tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
):
    (tmp_path / "a.nii.gz").touch()
    (tmp_path / "cohort.csv").write_text("patient,baseline\nP1,a.nii.gz\n")
    ended = run_command("batch", tmp_path / "cohort.csv", "--out", tmp_path / "out", *arguments)
    assert (ended.code, message in ended.err) == (code, True), ended.err
    assert not (tmp_path / "out").exists()

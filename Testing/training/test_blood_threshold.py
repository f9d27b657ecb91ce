"""The probability from which blood is drawn, found on cases with truth."""

from pathlib import Path

import pytest

from Testing.conftest import ROOT
from training.blood_threshold import main


def test_lower_thresholds_draw_more(capsys: pytest.CaptureFixture[str]):
    cases = ["--cases", str(ROOT / "Resources"), "--device", "cpu"]
    assert main([*cases, "--thresholds", "0.2", "0.8"]) == 0
    title, _, head, _, low, high = capsys.readouterr().out.splitlines()
    assert title.startswith("2 scans; bias of all volume, % / median of Dice")
    assert head == "| blood from | any blood | ich | ivh | extra-axial |"
    for row, threshold in ((low, "0.2"), (high, "0.8")):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[0] == threshold
        assert cells[1].endswith("(2)")  # the follow-up alone has IVH, neither has extra-axial blood
        assert cells[3].endswith("(1)")
        assert cells[4] == "-"
    bias = [float(row.split("|")[2].split("/")[0]) for row in (low, high)]
    assert -20 < bias[1] < 0 < bias[0] < 20


def test_no_case_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["--cases", str(tmp_path)]) == 3
    assert capsys.readouterr().err == (
        f"training.blood_threshold: {tmp_path}: no case folder with a truth.json in it\n"
    )

"""The command that writes simulated patients, and the montage of what it wrote."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from Testing.conftest import ROOT
from training.simulate.command import main
from training.simulate.draw import draw_case
from training.simulate.montage import main as montage

# A patient whose scan is small.
SEED = 1


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    main(["--cases", "1", "--seed", str(SEED), "--out", str(folder), "--device", "cpu"])
    return folder


def test_command_writes_what_was_drawn(written: Path):
    names = sorted(file.name for file in (written / "case-0001").iterdir())
    endings = ("-labels.nii.gz", "-markers.nii.gz", "-ventricles.nii.gz", ".nii.gz")
    assert names == [*(f"baseline{ending}" for ending in endings), "truth.json"]
    truth = json.loads((written / "case-0001" / "truth.json").read_text())
    case = draw_case(SEED, 1)
    assert truth["seed"] == case.seed
    (point,), (scan,) = case.time_points, truth["scans"]
    voxel_ml = point.protocol.voxel_ml
    for name, asked in (("ich", point.ich_ml), ("ivh", point.ivh_ml)):
        assert scan["fine_volume_ml"][name] == pytest.approx(asked, abs=0.001)
        assert scan["volume_ml"][name] == pytest.approx(asked, rel=1e-3, abs=voxel_ml)
    assert {name for name, marker in scan["markers"].items() if marker["present"]} == set(case.bleed.markers)


def test_the_same_bytes_whatever_the_workers(written: Path, tmp_path: Path):
    # The real command: a worker has to find what it is asked to do.
    arguments = [
        "--cases",
        "1",
        "--seed",
        str(SEED),
        "--out",
        str(tmp_path),
        "--workers",
        "2",
        "--device",
        "cpu",
    ]
    subprocess.run([sys.executable, "-m", "training.simulate", *arguments], cwd=ROOT, check=True)
    for file in sorted((written / "case-0001").iterdir()):
        assert file.read_bytes() == (tmp_path / "case-0001" / file.name).read_bytes(), file.name


def test_montage(written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    montage([str(written), "--out", str(tmp_path / "montage.png")])
    assert "1 simulated cases" in capsys.readouterr().out
    assert (tmp_path / "montage.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cases", "0"], "--cases must be at least 1"),
        (["--cases", "1", "--clean", "1.5"], "--clean is 1.5: from 0 to 1 is allowed"),
        (["--cases", "1", "--workers", "0"], "--workers must be at least 1"),
        (["--cases", "1", "--device", "tpu"], "device 'tpu': choose one of auto, cpu, cuda"),
    ],
)
def test_command_refuses(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, "--out", str(tmp_path / "none")])
    assert message in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_montage_of_nothing_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="2"):
        montage([str(tmp_path), "--out", str(tmp_path / "montage.png")])
    assert "no case-0001/truth.json in it" in capsys.readouterr().err

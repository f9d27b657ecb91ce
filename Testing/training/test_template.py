"""The template: where it lies, and reading it without nilearn."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from training.simulate.template import (
    FIRST_VOXEL_MM,
    HEAD_SHAPE,
    HEAD_STEP_MM,
    SHAPE,
    axes_mm,
    load_maps,
    main,
)

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_NILEARN = """
import sys
sys.modules["nibabel"] = None
from training.simulate.template import load_maps
maps = load_maps()
print(maps.brain.sum(), maps.grey.sum(dtype=float), maps.white.sum(dtype=float))
"""


def test_it_lies_in_lps():
    maps = load_maps()
    superior, anterior, right = (axis.ravel() for axis in axes_mm())

    def brain_at(up: float, forward: float, aside: float) -> bool:
        z, y, x = (
            np.argmin(abs(superior - up)),
            np.argmin(abs(anterior - forward)),
            np.argmin(abs(right - aside)),
        )
        return bool(maps.brain[z, y, x])

    # The cerebellum is below and behind; below the forehead there is none.
    assert brain_at(-40, -65, 20)
    assert not brain_at(-40, 65, 20)
    assert brain_at(60, -20, 25)
    assert maps.grey.shape == SHAPE
    assert right[0] == -FIRST_VOXEL_MM[2] > 0 > right[-1]
    inside = maps.grey + maps.white + maps.csf
    assert inside[maps.brain] == pytest.approx(1.0, abs=1e-5)
    assert not inside[~maps.brain].any()


def test_heads_cover_the_field_of_the_template():
    for count, steps in zip(SHAPE, HEAD_SHAPE, strict=True):
        assert (steps - 1) * HEAD_STEP_MM == pytest.approx(count - 1, abs=1.2)


def test_the_file_of_the_maps_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "maps.npz"
    monkeypatch.setattr(sys, "argv", ["template", "--out", str(file)])
    main()
    environment = os.environ | {"HEMATOMA_EXPANSION_MAPS": str(file)}
    command = [sys.executable, "-c", WITHOUT_NILEARN]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    maps = load_maps()
    expected = [maps.brain.sum(), maps.grey.sum(dtype=float), maps.white.sum(dtype=float)]
    assert [float(value) for value in done.stdout.split()] == pytest.approx(expected, rel=1e-12)


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HEMATOMA_EXPANSION_MAPS", "/nowhere/maps.npz")
    with pytest.raises(FileNotFoundError, match=r"HEMATOMA_EXPANSION_MAPS=/nowhere/maps\.npz: no such file"):
        load_maps.__wrapped__()


def test_the_command_wants_an_npz(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "argv", ["template", "--out", "maps.zip"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "maps.zip: the name must end in .npz" in capsys.readouterr().err

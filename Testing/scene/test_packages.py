"""What happens when packages are missing. The application's package module is a test double."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from HematomaExpansionLib.errors import ModelError
from HematomaExpansionLib.scene import packages
from Testing.conftest import ROOT

THERE, ABSENT, TOO_OLD = "numpy>=1.0", "no-such-package-of-ours>=1.0", "numpy>=99"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What ``slicer.packaging.pip_ensure`` was called with; it installs nothing."""
    pytest.importorskip("slicer", reason="slicer-core is not installed (extra: scene)")
    calls: list[dict[str, Any]] = []
    module = ModuleType("slicer.packaging")
    module.pip_ensure = lambda needed, **options: calls.append({"needed": needed, **options})
    monkeypatch.setitem(sys.modules, "slicer.packaging", module)
    return calls


def written(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text("# why\n" + "\n".join(lines) + "\n")
    return file


def test_imports_where_no_package_is_installed() -> None:
    """What Slicer imports before the packages are there: on start, and to install them."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import HematomaExpansionLib.scene.packages, "
    code += "HematomaExpansionLib.scene.sample_data, HematomaExpansionLib.errors"
    # -I and -S: no site-packages.
    command = [sys.executable, "-I", "-S", "-c", code, str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_asks_slicer_and_never_for_what_it_brings(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    packages.ensure_packages([written(tmp_path, THERE)])
    packages.ensure_packages([written(tmp_path, THERE)], ask=False)
    first, second = asked
    assert first["needed"] == [THERE]
    assert {"numpy", "SimpleITK", "torch"} <= set(first["skip_packages"])
    questions = ("prompt_install", "prompt_restart", "show_progress")
    assert [first[name] for name in questions] == [True] * 3
    assert [second[name] for name in questions] == [False] * 3


@pytest.mark.parametrize("line", [ABSENT, TOO_OLD])
def test_still_missing_is_one_line(asked: list[dict[str, Any]], tmp_path: Path, line: str) -> None:
    """Under --testing Slicer installs nothing and says nothing."""
    file = written(tmp_path, THERE, line)
    with pytest.raises(ModelError, match=f"^not installed: {line}; run PythonSlicer -m pip install -r "):
        packages.ensure_packages([file])


def test_declined_is_one_line(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    def decline(needed: list[str], **options: Any) -> None:
        raise RuntimeError("User declined package installation")

    sys.modules["slicer.packaging"].pip_ensure = decline
    with pytest.raises(ModelError, match=r"requirements\.txt were not installed: User declined"):
        packages.ensure_packages([written(tmp_path, ABSENT)])


def test_slicer_without_a_package_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slicer 5.10 has ``slicer.util.pip_install`` only."""
    util = pytest.importorskip("slicer.util", reason="slicer-core is not installed (extra: scene)")
    installed: list[list[str]] = []
    answers = iter([False, True])
    monkeypatch.setattr(util, "pip_install", installed.append)
    monkeypatch.setattr(util, "confirmOkCancelDisplay", lambda question: next(answers))
    packages.ensure_packages([written(tmp_path, THERE)])
    assert installed == []
    with pytest.raises(ModelError, match="declined"):
        packages.ensure_packages([written(tmp_path, ABSENT)])
    for ask in (True, False):
        with pytest.raises(ModelError, match="not installed"):
            packages.ensure_packages([written(tmp_path, ABSENT)], ask)
    assert installed == [[ABSENT]] * 2


@pytest.mark.parametrize(
    ("work", "files", "torch"),
    [
        ("threshold", ["requirements.txt"], False),
        ("mask", ["requirements.txt"], False),
        ("models", ["requirements.txt", "requirements-models.txt"], False),
        ("bundled", ["requirements.txt", "requirements-bundled.txt"], True),
        ("deepbleed-style", ["requirements.txt", "requirements-bundled.txt"], True),
        ("blast-ct", ["requirements.txt", "requirements-blast-ct.txt"], True),
    ],
)
def test_one_question_for_each_work(
    work: str, files: list[str], torch: bool, asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = ROOT / "HematomaExpansion" / "Resources"
    brought: list[str] = []
    monkeypatch.setattr(packages, "ensure_torch", lambda segmenter, ask: brought.append(segmenter))
    packages.ensure_packages_of(work, resources)
    (question,) = asked
    lines = [line for file in files for line in (resources / file).read_text().splitlines()]
    assert question["needed"] == [line for line in lines if not line.startswith("#")]
    assert brought == ([work] if torch else [])

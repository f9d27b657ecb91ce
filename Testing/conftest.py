"""Fixtures every test may use. What is absent is named as skipped, never passed over in silence."""

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from filelock import FileLock

if "PYTEST_XDIST_WORKER" in os.environ:
    # There is a worker for each core: threads of PyTorch and BLAS beyond that would wait for each other.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("HEMATOMA_EXPANSION_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with real head CTs and templates."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("real head CTs are not beside this checkout (../shared/data)")
    return folder


@pytest.fixture(scope="session")
def blast_ct_weights() -> Path:
    """Folder with the twelve BLAST-CT models."""
    folder = SHARED / "weights" / "blast_ct_v1"
    if not folder.is_dir():
        pytest.skip("BLAST-CT weights are not beside this checkout (../shared/weights)")
    return folder


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]
"""As :func:`run_command`."""


def run_command(*arguments: object, **environment: str) -> Ended:
    """Run ``hematoma-expansion`` as a user does: a process of its own, nothing shared with the tests."""
    done = subprocess.run(
        [sys.executable, "-m", "HematomaExpansionLib.cli", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=500,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """:func:`run_command` in this process, without the seconds in which a new one imports everything.

    What libraries write to the file descriptors is caught, as by a shell. What Python would warn a user of is
    an error, as pytest would keep it from standard error.
    """

    def call(*arguments: object, **environment: str) -> Ended:
        from HematomaExpansionLib.cli import main

        capfd.readouterr()
        with monkeypatch.context() as patched, warnings.catch_warnings():
            patched.chdir(ROOT)
            patched.setattr(sys, "argv", ["hematoma-expansion", *map(str, arguments)])
            for name, value in environment.items():
                patched.setenv(name, value)
            for category in (RuntimeWarning, UserWarning):
                warnings.simplefilter("error", category)
            with pytest.raises(SystemExit) as left:
                main()
        code = left.value.code
        assert code is None or isinstance(code, int)
        return Ended(code or 0, *capfd.readouterr())

    return call


@pytest.fixture(scope="session")
def sample() -> Path:
    """Folder of the sample study, with its truth."""
    return ROOT / "Resources" / "sample"


@pytest.fixture(scope="session")
def truth(sample: Path) -> dict[str, dict[str, float]]:
    """True volumes of the sample study, mL, by scan."""
    scans = json.loads((sample / "truth.json").read_text())["scans"]
    return {scan["name"]: scan["volume_ml"] for scan in scans}


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def demo(sample: Path, shared: Path) -> tuple[Ended, Path]:
    """What ``make demo`` runs, and the folder it wrote; one run for all workers: nobody may write there."""
    folder, ended = shared / "demo" / "out", shared / "demo.json"
    with FileLock(shared / "demo.lock"):
        if not ended.exists():
            folder.parent.mkdir()
            scans = (sample / "baseline.nii.gz", sample / "followup-1.nii.gz")
            done = run_command("analyze", *scans, "--clinical", sample / "clinical.yaml", "--out", folder)
            ended.write_text(json.dumps(asdict(done)))
    return Ended(**json.loads(ended.read_text())), folder

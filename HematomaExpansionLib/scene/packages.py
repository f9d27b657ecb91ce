"""The Python packages that Slicer lacks: installed when an analysis needs them, never at start.

This file must import where none of them is there yet.
"""

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from ..errors import ModelError

BUNDLED = ("numpy", "pydicom", "scipy", "SimpleITK")
"""Packages that Slicer brings: a second copy over them breaks the application."""

_WITH_TORCH = {"blast-ct": "blast-ct", "bundled": "bundled", "deepbleed-style": "bundled"}
"""Back-ends with a network, and whose requirements file has what they need beside PyTorch."""
_REQUESTER = "HematomaExpansion"


def ensure_packages_of(work: str, resources: Path, ask: bool = True) -> None:
    """Install what some work needs, after one question.

    PyTorch comes first, by the PyTorch extension with a question of its own.

    Args:
        work: name of the back-end, or ``"models"`` to ask models; other names need nothing more.
        resources: folder of the module's requirements files.
        ask: ask first and show progress; False for a batch, where nobody can answer.

    Raises:
        ModelError: as :func:`ensure_packages` and :func:`ensure_torch` say.
    """
    if work in _WITH_TORCH:
        ensure_torch(work, ask)
    own = resources / f"requirements-{_WITH_TORCH.get(work, work)}.txt"
    ensure_packages([resources / "requirements.txt", *([own] if own.is_file() else [])], ask)


def ensure_packages(requirements: Sequence[Path], ask: bool = True) -> None:
    """Install what is missing of requirements files.

    Args:
        requirements: files with one package a line.
        ask: as for :func:`ensure_packages_of`.

    Raises:
        ModelError: when something is still missing, because the user declined or pip failed.
    """
    lines = [line for file in requirements for line in file.read_text().splitlines()]
    needed = [line for line in lines if line and not line.startswith("#")]
    names = " and ".join(file.name for file in requirements)
    try:
        _install(needed, ask)
    except (RuntimeError, CalledProcessError) as error:
        raise ModelError(f"the packages of {names} were not installed: {error}") from error
    missing = [line for line in needed if not _installed(line)]
    if missing:
        files = " ".join(f"-r {file}" for file in requirements)
        raise ModelError(f"not installed: {', '.join(missing)}; run PythonSlicer -m pip install {files}")


def ensure_torch(segmenter: str, ask: bool = True) -> None:
    """Install PyTorch by the PyTorch extension, which chooses the build for the graphics card.

    Args:
        segmenter: name of the back-end that needs it.
        ask: as for :func:`ensure_packages_of`.

    Raises:
        ModelError: when the extension is not installed, or PyTorch was not.
    """
    try:
        logic = import_module("PyTorchUtils").PyTorchUtilsLogic()
    except ImportError as error:
        raise ModelError(
            f"{segmenter} needs PyTorch: install the PyTorch extension and restart, or choose threshold"
        ) from error
    if not logic.torchInstalled() and logic.installTorch(askConfirmation=ask) is None:
        raise ModelError(f"{segmenter} needs PyTorch, which was not installed; or choose threshold")


def _install(needed: list[str], ask: bool) -> None:
    import slicer

    try:
        packaging: Any = import_module("slicer.packaging")
    except ImportError:
        # Slicer 5.10 and before.
        missing = [line for line in needed if not _installed(line)]
        question = f"{_REQUESTER} needs to install: {', '.join(missing)}. Continue?"
        if missing and ask and not slicer.util.confirmOkCancelDisplay(question):
            raise RuntimeError("declined") from None
        if missing:
            slicer.util.pip_install(missing)
        return
    packaging.pip_ensure(
        needed,
        skip_packages=[*BUNDLED, "torch"],
        prompt_install=ask,
        prompt_restart=ask,
        requester=_REQUESTER,
        show_progress=ask,
    )


def _installed(line: str) -> bool:
    from packaging.requirements import Requirement

    requirement = Requirement(line)
    try:
        return requirement.specifier.contains(version(requirement.name))
    except PackageNotFoundError:
        return False

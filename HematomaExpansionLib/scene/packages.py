"""The Python packages that Slicer lacks: installed when an analysis needs them, never at start.

This file must import where none of them is there yet.
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from ..errors import ModelError

BUNDLED = ("numpy", "pydicom", "scipy", "SimpleITK")
"""Packages that Slicer brings: a second copy over them breaks the application."""

_REQUESTER = "HematomaExpansion"


def ensure_packages_of(segmenter: str, resources: Path, ask: bool = True) -> None:
    """Install what an analysis with a segmenter needs.

    Args:
        segmenter: name of the back-end.
        resources: folder of the module's requirements files.
        ask: ask first and show progress; False for a batch, where nobody can answer.

    Raises:
        ModelError: as :func:`ensure_packages` and :func:`ensure_torch` say.
    """
    ensure_packages(resources / "requirements.txt", ask)
    if segmenter in ("blast-ct", "bundled"):
        ensure_torch(segmenter, ask)
        ensure_packages(resources / f"requirements-{segmenter}.txt", ask)


def ensure_packages(requirements: Path, ask: bool = True) -> None:
    """Install what is missing of a requirements file.

    Args:
        requirements: one package a line.
        ask: as for :func:`ensure_packages_of`.

    Raises:
        ModelError: when something is still missing, because the user declined or pip failed.
    """
    needed = [line for line in requirements.read_text().splitlines() if line and not line.startswith("#")]
    try:
        _install(needed, ask)
    except (RuntimeError, CalledProcessError) as error:
        raise ModelError(f"the packages of {requirements.name} were not installed: {error}") from error
    missing = [line for line in needed if not _installed(line)]
    if missing:
        raise ModelError(
            f"not installed: {', '.join(missing)}; run PythonSlicer -m pip install -r {requirements}"
        )


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

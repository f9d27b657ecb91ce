"""Where and with what a network was trained."""

import platform
from importlib.metadata import version
from pathlib import Path

import torch

from HematomaExpansionLib import __version__
from HematomaExpansionLib.bundle import sha256


def hardware(device: torch.device) -> str:
    """Where a network was trained."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"


def versions() -> dict[str, str]:
    """Of the packages that make the weights."""
    return {"hematoma-expansion": __version__} | {name: version(name) for name in ("torch", "monai", "numpy")}


def weights_file(file: Path | None) -> dict[str, str] | None:
    """Name and SHA-256 of a file of weights that a network began with; None for random ones."""
    return None if file is None else {"file": file.name, "sha256": sha256(file)}

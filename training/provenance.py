"""Where and with what a network was trained."""

import platform
from importlib.metadata import version

import torch

from HematomaExpansionLib import __version__


def hardware(device: torch.device) -> str:
    """Where a network was trained."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"


def versions() -> dict[str, str]:
    """Of the packages that make the weights."""
    return {"hematoma-expansion": __version__} | {name: version(name) for name in ("torch", "monai", "numpy")}

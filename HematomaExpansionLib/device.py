"""Which processor a network runs on."""

from typing import Literal

from .errors import UsageError

Device = Literal["cpu", "cuda"]
CHOICES = ("auto", "cpu", "cuda")


def choose_device(requested: str) -> Device:
    """The device to compute on.

    Args:
        requested: ``"cpu"``, ``"cuda"``, or ``"auto"`` for CUDA where PyTorch finds it and the CPU elsewhere.

    Raises:
        UsageError: when the word is another, or ``"cuda"`` is asked for and PyTorch finds none.
    """
    if requested not in CHOICES:
        raise UsageError(f"device {requested!r}: choose one of {', '.join(CHOICES)}")
    if requested == "cpu":
        return "cpu"
    if _cuda_is_available():
        return "cuda"
    if requested == "cuda":
        raise UsageError("device 'cuda': PyTorch finds no CUDA device on this machine; choose cpu or auto")
    return "cpu"


def _cuda_is_available() -> bool:
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())

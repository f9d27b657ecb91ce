"""Weights that the user has as a file."""

from pathlib import Path

import torch
from torch import Tensor

from ..errors import ModelError


def read_weights(path: Path) -> dict[str, Tensor]:
    """Tensors by name, on the CPU.

    Args:
        path: ``.safetensors``, or another file of PyTorch, read as numbers only.

    Raises:
        ModelError: it cannot be read so.
    """
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
        return state
    except Exception as error:
        raise ModelError(f"{path}: cannot be read as weights ({type(error).__name__})") from error

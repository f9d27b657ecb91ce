"""What a training run needs to go on after a stop, in one file that is never half-written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from HematomaExpansionLib.errors import ModelError, UsageError
from HematomaExpansionLib.files import written_whole


def save_checkpoint(file: Path, plan: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Write a run's state and the plan that it follows.

    Args:
        file: ``checkpoint.pt``; a stop while it is written leaves the one before.
        plan: numbers and strings; a run is resumed only with the same ones.
        state: tensors, numbers, strings, and dictionaries and lists of them.
    """
    with written_whole(file) as temporary:
        torch.save({"plan": dict(plan), **state}, temporary)


def load_checkpoint(file: Path, plan: Mapping[str, Any], device: torch.device) -> dict[str, Any]:
    """Read the state that :func:`save_checkpoint` wrote.

    Raises:
        UsageError: when there is none, or the run was another: other data, seed, batch or length.
        ModelError: when it cannot be read.
    """
    if not file.is_file():
        raise UsageError(f"{file}: is not there, so there is no run to resume")
    try:
        state: dict[str, Any] = torch.load(file, map_location=device, weights_only=True)
        known: Mapping[str, Any] = state["plan"]
    except Exception as error:
        raise ModelError(
            f"{file}: cannot be read as a checkpoint ({type(error).__name__}); remove it to begin anew"
        ) from error
    for key, value in plan.items():
        before = known.get(key)
        if before != value and key == "data":
            raise UsageError(f"{file}: a run on other patients or with other options cannot be resumed")
        if before != value:
            raise UsageError(f"{file}: a run with {key} {before} cannot be resumed with {value}")
    return state

"""On which processor the networks of a predictor run."""

from dataclasses import replace
from typing import Any, cast

from ..device import Device, choose_device
from .predictor import Predictor


def on_device(predictor: Predictor, device: str) -> Predictor:
    """The predictor with its network, and that of an image model within it, on a device.

    A predictor without a network is returned as it is.

    Args:
        predictor: fitted.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Raises:
        UsageError: there is a network and the device is another word, or CUDA where there is none.
    """
    changed: dict[str, object] = {}
    if hasattr(predictor, "device"):
        choose_device(device)
        changed["device"] = device
    within: Predictor | None = getattr(predictor, "image", None)
    if within is not None:
        changed["image"] = on_device(within, device)
    return cast(Predictor, replace(cast(Any, predictor), **changed)) if changed else predictor


def device_of(predictor: Predictor) -> Device | None:
    """Where its network, or that of an image model within it, runs; None without a network."""
    if hasattr(predictor, "device"):
        return choose_device(predictor.device)
    within: Predictor | None = getattr(predictor, "image", None)
    return None if within is None else device_of(within)

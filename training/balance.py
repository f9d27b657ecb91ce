"""Patients with expansion are the fewer: how much more each of them counts, and how to take that back."""

import math
from collections.abc import Sequence

import torch
from torch import nn

from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.prediction.patient import Patient


def weight_of_expanded(name: str, patients: Sequence[Patient]) -> float:
    """How many patients without expansion there are for one with it.

    Args:
        name: of the training, for the message.
        patients: learnt from.

    Raises:
        InputRefused: all are alike.
    """
    expanded = sum(one.expansion is True for one in patients)
    if not 0 < expanded < len(patients):
        raise InputRefused(
            f"{name}: {expanded} of {len(patients)} patients to learn from expanded; some with and some "
            "without expansion are needed"
        )
    return (len(patients) - expanded) / expanded


def forget_balance(network: nn.Module, positive: float) -> None:
    """Give the logit the odds of the training patients, not those of a balanced set.

    Weighting patients with expansion ``positive`` times multiplies the odds that are learnt by as much.

    Args:
        network: its only linear layer gives the logit of expansion.
        positive: the weight.
    """
    (last,) = (layer for layer in network.modules() if isinstance(layer, nn.Linear))
    with torch.no_grad():
        last.bias -= math.log(positive)

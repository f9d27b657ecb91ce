"""The three trainings of Lee 2024: slice classifier, segmentation, Image-to-HE."""

import math
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from HematomaExpansionLib.networks.lee_image_to_he import LeeImageToHE
from HematomaExpansionLib.networks.lee_slice_classifier import LeeSliceClassifier
from HematomaExpansionLib.networks.lee_unet import LeeUNet
from HematomaExpansionLib.prediction.lee2024.slices import resized
from HematomaExpansionLib.statistics.roc import auc

from .lee2024_data import Slices
from .lee2024_losses import image_to_he_loss, segmentation_loss
from .task import Batch, Task
from .training_log import Panel

CLASSIFIER_RATE, CLASSIFIER_DECAY = 1e-4, 1e-6
UNET_RATE = 1e-3
IMAGE_RATE = 1e-4
"""Of Image-to-HE; the paper gives none, this is that of its classifier."""


def cosine(done: float) -> float:
    """Falling from 1 to 0; the paper names no schedule, and a short run ends better with one."""
    return 0.5 * (1 + math.cos(math.pi * done))


def classifier_task(
    network: LeeSliceClassifier,
    training: Slices,
    validation: Slices | None,
    size: int,
    rate: float = CLASSIFIER_RATE,
) -> Task:
    """Slices with against slices without a haematoma: cross-entropy, Adam with a decay of 1e-6.

    As many of either are drawn: a quarter of the paper's slices show blood, and a patient without any slice
    that the classifier finds has no score at all.

    Args:
        network: learns.
        training: from these slices.
        validation: shows how well.
        size: rows and columns of what the network is shown.
        rate: of learning.
    """

    def loss(shared: nn.Module, batch: Batch) -> dict[str, Tensor]:
        logits = shared(resized(batch["grey"], size)).float()
        return {"loss": functional.binary_cross_entropy_with_logits(logits, batch["shows"])}

    def score(trained: nn.Module, unvaried: Iterable[Batch]) -> dict[str, float]:
        return _auc([(trained(resized(batch["grey"], size)), batch["shows"]) for batch in unvaried])

    return Task(
        network,
        training,
        validation,
        loss,
        score,
        lambda parameters: torch.optim.Adam(parameters, rate, weight_decay=CLASSIFIER_DECAY),
        cosine,
        weights=training.balance(),
        panels=(Panel("training loss", "loss"), Panel("AUC, slices of validation patients", "auc", (0, 1))),
    )


def unet_task(network: LeeUNet, training: Slices, validation: Slices | None, rate: float = UNET_RATE) -> Task:
    """The outline: Dice and cross-entropy, Adam."""

    def loss(shared: nn.Module, batch: Batch) -> dict[str, Tensor]:
        return {"loss": segmentation_loss(shared(batch["grey"])[0].float(), batch["mask"])}

    def score(trained: nn.Module, unvaried: Iterable[Batch]) -> dict[str, float]:
        both = true = found = 0.0
        for batch in unvaried:
            drawn, mask = trained(batch["grey"])[0] > 0, batch["mask"] > 0.5
            both += float((drawn & mask).sum())
            true, found = true + float(mask.sum()), found + float(drawn.sum())
        return {"dice": 2 * both / (true + found)} if true + found else {}

    return Task(
        network,
        training,
        validation,
        loss,
        score,
        lambda parameters: torch.optim.Adam(parameters, rate),
        cosine,
        panels=(Panel("training loss", "loss"), Panel("Dice, validation patients", "dice", (0, 1))),
    )


def image_to_he_task(
    network: LeeImageToHE,
    unet: LeeUNet,
    training: Slices,
    validation: Slices | None,
    rate: float = IMAGE_RATE,
    positive: float = 1.0,
) -> Task:
    """Expansion from a slice and the features of the trained, frozen U-Net.

    A slice is drawn as often as it counts in its patient's nDL score: by its share of the haematoma's area.
    So patients count alike however many slices their haematoma has, and what is learnt is what is scored.

    Args:
        network: learns.
        unet: is frozen.
        training: from these slices.
        validation: shows how well.
        rate: of learning.
        positive: how often a patient with expansion counts; the paper weights nobody.
    """
    unet.requires_grad_(False).eval()

    def answers(shared: nn.Module, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        with torch.no_grad():
            outline, features = unet.to(batch["grey"].device)(batch["grey"])
        logit, evidence = shared(batch["grey"], features)
        return logit.float(), evidence.float(), outline.float().sigmoid()

    def loss(shared: nn.Module, batch: Batch) -> dict[str, Tensor]:
        return image_to_he_loss(*answers(shared, batch), batch["expansion"], positive)

    def score(trained: nn.Module, unvaried: Iterable[Batch]) -> dict[str, float]:
        return _auc([(answers(trained, batch)[0], batch["expansion"]) for batch in unvaried])

    return Task(
        network,
        training,
        validation,
        loss,
        score,
        lambda parameters: torch.optim.Adam(parameters, rate),
        cosine,
        weights=training.area_shares(),
        panels=(Panel("training loss", "loss"), Panel("AUC, slices of held-out patients", "auc", (0, 1))),
    )


def _auc(pairs: list[tuple[Tensor, Tensor]]) -> dict[str, float]:
    """AUC over slices; nothing where all are alike."""
    logits, truth = (torch.cat(each).float().cpu().numpy() for each in zip(*pairs, strict=True))
    found = auc(truth.astype(bool), logits.astype(np.float64)).value
    return {} if found is None else {"auc": found}

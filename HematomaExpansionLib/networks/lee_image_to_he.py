"""Lee 2024, third step: Image-to-HE, from a slice and the U-Net's features to the DL score of the slice."""

from itertools import pairwise

import torch
from monai.networks.blocks.convolutions import Convolution
from torch import Tensor, nn

from .lee_unet import LEVELS


class LeeImageToHE(nn.Module):
    """A convolutional network of the slice that takes in the features after the U-Net's encoder.

    The paper says that the model "accepts a single slice as input and extracts features post-encoder from
    the trained hematoma segmentation model", and that "a concatenation process in the convolutional neural
    network deduces the HE probability" (Fig. 2c); no layer is given. Here strided convolutions bring the
    slice to the resolution of those features, both are concatenated, two convolutions mix them, and their
    mean over the slice gives the logit.

    The second output is for the consistency loss (:mod:`training.lee2024_losses`): how far each place speaks
    for expansion.

    Args:
        feature_channels: of the features after the encoder.
        width: channels after the first convolution of the slice; they double at each of the four levels.
        dropout: of the mean features, in training.
    """

    def __init__(self, feature_channels: int = 1024, width: int = 32, dropout: float = 0.5) -> None:
        """Build the layers with PyTorch's initial weights."""
        super().__init__()
        channels = [1, *(width * 2**level for level in range(LEVELS))]
        self.slice = nn.Sequential(*(_convolution(low, high, 2) for low, high in pairwise(channels)))
        last = channels[-1]
        self.mix = nn.Sequential(_convolution(last + feature_channels, last, 1), _convolution(last, last, 1))
        self.evidence = nn.Conv2d(last, 1, 1)
        self.dropout = nn.Dropout(dropout)
        self.score = nn.Linear(last, 1)

    def forward(self, grey: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """Judge a slice.

        Args:
            grey: ``[batch, 1, y, x]``, 0-1.
            features: ``[batch, feature_channels, y / 16, x / 16]`` from :class:`.lee_unet.LeeUNet`.

        Returns:
            Logit of expansion ``[batch]``, and logits of the evidence ``[batch, y / 16, x / 16]``.
        """
        mixed = self.mix(torch.cat([self.slice(grey), features], dim=1))
        logit = self.score(self.dropout(mixed.mean((2, 3))))
        return logit[:, 0], self.evidence(mixed)[:, 0]


def _convolution(low: int, high: int, strides: int) -> Convolution:
    return Convolution(2, low, high, strides=strides, kernel_size=3, act="relu", norm="batch", bias=False)

"""The two-output 3D U-Net of Zhong 2021: the haematoma's outline, and expansion from the deepest layer."""

import torch
from torch import Tensor, nn

MULTIPLE = 4
"""Slices, rows and columns must be multiples of this: they are halved twice."""


class ZhongUNet3d(nn.Module):
    """A 3D U-Net with two halvings, and a classifier on its bridge (supplement, Model architecture).

    The supplement gives the shapes, ``32 x 256 x 256 (16 channels) -> 16 x 128 x 128 (32) -> 8 x 64 x 64 (64)
    -> 8 x 64 x 64 (128) -> 16 x 128 x 128 (64) -> 32 x 256 x 256 (32)``, and says: halving by a 3 x 3 x 3
    convolution with stride 2, doubling by a size of 2 x 2 x 2, a 1 x 1 x 1 convolution with a sigmoid for the
    outline, and on the bridge two 3 x 3 x 3 convolutions of 128 filters, the mean over all places, and one
    unit with a sigmoid.

    It does not say how many convolutions a level has, and its count of 3,802,578 parameters cannot be
    reached with any number of them in this scheme. The nearest natural reading has 3,802,786, and is
    built here: three convolutions in each level of the encoder beside the halving ones (which double the
    channels), five in the bridge, two in each level of the decoder, transposed convolutions of 2 x 2 x 2,
    concatenation, bias, ReLU, and no normalisation (the supplement names none).

    Initial weights are He's (2015) for ReLU; the paper names none. Through PyTorch's own, each of the layers
    down to the bridge shrinks the signal, and with nothing that normalises it hardly any is left there.

    Args:
        width: channels of the first level, 16 in the paper; the others have 2, 4 and 8 times as many.
    """

    def __init__(self, width: int = 16) -> None:
        """Build the layers with initial weights."""
        super().__init__()
        first, second, third, bridge = width, 2 * width, 4 * width, 8 * width
        self.level1 = _convolutions(1, first, 3)
        self.down1 = _convolutions(first, second, 1, stride=2)
        self.level2 = _convolutions(second, second, 3)
        self.down2 = _convolutions(second, third, 1, stride=2)
        self.level3 = _convolutions(third, third, 3)
        self.bridge = _convolutions(third, bridge, 5)
        self.up2 = nn.ConvTranspose3d(bridge, third, 2, stride=2)
        self.decoder2 = _convolutions(third + second, third, 2)
        self.up1 = nn.ConvTranspose3d(third, second, 2, stride=2)
        self.decoder1 = _convolutions(second + first, second, 2)
        self.outline = nn.Conv3d(second, 1, 1)
        self.classifier = _convolutions(bridge, bridge, 2)
        self.expansion = nn.Linear(bridge, 1)
        for layer in self.modules():
            if isinstance(layer, nn.Conv3d) and layer is not self.outline:
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, image: Tensor, outline: bool = True) -> tuple[Tensor | None, Tensor]:
        """Outline the haematoma and judge the bleed.

        Args:
            image: ``[batch, 1, z, y, x]``, see :mod:`..prediction.zhong2021.preprocessing`; each length a
                multiple of :data:`MULTIPLE`.
            outline: without it the decoder is left out.

        Returns:
            Logits of the outline ``[batch, z, y, x]``, None where none is asked for, and of expansion
            ``[batch]``.
        """
        high = self.level1(image)
        middle = self.level2(self.down1(high))
        deep = self.bridge(self.level3(self.down2(middle)))
        if not outline:
            return None, self.judge(deep)
        drawn = self.decoder2(torch.cat([self.up2(deep), middle], dim=1))
        drawn = self.decoder1(torch.cat([self.up1(drawn), high], dim=1))
        return self.outline(drawn)[:, 0], self.judge(deep)

    def judge_image(self, image: Tensor) -> Tensor:
        """The logit of expansion ``[batch]`` alone, without the decoder; see :meth:`forward`."""
        logit: Tensor = self.forward(image, outline=False)[1]
        return logit

    def judge(self, deep: Tensor) -> Tensor:
        """The logit of expansion ``[batch]`` from the bridge ``[batch, 8 x width, z / 4, y / 4, x / 4]``."""
        logit: Tensor = self.expansion(self.classifier(deep).mean((2, 3, 4)))
        return logit[:, 0]


def _convolutions(channels: int, out: int, count: int, stride: int = 1) -> nn.Sequential:
    """Convolutions of 3 x 3 x 3 with ReLU; the first changes the channels and has the stride."""
    layers: list[nn.Module] = []
    for number in range(count):
        layers += [
            nn.Conv3d(out if number else channels, out, 3, 1 if number else stride, padding=1),
            nn.ReLU(),
        ]
    return nn.Sequential(*layers)

"""DenseNet-121 and DenseNet-201 of Ning 2025, in two and three dimensions: MONAI's, with dropout."""

from collections.abc import Sequence

from monai.networks.nets.densenet import DenseNet
from torch import Tensor, nn

BLOCKS = {"densenet121": (6, 12, 24, 16), "densenet201": (6, 12, 48, 32)}
"""Layers in each of the four dense blocks (Huang 2017, Table 1)."""


class NingDenseNet(nn.Module):
    """A DenseNet for one grey channel, with one output.

    Dropout of 0.5 stands before the last layer, see :class:`.ning_resnet.NingResNet`.

    Args:
        dimensions: 2 for ``[y, x]``, 3 for ``[z, y, x]``.
        blocks: layers in each of the four dense blocks.
        width: channels of the stem, 64 as published; a layer adds half as many.
        dropout: share of the features that are dropped in training.
    """

    LAST_CONVOLUTION = "network.class_layers.relu"
    """The features that Grad-CAM looks at: of the last dense block, normalised and rectified."""
    PLACES = (32, 14.0)
    """Voxels from place to place of them, and the first one's centre: two halvings stride and pad, and three
    are means of two, which lie 2, 4 and 8 voxels further on."""

    def __init__(
        self,
        dimensions: int = 2,
        blocks: Sequence[int] = BLOCKS["densenet121"],
        width: int = 64,
        dropout: float = 0.5,
    ) -> None:
        """Build the layers with MONAI's initial weights."""
        super().__init__()
        self.network = DenseNet(
            spatial_dims=dimensions,
            in_channels=1,
            out_channels=1,
            init_features=width,
            growth_rate=width // 2,
            block_config=tuple(blocks),
        )
        self.network.class_layers[-1] = nn.Sequential(nn.Dropout(dropout), self.network.class_layers[-1])

    def forward(self, grey: Tensor) -> Tensor:
        """Logit of expansion ``[batch]`` for ``[batch, 1, y, x]`` or ``[batch, 1, z, y, x]``, 0-1."""
        logit: Tensor = self.network(grey)[:, 0]
        return logit

"""ResNet-101 and ResNet-152 of Ning 2025, in two and three dimensions: MONAI's, with dropout."""

from collections.abc import Sequence

from monai.networks.nets.resnet import ResNet
from torch import Tensor, nn

BLOCKS = {"resnet101": (3, 4, 23, 3), "resnet152": (3, 8, 36, 3)}
"""Bottleneck blocks in each of the four stages (He 2016, Table 1)."""


class NingResNet(nn.Module):
    """A ResNet of bottleneck blocks for one grey channel, with one output.

    Batch normalisation follows each convolution, as in every ResNet; dropout of 0.5 stands before the last
    layer (methods; the place is not given, and this is the usual one). MONAI's stem has stride 1 unless told
    otherwise, the published one has 2. The projections have no bias, as published, so that ImageNet weights
    fit.

    Args:
        dimensions: 2 for ``[y, x]``, 3 for ``[z, y, x]``.
        blocks: in each of the four stages.
        width: channels of the first stage's 3 x 3 convolutions, 64 as published.
        dropout: share of the features that are dropped in training.
    """

    LAST_CONVOLUTION = "network.layer4"
    """The features that Grad-CAM looks at."""
    PLACES = (32, 0.0)
    """Voxels from place to place of them, and the first one's centre: all five halvings stride and pad."""

    def __init__(
        self,
        dimensions: int = 2,
        blocks: Sequence[int] = BLOCKS["resnet101"],
        width: int = 64,
        dropout: float = 0.5,
    ) -> None:
        """Build the layers with MONAI's initial weights."""
        super().__init__()
        self.network = ResNet(
            "bottleneck",
            list(blocks),
            [width, 2 * width, 4 * width, 8 * width],
            spatial_dims=dimensions,
            n_input_channels=1,
            conv1_t_stride=2,
            feed_forward=False,
            bias_downsample=False,
        )
        self.expansion = nn.Sequential(nn.Dropout(dropout), nn.Linear(4 * 8 * width, 1))

    def forward(self, grey: Tensor) -> Tensor:
        """Logit of expansion ``[batch]`` for ``[batch, 1, y, x]`` or ``[batch, 1, z, y, x]``, 0-1."""
        logit: Tensor = self.expansion(self.network(grey))[:, 0]
        return logit

"""Lee 2024, first step: does this slice show a haematoma?"""

from collections.abc import Sequence

from monai.networks.nets.senet import SEResNext50
from torch import Tensor, nn

from .lee_attention import BottleneckAttention

_LAST_STAGE = 1024
"""Channels of the 3 x 3 convolutions of the last stage: 32 groups of 32."""


class LeeSliceClassifier(nn.Module):
    """SE-ResNeXt-50 (32 x 4d) of one grey slice, MONAI's, with one output.

    The paper starts from ImageNet weights; :func:`.lee_imagenet.load_imagenet` loads them from a file. Of
    attention it says only that there is some (see :mod:`.lee_attention`). Squeeze-and-Excitation alone is
    a form of it, so self-attention is an option and off unless asked for.

    Args:
        layers: blocks in each of the four stages; the published network has 3, 4, 6, 3.
        attention: self-attention in the place of the last stage's 3 x 3 convolutions.
        size: rows and columns of a slice; only the embeddings of the attention depend on it.
    """

    def __init__(
        self, layers: Sequence[int] = (3, 4, 6, 3), attention: bool = False, size: int = 512
    ) -> None:
        """Build the layers with PyTorch's initial weights."""
        super().__init__()
        self.network = SEResNext50(spatial_dims=2, in_channels=1, num_classes=1, layers=tuple(layers))
        if attention:
            for number, block in enumerate(self.network.layer4):
                stride, side = (2, size // 16) if number == 0 else (1, size // 32)
                block.conv2 = nn.Sequential(
                    BottleneckAttention(_LAST_STAGE, side, side, stride=stride),
                    nn.BatchNorm2d(_LAST_STAGE),
                    nn.ReLU(inplace=True),
                )

    def forward(self, grey: Tensor) -> Tensor:
        """Logit that the slice shows a haematoma, ``[batch]``.

        Args:
            grey: ``[batch, 1, y, x]``, 0-1.
        """
        logit: Tensor = self.network(grey)[:, 0]
        return logit

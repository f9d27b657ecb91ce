"""Lee 2024, second step: the outline of the haematoma in a slice, and the features that it is drawn from."""

from monai.networks.nets.basic_unet import BasicUNet
from torch import Tensor, nn

LEVELS = 4
"""Halvings from the slice to the features after the encoder."""
MULTIPLE = 2**LEVELS


class LeeUNet(nn.Module):
    """The U-Net of Ronneberger 2015 in two dimensions, MONAI's ``BasicUNet`` with batch normalisation.

    The paper names the architecture and nothing of its widths: they are those of the original, 64 to 1024.
    Unlike the original it pads, so that the outline has the size of the slice, and it normalises batches,
    without which 31 million parameters do not train at a rate of 1e-3.

    Args:
        width: channels of the first level; the next ones have 2, 4, 8 and 16 times as many.
    """

    def __init__(self, width: int = 64) -> None:
        """Build the layers with PyTorch's initial weights."""
        super().__init__()
        self.unet = BasicUNet(
            spatial_dims=2,
            in_channels=1,
            out_channels=1,
            features=(width, 2 * width, 4 * width, 8 * width, 16 * width, width),
            act=("relu", {"inplace": True}),
            norm="batch",
        )
        self.feature_channels = 16 * width

    def forward(self, grey: Tensor) -> tuple[Tensor, Tensor]:
        """Outline a haematoma.

        Args:
            grey: ``[batch, 1, y, x]``, 0-1; y and x are multiples of :data:`MULTIPLE`.

        Returns:
            Logits ``[batch, y, x]``, and the features after the encoder,
            ``[batch, feature_channels, y / 16, x / 16]``.
        """
        unet = self.unet
        first = unet.conv_0(grey)
        second = unet.down_1(first)
        third = unet.down_2(second)
        fourth = unet.down_3(third)
        features = unet.down_4(fourth)
        up = unet.upcat_3(unet.upcat_4(features, fourth), third)
        logits = unet.final_conv(unet.upcat_1(unet.upcat_2(up, second), first))
        return logits[:, 0], features

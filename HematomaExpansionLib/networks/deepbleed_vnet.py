"""The network of the DeepBleed-style back-end: a V-Net over the whole head on the template's grid."""

from monai.networks.nets.vnet import VNet
from torch import Tensor, nn

WINDOW_HU = (0.0, 100.0)
MULTIPLE = 16


class DeepBleedVNet(nn.Module):
    """MONAI's V-Net with one output.

    DeepBleed (Sharrock, Neuroinformatics 2021) is a V-Net that reads the brain at 1.5 mm in 128 x 128 x 128
    voxels, densities of 0-100 HU, and draws one class. Its own weights are for TensorFlow and do not fit.

    Args:
        dropout: of the deep levels, in training.
    """

    def __init__(self, dropout: float = 0.5) -> None:
        """Build the layers with PyTorch's initial weights."""
        super().__init__()
        self.vnet = VNet(
            spatial_dims=3,
            in_channels=1,
            out_channels=1,
            dropout_prob_down=dropout,
            dropout_prob_up=(dropout, dropout),
        )

    def forward(self, hu: Tensor) -> Tensor:
        """Logits of blood, ``[batch, z, y, x]``.

        Args:
            hu: ``[batch, z, y, x]``, HU of the brain alone; each length a multiple of :data:`MULTIPLE`.
        """
        low, high = WINDOW_HU
        grey = ((hu - low) / (high - low)).clamp(0, 1)
        logits: Tensor = self.vnet(grey[:, None])[:, 0]
        return logits

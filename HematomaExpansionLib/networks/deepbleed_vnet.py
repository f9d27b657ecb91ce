"""The network of the DeepBleed-style back-end: a V-Net over the whole head on the template's grid."""

from monai.networks.nets.vnet import DownTransition, InputTransition, OutputTransition, UpTransition
from torch import Tensor, nn

WINDOW_HU = (0.0, 100.0)
MULTIPLE = 16
_ACTIVATION = ("elu", {"inplace": True})


class DeepBleedVNet(nn.Module):
    """A V-Net of MONAI's transitions with one output; with 16 channels it is MONAI's ``VNet``.

    DeepBleed (Sharrock, Neuroinformatics 2021) is a V-Net that reads the brain at 1.5 mm in 128 x 128 x 128
    voxels, densities of 0-100 HU, and draws one class. Its own weights are for TensorFlow and do not fit.

    Args:
        width: channels of the first level; they double at each of the four halvings.
        dropout: of the deep levels, in training.
    """

    def __init__(self, width: int = 16, dropout: float = 0.5) -> None:
        """Build the layers with PyTorch's initial weights."""
        super().__init__()
        w, act, up = width, _ACTIVATION, (dropout, dropout)
        self.in_tr = InputTransition(3, 1, w, act)
        self.down_tr32 = DownTransition(3, w, 1, act)
        self.down_tr64 = DownTransition(3, 2 * w, 2, act)
        self.down_tr128 = DownTransition(3, 4 * w, 3, act, dropout_prob=dropout)
        self.down_tr256 = DownTransition(3, 8 * w, 2, act, dropout_prob=dropout)
        self.up_tr256 = UpTransition(3, 16 * w, 16 * w, 2, act, dropout_prob=up)
        self.up_tr128 = UpTransition(3, 16 * w, 8 * w, 2, act, dropout_prob=up)
        self.up_tr64 = UpTransition(3, 8 * w, 4 * w, 1, act)
        self.up_tr32 = UpTransition(3, 4 * w, 2 * w, 1, act)
        self.out_tr = OutputTransition(3, 2 * w, 1, act)

    def forward(self, hu: Tensor) -> Tensor:
        """Logits of blood, ``[batch, z, y, x]``.

        Args:
            hu: ``[batch, z, y, x]``, HU of the brain alone; each length a multiple of :data:`MULTIPLE`.
        """
        low, high = WINDOW_HU
        first = self.in_tr(((hu - low) / (high - low)).clamp(0, 1)[:, None])
        second = self.down_tr32(first)
        third = self.down_tr64(second)
        fourth = self.down_tr128(third)
        deep = self.up_tr256(self.down_tr256(fourth), fourth)
        logits: Tensor = self.out_tr(self.up_tr32(self.up_tr64(self.up_tr128(deep, third), second), first))
        return logits[:, 0]

"""The network of the back-end ``bundled``: a compact 2.5D U-Net for blood on head CT."""

import torch
from monai.networks.nets.basic_unet import BasicUNet
from torch import Tensor, nn
from torch.nn import functional

from ..labels import Label

CLASSES = len(Label)
CONTEXT_SLICES = 5
"""Slices in: the one to label, and two on each side of it."""
WINDOWS_HU = ((0.0, 90.0), (-150.0, 350.0))
"""From black to white: brain and blood; scalp, fat, calcium and the edge of bone."""
MULTIPLE = 32
"""Rows and columns must be multiples of this: the shuffle halves them once, the U-Net four times."""


class HaemorrhageUNet(nn.Module):
    """A U-Net over five neighbouring slices, at half the resolution it reads and writes.

    Why this one:

    - *2.5D, not 3D.* Head CT is read in slices of 3-5 mm; across them a 3D network sees few voxels, and it
      cost 5 to 30 times the time of this one for a training step. Five slices of 3 mm are 15 mm of context,
      enough to tell a vessel, a dural fold or the skull base from a clot.
    - *2 x 2 pixel-unshuffle stem and pixel-shuffle head* (Shi, CVPR 2016): four pixels become four channels,
      so the widest and slowest layers work at 2 mm and nothing of the 1 mm pixels is thrown away. 5.5 times
      faster than the same U-Net at 1 mm.
    - *Batch, not instance, normalisation.* HU are absolute. Instance normalisation stretches the contrast of
      a slice without blood until something in it looks dense.
    - *HU in.* The windows are part of the network, so that training and use cannot differ in them.
    - *A ventricle output* beside the classes: the ventricular system with the blood in it. Density does not
      tell an IVH cast from a haematoma, only the ventricle it lies in does, so the features for it are
      trained on every scan, bloody or not.

    The U-Net is MONAI's ``BasicUNet`` (Falk, Nat Methods 2019): five levels, 2.0 million parameters.

    Args:
        base: channels of the first level; the next ones have 1, 2, 4 and 8 times as many.
    """

    def __init__(self, base: int = 32) -> None:
        """Build the layers with PyTorch's initial weights."""
        super().__init__()
        self.unet = BasicUNet(
            spatial_dims=2,
            in_channels=4 * CONTEXT_SLICES * len(WINDOWS_HU),
            out_channels=4 * (CLASSES + 1),
            features=(base, base, 2 * base, 4 * base, 8 * base, base),
            norm="batch",
            act=("leakyrelu", {"inplace": True}),
        )
        # The layout that convolutions are fastest in, on the CPU and on CUDA.
        nn.utils.convert_conv2d_weight_memory_format(self, torch.channels_last)

    def forward(self, hu: Tensor) -> tuple[Tensor, Tensor]:
        """Label the middle slice.

        Args:
            hu: ``[batch, CONTEXT_SLICES, y, x]``, HU, slices from below to above, 1 mm pixels; y and x are
                multiples of :data:`MULTIPLE`.

        Returns:
            Logits of the classes (values of :class:`..labels.Label`), ``[batch, class, y, x]``, and of the
            ventricular system, ``[batch, y, x]``.
        """
        grey = [((hu - low) / (high - low)).clamp(0, 1) for low, high in WINDOWS_HU]
        coarse = functional.pixel_unshuffle(torch.cat(grey, dim=1), 2)
        coarse = coarse.contiguous(memory_format=torch.channels_last)
        logits = functional.pixel_shuffle(self.unet(coarse), 2)
        return logits[:, :CLASSES], logits[:, CLASSES]

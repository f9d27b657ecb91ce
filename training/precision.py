"""In which precision a network is trained on a device."""

import torch

from HematomaExpansionLib.device import Device


def has_fast_bfloat16(device: Device) -> bool:
    """Whether bfloat16 is in hardware: it trains 1.7 times as fast as float32 on a CPU with AVX-512 BF16."""
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return bool(
        torch.cpu.get_capabilities().get("avx512_bf16") or torch.cpu.get_capabilities().get("amx_bf16")
    )


def mixed_precision(device: Device) -> torch.dtype:
    """bfloat16 where it is in hardware, else float16 on CUDA (with scaled gradients) and float32 on a CPU."""
    if has_fast_bfloat16(device):
        return torch.bfloat16
    return torch.float16 if device == "cuda" else torch.float32

"""Dura inside the skull: falx, tentorium, and the venous sinuses in their edges."""

import torch


def falx(mni_mm: torch.Tensor, depth_mm: torch.Tensor) -> torch.Tensor:
    """Falx: a sheet in the midline outside an arch over the corpus callosum, bool ``[z, y, x]``.

    Args:
        mni_mm: ``[3, z, y, x]`` template coordinates (superior, anterior, right).
        depth_mm: depth inside the skull, 0 outside.
    """
    superior, anterior, right = mni_mm
    arch = ((anterior + 14) / 58) ** 2 + ((superior - 4) / 40) ** 2 > 1
    above = superior > torch.where(anterior < -40, -2 + 0.25 * (anterior + 40), -8.0)
    return (right.abs() < 0.9) & arch & above & (depth_mm > 0)


def tentorium(mni_mm: torch.Tensor, depth_mm: torch.Tensor) -> torch.Tensor:
    """Tentorium: the sheet between cerebellum and occipital lobes, bool ``[z, y, x]``.

    It falls away from the vermis to the sides and to the back, and leaves the notch of the brain stem open.
    """
    superior, anterior, right = mni_mm
    side = right.abs()
    surface = -8.5 - 0.4 * side - 0.0142 * (anterior + 60) ** 2
    notch = ((anterior + 26) / 32) ** 2 + (right / 26) ** 2 < 1
    return ((superior - surface).abs() < 1.0) & ~notch & (anterior < -20) & (side < 62) & (depth_mm > 0)


def sagittal_sinus(mni_mm: torch.Tensor, depth_mm: torch.Tensor) -> torch.Tensor:
    """Superior sagittal sinus: a triangle under the skull along the outer edge of the falx, bool."""
    superior, anterior, right = mni_mm
    edge = (depth_mm < 6) & (right.abs() < 1 + 0.6 * (6 - depth_mm)) & (anterior < 45) & (superior > -5)
    return edge & (depth_mm > 0)

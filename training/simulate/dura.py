"""Dura inside the skull: falx and tentorium, and the venous sinuses in their edges."""

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


def above_tentorium_mm(mni_mm: torch.Tensor) -> torch.Tensor:
    """Height over the tentorium, mm, ``[z, y, x]``: it falls from the vermis to the sides and the back."""
    superior, anterior, right = mni_mm
    return superior + 8.5 + 0.4 * right.abs() + 0.0142 * (anterior + 60) ** 2


def tentorium(mni_mm: torch.Tensor, depth_mm: torch.Tensor) -> torch.Tensor:
    """Tentorium: the sheet between cerebellum and occipital lobes, bool ``[z, y, x]``.

    It leaves the notch of the brain stem open.
    """
    _, anterior, right = mni_mm
    notch = ((anterior + 26) / 32) ** 2 + (right / 26) ** 2 < 1
    sheet = (above_tentorium_mm(mni_mm).abs() < 1.0) & ~notch & (anterior < -20) & (right.abs() < 62)
    return sheet & (depth_mm > 0)


def venous_sinuses(mni_mm: torch.Tensor, depth_mm: torch.Tensor, width: float) -> torch.Tensor:
    """Superior sagittal, straight, transverse and sigmoid sinuses and the torcula, bool ``[z, y, x]``.

    Args:
        mni_mm: ``[3, z, y, x]`` template coordinates.
        depth_mm: depth inside the skull, 0 outside.
        width: of the sinuses; 1 is the average.
    """
    superior, anterior, right = mni_mm
    aside, height = right.abs(), above_tentorium_mm(mni_mm)
    # A triangle under the skull along the outer edge of the falx.
    sagittal = (aside < (0.5 + 0.65 * (6.5 - depth_mm)) * width) & (depth_mm < 6.5) & (anterior < 50)
    sagittal &= superior > -12
    straight = (right**2 + (height - 1.5) ** 2 < (2.2 * width) ** 2) & (anterior < -46)
    # Along the skull in the edge of the tentorium, from the torcula to the petrous bone; the right is wider.
    across = (depth_mm < 4.5 + right / 60) & (height.abs() < 3.2 * width) & (anterior < -38)
    sigmoid = (depth_mm < 4.0) & (aside > 42) & (anterior < -28) & (anterior > -46) & (height < 2)
    sigmoid &= (superior > -58) & (aside < 64)
    torcula = (right**2 + (superior + 12) ** 2 < (6 * width) ** 2) & (depth_mm < 6.5) & (anterior < -80)
    return (sagittal | straight | across | sigmoid | torcula) & (depth_mm > 0)

"""From how full a voxel of a scan is to its label, with the volume kept."""

import torch

from HematomaExpansionLib.labels import Label

from .fields import fullest


def label_voxels(shares: dict[Label, torch.Tensor], voxels: dict[Label, int]) -> torch.Tensor:
    """Label the voxels that are fullest of a class, as many as the class has volume.

    A fixed cut at half full loses volume where blood is thin against the slice; this cut lies close to half
    and keeps the volume. Extra-axial blood takes voxels that hold most of it; of the voxels then fullest of
    blood those with most ventricular blood are IVH, the rest ICH; oedema takes what is left.

    Args:
        shares: float32 ``[z, y, x]`` 0-1 for ICH, IVH, extra-axial blood and oedema.
        voxels: how many voxels each should have; fewer are given where there is no room.

    Returns:
        uint8 of :class:`Label`.
    """
    ich, ivh, outside, oedema = (
        shares[label] for label in (Label.ICH, Label.IVH, Label.EXTRA_AXIAL, Label.OEDEMA)
    )
    labels = torch.zeros(ich.shape, dtype=torch.uint8, device=ich.device)
    inner = ich + ivh
    mostly = (outside > 0) & (outside >= inner)
    labels[_up_to(outside, mostly, voxels[Label.EXTRA_AXIAL])] = Label.EXTRA_AXIAL
    filled = _up_to(inner, (inner > 0) & (labels == 0), voxels[Label.ICH] + voxels[Label.IVH])
    labels[filled] = Label.ICH
    labels[_up_to(ivh - ich, filled, voxels[Label.IVH])] = Label.IVH
    labels[_up_to(oedema, (oedema > 0) & (labels == 0), voxels[Label.OEDEMA])] = Label.OEDEMA
    return labels


def mask_voxels(share: torch.Tensor, voxels: int) -> torch.Tensor:
    """The voxels fullest of a structure, at least one where there is any of it; bool."""
    return _up_to(share, share > 0, max(1, voxels))


def _up_to(share: torch.Tensor, allowed: torch.Tensor, voxels: int) -> torch.Tensor:
    return fullest(share, allowed, min(voxels, int(allowed.sum())))

"""What the networks of Lee 2024 are trained to do."""

import torch
from monai.losses import DiceLoss
from torch import Tensor
from torch.nn import functional

CONSISTENCY_WEIGHT = 0.1
"""Of the consistency loss beside the cross-entropy; the paper gives none."""

_dice = DiceLoss(sigmoid=True, batch=True, smooth_nr=1.0, smooth_dr=1.0)


def segmentation_loss(logits: Tensor, mask: Tensor) -> Tensor:
    """Dice (over the batch, so that small bleeds do not swing it) plus binary cross-entropy.

    Args:
        logits: ``[batch, y, x]``.
        mask: same shape, 0-1.
    """
    dice: Tensor = _dice(logits[:, None], mask[:, None])
    return dice + functional.binary_cross_entropy_with_logits(logits, mask)


def consistency_loss(evidence: Tensor, outline: Tensor, expansion: Tensor) -> Tensor:
    """How far the evidence for expansion departs from the predicted haematoma of those who expand.

    The paper names "a consistency loss function between predicted segmentation and label of hematoma
    expansion, which ensures that reducing false positive prediction" and cites the cycle consistency of
    CycleGAN, an L1 distance; it prints no formula. The reading taken here: where the label says expansion,
    the evidence should be the predicted haematoma; where it says none, there should be none. So

        mean over the slice of | sigmoid(evidence) - expansion x predicted haematoma |

    which punishes evidence outside the haematoma, and any in patients without expansion.

    Args:
        evidence: logits ``[batch, rows, columns]`` of :class:`..networks.lee_image_to_he.LeeImageToHE`.
        outline: predicted probability of haematoma ``[batch, y, x]``, averaged to rows and columns here.
        expansion: ``[batch]``, 0 or 1.
    """
    share = functional.adaptive_avg_pool2d(outline, evidence.shape[-2:])
    return functional.l1_loss(torch.sigmoid(evidence), expansion[:, None, None] * share)


def image_to_he_loss(
    logit: Tensor, evidence: Tensor, outline: Tensor, expansion: Tensor, positive: float = 1.0
) -> dict[str, Tensor]:
    """Cross-entropy of the slices and, weighted, the consistency loss.

    Args:
        logit: of expansion ``[batch]``.
        evidence: see :func:`consistency_loss`.
        outline: likewise.
        expansion: likewise.
        positive: how often a slice of a patient with expansion counts in the cross-entropy.
    """
    weight = torch.tensor(positive, device=logit.device)
    entropy = functional.binary_cross_entropy_with_logits(logit, expansion, pos_weight=weight)
    consistency = consistency_loss(evidence, outline, expansion)
    return {"loss": entropy + CONSISTENCY_WEIGHT * consistency, "loss_consistency": consistency}

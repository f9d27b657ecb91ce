"""What the network is trained to do, and how well it does it."""

from collections.abc import Iterable

import numpy as np
from monai.losses import DiceCELoss, DiceLoss
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from HematomaExpansionLib.labels import APPEARANCE, Label

from .segmentation_batches import Batch
from .segmentation_data import UNKNOWN

VENTRICLES_WEIGHT = 0.5
BLOOD = (Label.ICH, Label.IVH, Label.EXTRA_AXIAL)
LEAST_ML = 0.3
"""Volume of a class from which its Dice is counted; less is a question of detection."""


class SegmentationLoss(nn.Module):
    """Dice and cross-entropy of the classes, and of the ventricular system where the truth says it.

    Dice is taken over the whole batch: over single slices it is undefined wherever a class is absent, which
    is most of them.
    """

    def __init__(self) -> None:
        """Build MONAI's losses."""
        super().__init__()
        # The smoothing term is about the area of a small bleed in one slice: absent classes do no harm.
        self.classes = DiceCELoss(
            include_background=False, to_onehot_y=True, softmax=True, batch=True, smooth_nr=20, smooth_dr=20
        )
        self.ventricles = DiceLoss(batch=True, smooth_nr=20, smooth_dr=20)

    def forward(self, logits: Tensor, ventricles: Tensor, batch: Batch) -> Tensor:
        """The loss of what the network says of a batch."""
        loss = self.classes(logits.float(), batch.classes[:, None])
        known = (batch.ventricles != UNKNOWN).all(2).all(1)
        if known.any():
            said, true = ventricles[known].float(), batch.ventricles[known].float()
            dice = self.ventricles(said.sigmoid()[:, None], true[:, None])
            entropy = functional.binary_cross_entropy_with_logits(said, true)
            loss = loss + VENTRICLES_WEIGHT * (dice + entropy)
        return loss


def scores(pairs: Iterable[tuple[NDArray[np.uint8], NDArray[np.uint8], float]]) -> dict[str, float]:
    """Compare labels with the truth, scan by scan.

    Args:
        pairs: labels and truth, values of :class:`~HematomaExpansionLib.labels.Label`, and mL of a voxel.

    Returns:
        Median Dice of each class and of any blood over the scans with at least :data:`LEAST_ML` of it, and
        ``false_blood_ml``, the mean blood found in scans without any. What no scan allows is left out.
    """
    kinds = {look.key: (label,) for label, look in APPEARANCE.items()} | {"blood": BLOOD}
    dice: dict[str, list[float]] = {key: [] for key in kinds}
    false_ml = []
    for found, true, voxel_ml in pairs:
        for key, labels in kinds.items():
            a, b = np.isin(found, labels), np.isin(true, labels)
            if b.sum() * voxel_ml >= LEAST_ML:
                dice[key].append(2 * float((a & b).sum()) / float(a.sum() + b.sum()))
        if not np.isin(true, BLOOD).any():
            false_ml.append(float(np.isin(found, BLOOD).sum()) * voxel_ml)
    found_scores = {f"dice_{key}": float(np.median(values)) for key, values in dice.items() if values}
    return found_scores | ({"false_blood_ml": float(np.mean(false_ml))} if false_ml else {})

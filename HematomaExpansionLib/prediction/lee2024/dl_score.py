"""Lee 2024: from the DL scores of the slices to the normalised DL score (nDL) of the patient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class DLScore:
    """What Image-to-HE says of one scan.

    Attributes:
        slices: numbers of the slices that show a haematoma, from the lowest.
        scores: DL score of each of them, 0-1.
        areas: share of each slice that the haematoma covers by the segmentation network, expected, 0-1.
        normalised: the patient's nDL score, 0-100; None when no slice shows a haematoma.
    """

    slices: tuple[int, ...]
    scores: tuple[float, ...]
    areas: tuple[float, ...]
    normalised: float | None


def normalised_dl_score(scores: NDArray[np.floating], areas: NDArray[np.floating]) -> float | None:
    """The mean of the slices' DL scores, weighted by the area of the haematoma in each, times 100.

    The paper says that the area is "used as a weight", so that the score keeps "proportionality to the
    hematoma's size", and that the result is "normalized". It prints no formula. A weighted mean is the
    reading that needs no constant of the training cohort and lies between 0 and 100 for every patient; a
    weighted sum would be a volume times a probability.

    Args:
        scores: DL score of each slice, 0-1.
        areas: area of the haematoma in each, any unit, the same for all.

    Returns:
        0-100; None when the areas are all 0 or there is no slice.
    """
    total = float(np.sum(areas))
    if not total > 0:
        return None
    return 100.0 * float(np.sum(np.asarray(scores) * np.asarray(areas))) / total

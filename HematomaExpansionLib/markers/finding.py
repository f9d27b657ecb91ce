"""What is found of one marker: present, absent or not to be told, and the evidence for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import erf, sqrt
from typing import TYPE_CHECKING

import numpy as np

from .marker import Marker

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .clot import Clot

INDETERMINATE_CONFIDENCE = 0.5
"""An answer that cannot be told apart from its opposite."""
COUNT_ERROR = 0.7
"""Standard error of a count of foci or pieces, for confidence alone."""


class State(StrEnum):
    """The answer to whether a marker is there."""

    PRESENT = "present"
    ABSENT = "absent"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, eq=False)
class MarkerFinding:
    """One marker in one scan.

    Attributes:
        marker: which.
        state: present, absent, or indeterminate where noise hides the difference.
        confidence: 0-1, how far the deciding measure lies from its limit, in errors of that measure: 0.5 at
            the limit. It is no probability that a reader agrees.
        measures: the measured quantities, units in their names (``difference_hu``, ``area_mm2``); a count has
            none. Empty where there was nothing to measure.
        slice_index: slice of the scan, from 0 at the feet, that shows it best; None when absent.
        evidence: uint8 ``[z, y, x]`` on the grid of the scan, 1 where the marker is; all 0 when absent.
    """

    marker: Marker
    state: State
    confidence: float
    measures: Mapping[str, float]
    slice_index: int | None
    evidence: "NDArray[np.uint8]"

    @property
    def present(self) -> bool:
        """Whether the marker is there; False also where it cannot be told."""
        return self.state is State.PRESENT


def confidence(value: float, limit: float, error: float) -> float:
    """How surely a measure with a normal error lies on its side of a limit: 0.5 at it, 1 far from it.

    Args:
        value: the measure.
        limit: what it is compared with, in the same unit.
        error: standard error of the measure, at least 0.
    """
    distance = abs(value - limit)
    if error <= 0:
        return 1.0 if distance > 0 else INDETERMINATE_CONFIDENCE
    return 0.5 * (1.0 + erf(distance / error / sqrt(2.0)))


def finding(
    marker: Marker,
    clot: "Clot",
    state: State,
    sureness: float,
    measures: Mapping[str, float],
    where: "NDArray[np.bool_]",
) -> MarkerFinding:
    """A finding whose evidence is a mask of the cropped clot; it is dropped unless something is there."""
    shown = where if state is not State.ABSENT else np.zeros_like(where)
    best = int(np.argmax(np.count_nonzero(shown, axis=(1, 2)))) if shown.any() else None
    return MarkerFinding(
        marker=marker,
        state=state,
        confidence=sureness,
        measures=dict(measures),
        slice_index=None if best is None else clot.slice_in_scan(best),
        evidence=clot.in_scan(shown),
    )


def distinct(difference_hu: float, noise_hu: float, pixels: int, sigmas: float = 3.0) -> bool:
    """Whether a difference of means stands out of the noise: at least 3 sigma / sqrt(n)."""
    return difference_hu >= sigmas * noise_hu / sqrt(max(pixels, 1))

"""A patient who moves while some slices are taken."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Motion:
    """A start during a scan: the slices it falls into show the head in two places, each as a half shadow.

    Attributes:
        first: lowest slice that is hit, from 0.
        count: how many slices are.
        turn_deg: rotation about the body axis between the two places.
        shift_mm: shift along x, y, z between them.
    """

    first: int
    count: int
    turn_deg: float
    shift_mm: tuple[float, float, float]

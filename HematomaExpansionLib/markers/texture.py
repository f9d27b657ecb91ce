"""Measures that are reported whatever the markers say: density variation and Barras' two scales."""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .clot import Clot

Category = Literal["I", "II", "III", "IV", "V"]
_CATEGORIES: tuple[Category, ...] = ("I", "II", "III", "IV", "V")


def hu_variation(clot: "Clot") -> float | None:
    """Coefficient of variation of the HU of M* without its rim, as scanned; None without such a voxel.

    The densitometric measure that told growth best (PMC7964597). Noise is part of it.
    """
    values = clot.hu[clot.inner]
    mean = float(values.mean()) if values.size else 0.0
    return float(values.std() / mean) if mean > 0 else None


def shape_category(irregularities: int) -> Category:
    """Barras' shape scale (Stroke 2009;40:1325) by counting: none is I, one II, two III, three IV, more V."""
    return _CATEGORIES[min(irregularities, 4)]


def density_category(foci: int) -> Category:
    """Barras' density scale by counting low-density foci: none is I, 1-2 II, three III, four IV, more V."""
    return _CATEGORIES[min(max(foci - 1, foci > 0), 4)]

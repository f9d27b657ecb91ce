"""The main body of a clot in its box, and the regions of low density that are laid out in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from HematomaExpansionLib.markers.marker import Marker

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Body:
    """The main piece of a clot.

    Attributes:
        mask: bool ``[z, y, x]``, empty at the border of the box.
        spacing_mm: voxel size along (z, y, x).
    """

    mask: "NDArray[np.bool_]"
    spacing_mm: tuple[float, float, float]

    @cached_property
    def level(self) -> int:
        """The slice of the largest area."""
        return int(self.mask.sum(axis=(1, 2)).argmax())

    def offsets_mm(self, voxel: Sequence[float]) -> "list[NDArray[np.float32]]":
        """Coordinates (z, y, x) from a voxel, that broadcast to the box."""
        z, y, x = (
            spacing * (np.arange(count, dtype=np.float32) - index)
            for spacing, count, index in zip(self.spacing_mm, self.mask.shape, voxel, strict=True)
        )
        return [z[:, None, None], y[None, :, None], x[None, None, :]]


@dataclass(frozen=True)
class Low:
    """A region of low density.

    Attributes:
        marker: what it is made for.
        mask: bool ``[z, y, x]`` in the box of the body; what is open to the brain goes on beyond the body.
        encapsulated: the clot encloses it.
        focus: it is a focus, not a whole part of the clot.
    """

    marker: Marker
    mask: "NDArray[np.bool_]"
    encapsulated: bool
    focus: bool = True

"""Display windows: HU to 8-bit grey."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Window:
    """A display window.

    Attributes:
        width_hu: range of HU from black to white, more than 0.
        level_hu: its middle.
    """

    width_hu: float
    level_hu: float

    def __post_init__(self) -> None:
        """Refuse a window without width."""
        if self.width_hu <= 0:
            raise ValueError(f"window width is {self.width_hu} HU; it must be more than 0")

    def grey(self, hu: "NDArray[Any]") -> "NDArray[np.uint8]":
        """Map HU linearly to 0-255 and cut off outside; any shape.

        ``level - width/2`` and below is 0, ``level + width/2`` and above is 255 (the linear-exact function of
        DICOM PS3.3 C.11.2.1.3.2), rounded to the nearest grey.
        """
        scaled = (np.asarray(hu, np.float32) - (self.level_hu - self.width_hu / 2)) * (255.0 / self.width_hu)
        grey: NDArray[np.uint8] = np.rint(np.clip(scaled, 0.0, 255.0)).astype(np.uint8)
        return grey


BRAIN = Window(80, 40)
"""W80/L40: brain and blood."""

STROKE = Window(40, 40)
"""W40/L40: grey against white matter."""

SUBDURAL = Window(200, 75)
"""W200/L75: thin blood beside bone."""

BONE = Window(2800, 600)
"""W2800/L600."""

"""How a head lies in the scanner."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The point of the head (x, y, z) that a pose without translation puts into the middle of the scan.
_MIDDLE_MM = np.array([0.0, 14.0, 10.0])


@dataclass(frozen=True)
class Pose:
    """Where the head lies in the scanner: scanner = rotation . (head - middle) + translation, LPS mm.

    Attributes:
        angles_deg: rotation about the x, y and z axes of the scanner, applied in this order.
        translation_mm: x, y, z.
    """

    angles_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    translation_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def matrix(self) -> "NDArray[np.float64]":
        """4 x 4 matrix from head to scanner coordinates (x, y, z, 1)."""
        from scipy.spatial.transform import Rotation

        matrix = np.eye(4)
        matrix[:3, :3] = Rotation.from_euler("xyz", self.angles_deg, degrees=True).as_matrix()
        matrix[:3, 3] = self.translation_mm - matrix[:3, :3] @ _MIDDLE_MM
        return matrix

    @property
    def down(self) -> tuple[float, float, float]:
        """Unit vector of gravity in head coordinates (z, y, x): the patient lies on the back."""
        x, y, z = (float(value) for value in np.linalg.inv(self.matrix())[:3, :3] @ (0.0, 1.0, 0.0))
        return (z, y, x)

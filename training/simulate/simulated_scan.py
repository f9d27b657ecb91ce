"""A simulated scan with its truth, as arrays and as images."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.markers.marker import Marker

from .protocol import Protocol

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

CLASSES: dict[str, Label] = {
    "ich": Label.ICH,
    "ivh": Label.IVH,
    "extra_axial": Label.EXTRA_AXIAL,
    "oedema": Label.OEDEMA,
}
"""Names of the classes in ``truth_ml`` and in files, and their labels."""


@dataclass(frozen=True)
class SimulatedScan:
    """A scan with its truth; arrays are ``[slice, row, column]`` on one grid.

    Attributes:
        hu: int16.
        labels: uint8 of :class:`Label`, see :func:`.labelling.label_voxels`.
        ventricles: uint8, 1 in the voxels fullest of ventricle, blood in it included.
        markers: uint8 0-1 for each marker, 1 where its evidence is; all 0 where it is absent.
        affine: 4 x 4 matrix from index (x, y, z, 1) to LPS mm; its axes are at right angles.
        protocol: the scanner.
        truth_ml: volume of the voxels of each of :data:`CLASSES`.
        fine_ml: volume on the fine grid, before any scanner.
        midline_shift_mm: of the septum pellucidum, positive to the left.
    """

    hu: "NDArray[np.int16]"
    labels: "NDArray[np.uint8]"
    ventricles: "NDArray[np.uint8]"
    markers: "dict[Marker, NDArray[np.uint8]]"
    affine: "NDArray[np.float64]"
    protocol: Protocol
    truth_ml: dict[str, float]
    fine_ml: dict[str, float]
    midline_shift_mm: float

    @property
    def label_voxels(self) -> dict[str, int]:
        """Number of voxels of each of :data:`CLASSES`."""
        return {name: int(np.count_nonzero(self.labels == label)) for name, label in CLASSES.items()}

    def image(self) -> "sitk.Image":
        """The scan, LPS."""
        return self.as_image(self.hu)

    def labels_image(self) -> "sitk.Image":
        """The labels on the scan's grid."""
        return self.as_image(self.labels)

    def markers_image(self) -> "sitk.Image":
        """The markers on the scan's grid, uint16: a voxel of marker number n, from 0, has bit n set."""
        bits = np.zeros(self.labels.shape, dtype=np.uint16)
        for number, marker in enumerate(Marker):
            bits |= (self.markers[marker] > 0).astype(np.uint16) << number
        return self.as_image(bits)

    def as_image(self, values: "NDArray[np.generic]") -> "sitk.Image":
        """Give an array ``[slice, row, column]`` the geometry of the scan."""
        import SimpleITK as sitk

        image = sitk.GetImageFromArray(values)
        spacing = np.linalg.norm(self.affine[:3, :3], axis=0)
        image.SetSpacing(spacing.tolist())
        image.SetDirection((self.affine[:3, :3] / spacing).ravel().tolist())
        image.SetOrigin(self.affine[:3, 3].tolist())
        return image

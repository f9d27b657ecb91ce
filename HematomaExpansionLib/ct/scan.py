"""The one type every later stage takes: a head CT that was read, checked and, where needed, corrected."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray


class SliceGeometry(StrEnum):
    """What the slice positions of a scan look like, before any correction."""

    REGULAR = "regular"
    TILTED = "gantry tilt"
    MIXED_SPACING = "mixed spacing"
    TILTED_MIXED_SPACING = "gantry tilt, mixed spacing"


@dataclass(frozen=True)
class Geometry:
    """How the slices lay when they were read, and what was done about it.

    Attributes:
        kind: regular, tilted, of mixed spacing, or both.
        slice_count: slices read.
        slice_distances_mm: the distinct distances between neighbouring slices along the normal, ascending.
        tilt_degrees: angle between the stacking direction and the slice normal; 0 when there is no tilt.
        corrections: what was resampled and how, one sentence each; empty when the grid is the stored one.
    """

    kind: SliceGeometry
    slice_count: int
    slice_distances_mm: tuple[float, ...]
    tilt_degrees: float = 0.0
    corrections: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeriesChoice:
    """Which DICOM series was taken out of a folder, and why.

    Attributes:
        description: the series description as stored, or its number where there is none.
        reason: one sentence: why this one.
        rejected: description and reason of each series that was not taken.
    """

    description: str
    reason: str
    rejected: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class HeadCT:
    """A head CT on a regular, orthogonal grid.

    Attributes:
        image: 3D scalar ``SimpleITK.Image`` in HU (int16 or float32), LPS millimetres, right-handed,
            orthogonal, and with its axes permuted and flipped to LPS order (``SimpleITK.DICOMOrient``), so
            that in the array ``[z, y, x]`` z runs to the head, y to the back and x to the patient's left.
        name: short name for messages (the file or folder name). It never enters a result or a report.
        modality_source: ``"DICOM"``, ``"NIfTI"``, ``"NRRD"`` or ``"MRML"``.
        geometry: the slices as they were read.
        acquired: acquisition time, or None where the format or the file does not say.
        series: the choice made in a DICOM folder, else None.
        warnings: what a reader of the result must know, one sentence each.
        sha256: hash of the stored voxels and geometry, for provenance.
        patient_position: how the patient lay, as DICOM's PatientPosition says it (``"HFS"``); empty where the
            format or the file does not say.
    """

    image: "sitk.Image"
    name: str
    modality_source: str
    geometry: Geometry
    acquired: datetime | None = None
    series: SeriesChoice | None = None
    warnings: tuple[str, ...] = field(default=())
    sha256: str = ""
    patient_position: str = ""

    @property
    def hu(self) -> "NDArray[np.float32]":
        """The voxels in HU as a new array ``[z, y, x]``."""
        import SimpleITK as sitk

        return np.array(sitk.GetArrayViewFromImage(self.image), dtype=np.float32)

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel in millilitres, |det| of the index-to-world matrix / 1000."""
        return voxel_volume_ml(self.image)

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Voxel spacing in array order ``(z, y, x)``, millimetres."""
        x, y, z = self.image.GetSpacing()
        return (z, y, x)


def voxel_volume_ml(image: "sitk.Image") -> float:
    """|det(direction . spacing)| / 1000: the volume of one voxel in millilitres.

    The product of the spacings is too large by 1/cos(tilt) on a sheared grid (3.5 % at 15 degrees).
    """
    direction = np.array(image.GetDirection()).reshape(3, 3)
    return float(abs(np.linalg.det(direction @ np.diag(image.GetSpacing()))) / 1000.0)

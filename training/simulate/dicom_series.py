"""Write a head CT as a DICOM series: a phantom of known HU, or an image, cut by a scanner's slices.

The slices may lie at any table positions (mixed spacing, omitted ones) and under a tilted gantry, so what a
reader must correct or refuse can be made with the truth known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray
    from pydicom import Dataset

    Phantom = Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]

RESCALE_INTERCEPT = -1024
AIR_HU = -1000.0


@dataclass(frozen=True)
class Slices:
    """Where a scanner cuts.

    Attributes:
        table_mm: table position of each slice: z (LPS) of its centre. Ascending or not, any distances.
        rows: voxels along y of a slice.
        columns: voxels along x of a slice.
        pixel_mm: distance of voxel centres in a slice.
        centre_mm: x and y (LPS) of the centre of every slice.
        tilt_degrees: gantry tilt about x: the slice normal is ``(0, sin, cos)``, while the table moves along
            z, so the slices are sheared and their distance along the normal is the table's times the cosine.
        thickness_mm: one for all, or one per slice; None: half the way, along the normal, to each neighbour.
        depth_samples: points through the thickness that are averaged (1: the middle only).
        pixel_samples: points along each side of a pixel that are averaged.
    """

    table_mm: tuple[float, ...]
    rows: int = 128
    columns: int = 128
    pixel_mm: float = 2.0
    centre_mm: tuple[float, float] = (0.0, 0.0)
    tilt_degrees: float = 0.0
    thickness_mm: float | tuple[float, ...] | None = None
    depth_samples: int = 1
    pixel_samples: int = 1

    @property
    def row_direction(self) -> "NDArray[np.float64]":
        """Unit vector along which x grows."""
        return np.array([1.0, 0.0, 0.0])

    @property
    def column_direction(self) -> "NDArray[np.float64]":
        """Unit vector along which y grows."""
        tilt = np.radians(self.tilt_degrees)
        return np.array([0.0, np.cos(tilt), -np.sin(tilt)])

    @property
    def normal(self) -> "NDArray[np.float64]":
        """Unit normal of the slices."""
        return np.cross(self.row_direction, self.column_direction)

    def position_mm(self, index: int) -> "NDArray[np.float64]":
        """Centre of the first voxel of a slice (ImagePositionPatient)."""
        centre = np.array([*self.centre_mm, self.table_mm[index]])
        across = (self.columns - 1) / 2 * self.row_direction + (self.rows - 1) / 2 * self.column_direction
        return centre - across * self.pixel_mm

    def thickness(self, index: int) -> float:
        """Thickness of a slice, mm."""
        if self.thickness_mm is None:
            table = np.sort(np.asarray(self.table_mm))
            here = int(np.searchsorted(table, self.table_mm[index]))
            steps = np.diff(table)[max(here - 1, 0) : here + 1]
            return round(float(steps.mean() * np.cos(np.radians(self.tilt_degrees))), 4)
        if isinstance(self.thickness_mm, tuple):
            return self.thickness_mm[index]
        return self.thickness_mm


@dataclass(frozen=True)
class Tags:
    """What the headers of a series say. ``number`` tells the series of one study apart."""

    number: int = 2
    description: str = "Head 3.0 soft"
    kernel: str = "STANDARD"
    modality: str = "CT"
    image_type: tuple[str, ...] = ("ORIGINAL", "PRIMARY", "AXIAL")
    body_part: str = "HEAD"
    contrast_agent: str = ""
    acquired: datetime | None = None
    patient_name: str = "Phantom^Simulated"
    patient_id: str = "SIM"


def slice_hu(volume: "Phantom | sitk.Image", slices: Slices, index: int) -> "NDArray[np.float64]":
    """HU ``[y, x]`` of one slice, averaged over its thickness and over each pixel.

    Args:
        volume: ``HU(x, y, z)`` on arrays of LPS millimetres, or an image (linear; air outside it).
        slices: where the scanner cuts.
        index: which slice.
    """
    import SimpleITK as sitk

    depths = _midpoints(slices.depth_samples) * slices.thickness(index)
    offsets = _midpoints(slices.pixel_samples) * slices.pixel_mm
    total = np.zeros((slices.rows, slices.columns))
    for depth in depths:
        for down in offsets:
            for right in offsets:
                corner = (
                    slices.position_mm(index)
                    + depth * slices.normal
                    + down * slices.column_direction
                    + right * slices.row_direction
                )
                if isinstance(volume, sitk.Image):
                    total += _image_plane(volume, slices, corner)
                else:
                    total += volume(*_points(slices, corner))
    return total / (len(depths) * len(offsets) ** 2)


def write_series(
    folder: Path,
    volume: "Phantom | sitk.Image",
    slices: Slices,
    tags: Tags | None = None,
    *,
    seed: int = 0,
    omit: Sequence[int] = (),
    file_names: Sequence[str] | None = None,
) -> list[Path]:
    """Write one series of single-frame CT images, 16 bits with a rescale intercept of -1024.

    Every UID follows from ``seed`` and the series number: series of one seed belong to one study.

    Args:
        folder: created where it is absent.
        volume: see :func:`slice_hu`.
        slices: where the scanner cuts.
        tags: what the headers say.
        seed: of the UIDs.
        omit: indices of slices that are left out, as if lost on the way.
        file_names: one per slice (omitted ones included); default ``s<series>-0001.dcm``.

    Returns:
        The files written.
    """
    tags = tags or Tags()
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for index in range(len(slices.table_mm)):
        if index in omit:
            continue
        name = file_names[index] if file_names else f"s{tags.number}-{index + 1:04d}.dcm"
        dataset = _dataset(slices, tags, index, seed)
        stored = np.rint(slice_hu(volume, slices, index)) - RESCALE_INTERCEPT
        dataset.PixelData = np.clip(stored, 0, 65535).astype("<u2").tobytes()
        dataset.save_as(folder / name, enforce_file_format=True)
        written.append(folder / name)
    return written


def _dataset(slices: Slices, tags: Tags, index: int, seed: int) -> "Dataset":
    import pydicom
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    def uid(*what: object) -> str:
        return generate_uid(entropy_srcs=["HematomaExpansion simulated", str(seed), *map(str, what)])

    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = uid("instance", tags.number, index)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.StudyInstanceUID = uid("study")
    dataset.SeriesInstanceUID = uid("series", tags.number)
    dataset.FrameOfReferenceUID = uid("frame of reference")
    dataset.Modality = tags.modality
    dataset.ImageType = list(tags.image_type)
    dataset.SeriesDescription = tags.description
    dataset.SeriesNumber = tags.number
    dataset.InstanceNumber = index + 1
    dataset.PatientName = tags.patient_name
    dataset.PatientID = tags.patient_id
    dataset.PatientPosition = "HFS"
    dataset.BodyPartExamined = tags.body_part
    dataset.ConvolutionKernel = tags.kernel
    if tags.contrast_agent:
        dataset.ContrastBolusAgent = tags.contrast_agent
    if tags.acquired is not None:
        for what in ("Study", "Series", "Acquisition", "Content"):
            setattr(dataset, f"{what}Date", tags.acquired.strftime("%Y%m%d"))
            setattr(dataset, f"{what}Time", tags.acquired.strftime("%H%M%S"))
    dataset.ImagePositionPatient = [f"{v:.6f}" for v in slices.position_mm(index)]
    orientation = (*slices.row_direction, *slices.column_direction)
    dataset.ImageOrientationPatient = [f"{v:.8f}" for v in orientation]
    dataset.GantryDetectorTilt = f"{slices.tilt_degrees:g}"
    dataset.SliceThickness = f"{slices.thickness(index):g}"
    dataset.PixelSpacing = [f"{slices.pixel_mm:g}"] * 2
    dataset.Rows, dataset.Columns = slices.rows, slices.columns
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 0
    dataset.RescaleIntercept = f"{RESCALE_INTERCEPT}"
    dataset.RescaleSlope = "1"
    dataset.RescaleType = "HU"
    return dataset


def _midpoints(count: int) -> "NDArray[np.float64]":
    """Midpoints of ``count`` equal parts of an interval of length 1 around 0."""
    return (np.arange(count) + 0.5) / count - 0.5


def _points(slices: Slices, corner: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """LPS millimetres of every voxel of a slice, ``[3, y, x]``."""
    y, x = np.mgrid[: slices.rows, : slices.columns] * slices.pixel_mm
    directions = slices.column_direction[:, None, None] * y + slices.row_direction[:, None, None] * x
    return corner[:, None, None] + directions


def _image_plane(image: "sitk.Image", slices: Slices, corner: "NDArray[np.float64]") -> "NDArray[np.float64]":
    import SimpleITK as sitk

    plane = sitk.ResampleImageFilter()
    plane.SetSize((slices.columns, slices.rows, 1))
    plane.SetOutputSpacing((slices.pixel_mm, slices.pixel_mm, 1.0))
    plane.SetOutputOrigin(corner.tolist())
    directions = np.stack([slices.row_direction, slices.column_direction, slices.normal], axis=1)
    plane.SetOutputDirection(directions.ravel().tolist())
    plane.SetDefaultPixelValue(AIR_HU)
    plane.SetOutputPixelType(sitk.sitkFloat64)
    return sitk.GetArrayFromImage(plane.Execute(image))[0]

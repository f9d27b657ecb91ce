"""DICOM CT: headers of every slice in a folder or file, and the voxels of the chosen ones in HU."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import GeometryError, NotAHeadCT, UnreadableFile
from .geometry import SliceStack, sorted_stack
from .volume_files import quiet_itk

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom import Dataset

_ACQUIRED = (
    ("AcquisitionDate", "AcquisitionTime"),
    ("ContentDate", "ContentTime"),
    ("SeriesDate", "SeriesTime"),
    ("StudyDate", "StudyTime"),
)


@dataclass(frozen=True)
class SeriesHeader:
    """What the slices of a series have in common, for choosing among series.

    Texts are as stored, empty where the file does not say.
    """

    uid: str
    study_uid: str
    patient_id: str
    number: int
    description: str
    modality: str
    image_type: tuple[str, ...]
    kernel: str
    contrast_agent: str
    body_part: str
    patient_position: str = ""


@dataclass(frozen=True)
class SliceHeader:
    """One slice: a single-frame file, or a frame of a multi-frame one.

    Attributes:
        file: where its voxels are.
        frame: index in the file, from 0.
        instance_uid: SOP instance.
        series: what it shares with its series.
        position_mm: centre of its first voxel, LPS.
        orientation: row then column direction, six numbers.
        pixel_mm: ``(y, x)``.
        shape: ``(rows, columns)``.
        thickness_mm: None where not stored.
        acquired: acquisition time, local to the scanner, without a zone.
    """

    file: Path
    frame: int
    instance_uid: str
    series: SeriesHeader
    position_mm: tuple[float, ...]
    orientation: tuple[float, ...]
    pixel_mm: tuple[float, float]
    shape: tuple[int, int]
    thickness_mm: float | None
    acquired: datetime | None


def read_headers(path: Path) -> tuple[list[SliceHeader], list[str]]:
    """Headers of every image slice in a folder (and its subfolders) or in one file.

    Hidden files, DICOMDIR, files that are not DICOM and DICOM objects without a slice position (reports,
    presentation states, dose pages) are passed over.

    Returns:
        The slices, and a description of each DICOM object that is no slice with a position.
    """
    import pydicom
    from pydicom.errors import InvalidDicomError

    slices: list[SliceHeader] = []
    others: list[str] = []
    for file in _files(path):
        try:
            header = pydicom.dcmread(file, stop_before_pixels=True)
            found = list(_slices(file, header))
        except (InvalidDicomError, OSError, EOFError):
            continue
        except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
            others.append(f"damaged header ({type(error).__name__})")
            continue
        slices += found
        if not found and "SOPClassUID" in header:
            others.append(f"{header.get('Modality', '?')} {header.SOPClassUID.name}")
    return slices, others


def stack_of_slices(slices: Sequence[SliceHeader], name: str) -> SliceStack:
    """Read the voxels of one series, in HU, ordered by position.

    GDCM (through SimpleITK) decodes every transfer syntax and applies slope and intercept of each slice.

    Raises:
        UnreadableFile: when the voxels of a file cannot be decoded.
        GeometryError: when two different slices lie at the same position.
    """
    load = functools.lru_cache(maxsize=1)(_voxels)
    unique: dict[tuple[float, ...], tuple[SliceHeader, NDArray[Any]]] = {}
    for header in sorted(slices, key=lambda s: (s.instance_uid, s.frame)):
        voxels = load(header.file)[header.frame]
        place = tuple(round(p, 2) for p in header.position_mm)
        if place not in unique:
            unique[place] = (header, voxels)
        elif not np.array_equal(unique[place][1], voxels):
            raise GeometryError(
                f"{name}: two different slices lie at the same position ({place[0]:.1f}, {place[1]:.1f}, "
                f"{place[2]:.1f} mm); give a folder with one reconstruction"
            )
    headers = [header for header, _ in unique.values()]
    first = headers[0]
    thickness = [header.thickness_mm for header in headers]
    return sorted_stack(
        np.stack([voxels for _, voxels in unique.values()]),
        np.array([header.position_mm for header in headers]),
        np.array(first.orientation[:3]),
        np.array(first.orientation[3:]),
        first.pixel_mm,
        None if None in thickness else tuple(t for t in thickness if t is not None),
    )


def _voxels(file: Path) -> "NDArray[Any]":
    import SimpleITK as sitk

    try:
        with quiet_itk():
            array = sitk.GetArrayFromImage(sitk.ReadImage(str(file)))
    except RuntimeError as error:
        raise UnreadableFile(f"{file.name}: the voxels cannot be decoded; is it truncated?") from error
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3:
        raise NotAHeadCT(f"{file.name}: is a colour image; a CT has one value per voxel")
    return np.asarray(array)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if file.is_file() and not hidden and file.name.upper() != "DICOMDIR":
            yield file


def _slices(file: Path, header: "Dataset") -> Iterator[SliceHeader]:
    """The slices of a file: its frames where it is multi-frame, itself where it has a position."""
    frames = header.get("PerFrameFunctionalGroupsSequence")
    series = _series(header)
    if frames is None:
        if "ImagePositionPatient" in header and "ImageOrientationPatient" in header and "Rows" in header:
            yield _slice(file, 0, header, series, header)
        return
    shared = header.get("SharedFunctionalGroupsSequence") or [None]
    for index, frame in enumerate(frames):
        merged = _merged(header, shared[0], frame)
        if "ImagePositionPatient" in merged and "ImageOrientationPatient" in merged:
            yield _slice(file, index, merged, series, header)


def _merged(header: "Dataset", shared: "Dataset | None", frame: "Dataset") -> "Dataset":
    """Attributes of one frame as if it were a file of its own: every macro's first item, laid flat."""
    import pydicom

    flat = pydicom.Dataset()
    for keyword in ("SOPInstanceUID", "Rows", "Columns", "AcquisitionDateTime"):
        if keyword in header:
            setattr(flat, keyword, header[keyword].value)
    for groups in (shared, frame):
        for element in groups or ():
            if element.VR == "SQ" and element.value:
                flat.update(element.value[0])
    return flat


def _slice(file: Path, index: int, own: "Dataset", series: SeriesHeader, header: "Dataset") -> SliceHeader:
    thickness = own.get("SliceThickness")
    rows, columns = (float(v) for v in own.PixelSpacing)
    return SliceHeader(
        file=file,
        frame=index,
        instance_uid=str(own.get("SOPInstanceUID", "")),
        series=series,
        position_mm=tuple(float(v) for v in own.ImagePositionPatient),
        orientation=tuple(float(v) for v in own.ImageOrientationPatient),
        pixel_mm=(rows, columns),
        shape=(int(own.Rows), int(own.Columns)),
        thickness_mm=float(thickness) if thickness not in (None, "") else None,
        acquired=_acquired(header),
    )


def _series(header: "Dataset") -> SeriesHeader:
    def text(keyword: str) -> str:
        value = header.get(keyword)
        return "" if value is None else str(value).strip()

    kernel = header.get("ConvolutionKernel") or ""
    return SeriesHeader(
        uid=text("SeriesInstanceUID"),
        study_uid=text("StudyInstanceUID"),
        patient_id=text("PatientID"),
        number=int(header.get("SeriesNumber") or 0),
        description=text("SeriesDescription"),
        modality=text("Modality"),
        image_type=tuple(str(v).upper() for v in header.get("ImageType") or ()),
        kernel=kernel if isinstance(kernel, str) else "\\".join(kernel),
        contrast_agent=text("ContrastBolusAgent"),
        body_part=text("BodyPartExamined"),
        patient_position=text("PatientPosition").upper(),
    )


def _acquired(header: "Dataset") -> datetime | None:
    """Acquisition, then content, series and study time: the first that has both a date and a time."""
    from pydicom.valuerep import DA, DT, TM

    try:
        if header.get("AcquisitionDateTime"):
            stamp = DT(header.AcquisitionDateTime)
            return datetime(stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second)
        for date_keyword, time_keyword in _ACQUIRED:
            date, time = header.get(date_keyword), header.get(time_keyword)
            if date and time:
                return datetime.combine(DA(date), TM(time).replace(microsecond=0))
    except (ValueError, TypeError, AttributeError):
        return None
    return None

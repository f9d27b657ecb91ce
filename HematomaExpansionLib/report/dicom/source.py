"""The DICOM series a scan was read from: what its derived objects must refer to."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...ct.dicom import SliceHeader, read_headers
from ...ct.series import choose
from ...ct.volume_files import file_format

if TYPE_CHECKING:
    from pydicom import Dataset

_EMPTY_ALLOWED = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
    "StudyID",
    "AccessionNumber",
)
"""Attributes of type 2: a derived object must have them, and they may be empty."""


@dataclass(frozen=True)
class SourceSeries:
    """The series a scan was read from.

    Attributes:
        slices: one per slice; ascending along their normal, or in frame order of a multi-frame image.
        images: headers without pixels: one per slice, in the same order, or the one multi-frame image.
    """

    slices: tuple[SliceHeader, ...]
    images: "tuple[Dataset, ...]"

    @property
    def series_uid(self) -> str:
        """SeriesInstanceUID."""
        return str(self.images[0].SeriesInstanceUID)

    @property
    def study_uid(self) -> str:
        """StudyInstanceUID."""
        return str(self.images[0].StudyInstanceUID)


def read_source(path: Path) -> tuple[SourceSeries | None, str]:
    """The series that :func:`HematomaExpansionLib.ct.reader.read_ct` takes from ``path``.

    Args:
        path: what the scan is read from.

    Returns:
        The series and an empty text; or None and why no DICOM can be written for this scan.

    Raises:
        InputRefused: the folder holds no series that could be read as a head CT.
    """
    if not path.is_dir() and not (path.is_file() and file_format(path) == "DICOM"):
        return None, "is not DICOM, so there is no study for its results to belong to"
    headers, _ = read_headers(path)
    if not headers:
        return None, "holds no DICOM image"
    chosen, _, _ = choose(headers, path.resolve().name)
    slices = _ordered(chosen)
    files = list(dict.fromkeys(one.file for one in slices))
    images = [_header(file) for file in files]
    first = images[0]
    if len(files) != len(slices):
        frames = int(first.get("NumberOfFrames") or 1)
        if len(files) > 1 or frames != len(slices):
            return None, "is multi-frame with its slices in several files or not all of them used"
    elif "PerFrameFunctionalGroupsSequence" in first:
        return None, "keeps each slice in a multi-frame file of its own"
    missing = [keyword for keyword in ("FrameOfReferenceUID", "StudyInstanceUID") if not first.get(keyword)]
    if missing:
        return None, f"has no {' and no '.join(missing)}, which derived objects must refer to"
    return SourceSeries(tuple(slices), tuple(images)), ""


def _ordered(chosen: list[SliceHeader]) -> list[SliceHeader]:
    """One slice a position, as :func:`HematomaExpansionLib.ct.dicom.stack_of_slices` takes them."""
    unique: dict[tuple[float, ...], SliceHeader] = {}
    for header in sorted(chosen, key=lambda s: (s.instance_uid, s.frame)):
        unique.setdefault(tuple(round(p, 2) for p in header.position_mm), header)
    first = chosen[0]
    normal = np.cross(first.orientation[:3], first.orientation[3:])
    multi_frame = len({header.file for header in unique.values()}) < len(unique)
    return sorted(
        unique.values(),
        key=lambda s: s.frame if multi_frame else float(np.dot(s.position_mm, normal)),
    )


def _header(file: Path) -> "Dataset":
    import pydicom

    header = pydicom.dcmread(file, stop_before_pixels=True)
    # What the source left empty is not handed on: an empty value is wrong where the standard demands one.
    for element in [element for element in header if element.is_empty]:
        del header[element.tag]
    for keyword in _EMPTY_ALLOWED:
        if keyword not in header:
            setattr(header, keyword, "")
    if header.get("PatientIdentityRemoved") == "YES" and "DeidentificationMethodCodeSequence" not in header:
        header.DeidentificationMethod = header.get("DeidentificationMethod") or "Not stated by the source"
    return header

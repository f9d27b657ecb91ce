"""What is handed to the process beside the application: scans as the scene has them, and the user's choices.

This file knows no scene.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ..clinical.record import ClinicalRecord
from ..errors import UnreadableFile
from ..markers.reading import MarkerReading
from ..study import Options
from .unchecked_scan import UncheckedFile, UncheckedScan, read_unchecked, write_unchecked

FILE = "request.json"


@dataclass(frozen=True)
class Request:
    """Everything that ``analyze`` is called with.

    Attributes:
        scans: baseline first.
        options: the choices; their masks lie in the folder of the request.
        clinical: what is known beside the images.
        readings: a reader's markers by time point.
        series: for each scan the folder of its DICOM series, to which results are written; None for a scan
            that has none, empty for no DICOM at all.
    """

    scans: tuple[UncheckedScan, ...]
    options: Options
    clinical: ClinicalRecord | None = None
    readings: Mapping[str, MarkerReading] = field(default_factory=dict)
    series: tuple[Path | None, ...] = ()


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")

    scans: list[UncheckedFile]
    options: Options
    clinical: ClinicalRecord | None
    readings: dict[str, str]
    series: tuple[Path | None, ...]


def write_request(request: Request, folder: Path) -> None:
    """Write a request into a folder; its files are named by time point, never by patient.

    Raises:
        OSError: the folder cannot be written.
    """
    names = ["baseline", *(f"followup-{number}" for number in range(1, len(request.scans)))]
    content = _Request(
        scans=[write_unchecked(scan, folder, name) for scan, name in zip(request.scans, names, strict=True)],
        options=request.options,
        clinical=request.clinical,
        readings={timepoint: reading.to_csv() for timepoint, reading in request.readings.items()},
        series=request.series,
    )
    (folder / FILE).write_text(content.model_dump_json(), encoding="utf-8")


def read_request(folder: Path) -> Request:
    """Read what :func:`write_request` wrote.

    Raises:
        UnreadableFile: a file is absent or damaged.
    """
    try:
        content = _Request.model_validate_json((folder / FILE).read_bytes())
        scans = tuple(read_unchecked(scan, folder) for scan in content.scans)
    except (OSError, ValueError, KeyError) as error:
        raise UnreadableFile(f"{folder / FILE}: is no request of this version ({error})") from error
    readings = {
        timepoint: MarkerReading.from_csv(text, timepoint) for timepoint, text in content.readings.items()
    }
    return Request(scans, content.options, content.clinical, readings, content.series)

"""What is handed to the process beside the application: scans as they were read, and the user's choices.

The scans are NRRD files, and what NRRD cannot say of them stands in ``request.json``, so that the result is
that of the scans as they were read. This file knows no scene.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from ..clinical.record import ClinicalRecord
from ..ct.scan import Geometry, HeadCT, SeriesChoice
from ..errors import UnreadableFile
from ..markers.reading import MarkerReading
from ..study import Options

if TYPE_CHECKING:
    import SimpleITK as sitk

FILE = "request.json"


@dataclass(frozen=True)
class Request:
    """Everything that ``analyze`` is called with.

    Attributes:
        scans: baseline first.
        options: the choices; the limits and the error model are the default ones.
        clinical: what is known beside the images.
        readings: a reader's markers by time point.
    """

    scans: tuple[HeadCT, ...]
    options: Options
    clinical: ClinicalRecord | None = None
    readings: Mapping[str, MarkerReading] = field(default_factory=dict)


class _Scan(BaseModel):
    """What is known of a scan beside its image; the fields are those of :class:`HeadCT`."""

    model_config = ConfigDict(extra="forbid")

    name: str
    modality_source: str
    geometry: Geometry
    acquired: datetime | None
    series: SeriesChoice | None
    warnings: tuple[str, ...]
    sha256: str
    patient_position: str


class _Grid(BaseModel):
    """Where the voxels of an image lie, to the last bit; NRRD keeps it to 1e-16."""

    model_config = ConfigDict(extra="forbid")

    origin: tuple[float, ...]
    spacing: tuple[float, ...]
    direction: tuple[float, ...]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")

    scans: list[_Scan]
    grids: list[_Grid]
    segmenter: str
    masks: tuple[Path, ...]
    device: str
    hours: tuple[float, ...]
    clinical: ClinicalRecord | None
    readings: dict[str, str]


def write_request(request: Request, folder: Path) -> None:
    """Write a request into a folder; its files are named by time point, never by patient.

    Raises:
        OSError: the folder cannot be written.
        RuntimeError: a scan cannot be written.
    """
    import SimpleITK as sitk

    said = []
    for number, scan in enumerate(request.scans):
        sitk.WriteImage(scan.image, str(folder / _image(number)))
        own = {each.name: getattr(scan, each.name) for each in fields(scan) if each.name != "image"}
        said.append(_Scan(**own))
    grids = [
        _Grid(
            origin=scan.image.GetOrigin(),
            spacing=scan.image.GetSpacing(),
            direction=scan.image.GetDirection(),
        )
        for scan in request.scans
    ]
    options = request.options
    content = _Request(
        scans=said,
        grids=grids,
        segmenter=options.segmenter,
        masks=options.masks,
        device=options.device,
        hours=options.hours,
        clinical=request.clinical,
        readings={timepoint: reading.to_csv() for timepoint, reading in request.readings.items()},
    )
    (folder / FILE).write_text(content.model_dump_json(), encoding="utf-8")


def read_request(folder: Path) -> Request:
    """Read what :func:`write_request` wrote.

    Raises:
        UnreadableFile: a file is absent or damaged.
    """
    try:
        content = _Request.model_validate_json((folder / FILE).read_bytes())
        scans = tuple(
            HeadCT(_read_image(folder / _image(number), grid), **dict(said))
            for number, (said, grid) in enumerate(zip(content.scans, content.grids, strict=True))
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise UnreadableFile(f"{folder / FILE}: is no request of this version ({error})") from error
    chosen = Options(segmenter=content.segmenter, device=content.device)
    return Request(
        scans,
        replace(chosen, masks=content.masks, hours=content.hours),
        content.clinical,
        {timepoint: MarkerReading.from_csv(text, timepoint) for timepoint, text in content.readings.items()},
    )


def _read_image(file: Path, grid: _Grid) -> "sitk.Image":
    import SimpleITK as sitk

    image = sitk.ReadImage(str(file))
    image.SetOrigin(grid.origin)
    image.SetSpacing(grid.spacing)
    image.SetDirection(grid.direction)
    return image


def _image(number: int) -> str:
    return f"followup-{number}.nrrd" if number else "baseline.nrrd"

"""Scans as files that keep everything that was read of them, to the last bit. This file knows no scene."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter

from ..ct.scan import Geometry, HeadCT, SeriesChoice
from ..errors import UnreadableFile

if TYPE_CHECKING:
    import SimpleITK as sitk


class Grid(BaseModel):
    """Where the voxels of an image lie; NRRD alone would round it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    origin: tuple[float, ...]
    spacing: tuple[float, ...]
    direction: tuple[float, ...]


class ScanFile(BaseModel):
    """A :class:`HeadCT` whose voxels lie in an NRRD file; the other fields are those of the scan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    grid: Grid
    name: str
    modality_source: str
    geometry: Geometry
    acquired: datetime | None
    series: SeriesChoice | None
    warnings: tuple[str, ...]
    sha256: str
    patient_position: str


SCANS = "scans.json"
_SCANS = TypeAdapter(list[ScanFile])


def write_scan(scan: HeadCT, folder: Path, name: str) -> ScanFile:
    """Write the voxels of a scan into a folder.

    Args:
        scan: the scan.
        folder: where.
        name: of the file, without suffix; it should name no patient.

    Raises:
        RuntimeError: the file cannot be written.
    """
    file = f"{name}.nrrd"
    grid = write_image(scan.image, folder / file)
    said = {each.name: getattr(scan, each.name) for each in fields(scan) if each.name != "image"}
    return ScanFile(file=file, grid=grid, **said)


def read_scan(said: ScanFile, folder: Path) -> HeadCT:
    """Read what :func:`write_scan` wrote.

    Raises:
        RuntimeError: the file cannot be read.
    """
    known = {key: value for key, value in said if key not in ("file", "grid")}
    return HeadCT(read_image(folder / said.file, said.grid), **known)


def write_scans(scans: Sequence[HeadCT], folder: Path) -> None:
    """Write the scans of a study, baseline first, to be read by :func:`read_scans`."""
    said = [write_scan(scan, folder, f"scan-{number}") for number, scan in enumerate(scans)]
    (folder / SCANS).write_bytes(_SCANS.dump_json(said))


def read_scans(folder: Path) -> tuple[HeadCT, ...]:
    """Read what :func:`write_scans` wrote.

    Raises:
        UnreadableFile: a file is absent or damaged.
    """
    try:
        said = _SCANS.validate_json((folder / SCANS).read_bytes())
        return tuple(read_scan(each, folder) for each in said)
    except (OSError, ValueError, RuntimeError) as error:
        raise UnreadableFile(f"{folder / SCANS}: no scans of this version ({error})") from error


def write_image(image: "sitk.Image", file: Path) -> Grid:
    """Write an image and return its grid.

    Raises:
        RuntimeError: the file cannot be written.
    """
    import SimpleITK as sitk

    sitk.WriteImage(image, str(file))
    return Grid(origin=image.GetOrigin(), spacing=image.GetSpacing(), direction=image.GetDirection())


def read_image(file: Path, grid: Grid) -> "sitk.Image":
    """Read an image that :func:`write_image` wrote.

    Raises:
        RuntimeError: the file cannot be read.
    """
    import SimpleITK as sitk

    image = sitk.ReadImage(str(file))
    image.SetOrigin(grid.origin)
    image.SetSpacing(grid.spacing)
    image.SetDirection(grid.direction)
    return image

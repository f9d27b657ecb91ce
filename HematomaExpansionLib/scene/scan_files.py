"""Scans as files that keep everything that was read of them, to the last bit. This file knows no scene."""

from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from ..ct.scan import Geometry, HeadCT, SeriesChoice

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

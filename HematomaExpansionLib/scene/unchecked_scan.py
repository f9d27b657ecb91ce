"""A scan as the scene has it, before what takes long is done to it. This file knows no scene.

Checks and the regular grid take about a third of a second for each scan of 8 million voxels; the process
beside the application does them, so that the application need not wait.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict

from ..ct.dicom import read_headers, stack_of_slices
from ..ct.geometry import SliceStack
from ..ct.reader import head_ct_from_slices, read_ct
from ..ct.scan import HeadCT
from ..ct.series import choose
from .origin import Origin, dicom_origin

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class UncheckedScan:
    """Where the voxels of a scan are, and what is known of it.

    Attributes:
        name: of the volume, for messages.
        files: those that the volume still is: one NIfTI or NRRD file, or the slices of a DICOM series; empty
            where ``stack`` has the voxels.
        dicom: whether the files are DICOM slices.
        acquired: acquisition time as the caller gave it; None to take it from the files.
        stack: slices where they lie in the world; None where ``files`` has them.
        known: what the files say of a volume whose voxels are in ``stack``.
    """

    name: str
    files: tuple[Path, ...] = ()
    dicom: bool = False
    acquired: datetime | None = None
    stack: SliceStack | None = None
    known: Origin = field(default_factory=Origin)

    def checked(self) -> HeadCT:
        """Read what is not read yet, check it, and put it on a regular grid.

        Raises:
            UnreadableFile: a file is gone or damaged.
            NotAHeadCT: it is not a head CT.
            GeometryError: the geometry cannot be measured in.
        """
        if self.files and not self.dicom:
            scan = read_ct(self.files[0])
            return replace(scan, name=self.name, acquired=self.acquired or scan.acquired)
        known, stack = self.known, self.stack
        if stack is None:
            headers = [header for file in self.files for header in read_headers(file)[0]]
            known = dicom_origin(headers, self.name)
            stack = stack_of_slices(choose(headers, self.name)[0], self.name)
        return head_ct_from_slices(
            stack,
            self.name,
            known.source,
            self.acquired or known.acquired,
            known.series,
            known.warnings,
            known.patient_position,
        )


class UncheckedFile(BaseModel):
    """An :class:`UncheckedScan` whose slices lie in an NPZ file, where it has any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    files: tuple[Path, ...]
    dicom: bool
    acquired: datetime | None
    stack: str | None
    known: Origin


def write_unchecked(scan: UncheckedScan, folder: Path, name: str) -> UncheckedFile:
    """Write the voxels of a scan into a folder, uncompressed; those in files stay where they are.

    Args:
        scan: the scan.
        folder: where.
        name: of the file, without suffix; it should name no patient.

    Raises:
        OSError: the file cannot be written.
    """
    file = None
    if scan.stack is not None:
        file = f"{name}.npz"
        stack = scan.stack
        np.savez(
            folder / file,
            hu=stack.hu,
            positions_mm=stack.positions_mm,
            row_direction=stack.row_direction,
            column_direction=stack.column_direction,
            pixel_mm=np.array(stack.pixel_mm),
            thickness_mm=np.array(stack.thickness_mm or ()),
        )
    return UncheckedFile(
        name=scan.name,
        files=tuple(each.resolve() for each in scan.files),
        dicom=scan.dicom,
        acquired=scan.acquired,
        stack=file,
        known=replace(scan.known, slices=()),
    )


def read_unchecked(said: UncheckedFile, folder: Path) -> UncheckedScan:
    """Read what :func:`write_unchecked` wrote.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is damaged.
    """
    stack = None
    if said.stack is not None:
        with np.load(folder / said.stack) as arrays:
            stack = SliceStack(
                arrays["hu"],
                arrays["positions_mm"],
                arrays["row_direction"],
                arrays["column_direction"],
                _pair(arrays["pixel_mm"]),
                tuple(float(each) for each in arrays["thickness_mm"]) or None,
            )
    return UncheckedScan(said.name, said.files, said.dicom, said.acquired, stack, said.known)


def _pair(values: "NDArray[np.float64]") -> tuple[float, float]:
    first, second = (float(each) for each in values)
    return first, second

"""Where a volume in the scene came from, as its files say, so that every door says the same of a scan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..ct.dicom import SliceHeader
from ..ct.scan import SeriesChoice
from ..ct.series import choose
from ..ct.volume_files import file_format
from ..errors import UnreadableFile
from .dicom_slices import unchanged

if TYPE_CHECKING:
    import slicer


@dataclass(frozen=True)
class Origin:
    """What is known of a volume beside its voxels.

    Attributes:
        source: ``"DICOM"``, or ``"MRML"`` for a volume that was made or changed in the scene.
        acquired: acquisition time; None where no file says.
        series: the DICOM series and why it can be used; None for other sources.
        warnings: what a reader of the result must know, one sentence each.
        patient_position: as DICOM says it; empty where no file says.
        slices: headers of the DICOM slices in the order of the volume's; empty for other sources.
    """

    source: str = "MRML"
    acquired: datetime | None = None
    series: SeriesChoice | None = None
    warnings: tuple[str, ...] = ()
    patient_position: str = ""
    slices: tuple[SliceHeader, ...] = ()


def dicom_origin(headers: Sequence[SliceHeader], name: str) -> Origin:
    """What the DICOM files of a volume say of it.

    Args:
        headers: of the slices it was loaded from; without any the volume is taken as made in the scene.
        name: of the volume, for messages.

    Raises:
        NotAHeadCT: the series is no axial CT.
        GeometryError: it has too few slices or too little coverage.
    """
    if not headers:
        return Origin()
    slices, choice, warnings = choose(headers, name)
    acquired = min((each.acquired for each in slices if each.acquired), default=None)
    return Origin("DICOM", acquired, choice, warnings, slices[0].series.patient_position, tuple(headers))


def volume_file(node: "slicer.vtkMRMLScalarVolumeNode") -> Path | None:
    """The NIfTI or NRRD file that an unchanged volume was loaded from; None for any other volume."""
    if not unchanged(node):
        return None
    file = Path(node.GetStorageNode().GetFileName() or "")
    try:
        return file if file.is_file() and file_format(file) in ("NIfTI", "NRRD") else None
    except UnreadableFile:
        # Of a format that only the scene can read.
        return None

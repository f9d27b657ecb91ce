"""The evidence of the markers as files."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..ct.scan import HeadCT
from ..files import folder_written_whole
from .finding import MarkerFinding, State
from .read import Markers

if TYPE_CHECKING:
    import SimpleITK as sitk


def evidence_image(found: MarkerFinding, scan: HeadCT) -> "sitk.Image":
    """The evidence of one marker as a uint8 image with the geometry of the scan."""
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(found.evidence)
    image.CopyInformation(scan.image)
    return image


def write_evidence(markers: Markers, scan: HeadCT, folder: Path) -> None:
    """Write a NIfTI mask, named by the marker, for each one that is not absent.

    Raises:
        OutputError: when the folder cannot be written.
    """
    import SimpleITK as sitk

    with folder_written_whole(folder) as temporary:
        for marker, found in markers.findings.items():
            if found.state is not State.ABSENT:
                path = temporary / f"{marker}.nii.gz"
                sitk.WriteImage(evidence_image(found, scan), str(path), useCompression=True)

"""A simulated patient as files: NIfTI with labels and truth, and DICOM series as a scanner writes them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from .case import Case, simulate
from .dicom_series import Slices, Tags, write_series
from .followup import TimePoint
from .head import Head
from .kernel import Kernel
from .simulated_scan import SimulatedScan
from .truth import scan_names, write_truth

if TYPE_CHECKING:
    import SimpleITK as sitk

_FIRST_SCAN = datetime(2024, 1, 1, 8, 0)
_COMPRESSION = 6
_KERNEL_NAMES = {Kernel.SOFT: "SOFT", Kernel.STANDARD: "STANDARD", Kernel.SHARP: "BONE"}


def write(
    case: Case,
    folder: Path,
    *,
    dicom: bool = False,
    device: torch.device | None = None,
    head: Head | None = None,
    real_host: str = "",
) -> list[SimulatedScan]:
    """Simulate a case and write it; the same case gives the same bytes.

    Files: ``baseline.nii.gz``, ``baseline-labels.nii.gz``, ``baseline-ventricles.nii.gz``,
    ``baseline-markers.nii.gz``, ``followup-1.nii.gz``, ... and ``truth.json``.

    Args:
        case: what to make.
        folder: where; created when absent.
        dicom: write each scan as a DICOM series, too, in ``baseline-dicom/``, ... with its gantry tilt.
        device: where to compute; the CPU when not given.
        head: a head to take instead of the one that the case describes.
        real_host: name of the scan that this head is of.

    Returns:
        The scans that were written, baseline first.

    Raises:
        ValueError: when the head has no room for the blood.
    """
    scans = simulate(case, device, head)
    write_scans(case, scans, folder, dicom=dicom, real_host=real_host)
    return scans


def write_scans(
    case: Case, scans: list[SimulatedScan], folder: Path, *, dicom: bool = False, real_host: str = ""
) -> None:
    """Write the scans of a case and their truth, see :func:`write`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, point, scan) in enumerate(
        zip(scan_names(len(scans)), case.time_points, scans, strict=True)
    ):
        _write_image(scan.image(), folder / f"{name}.nii.gz")
        _write_image(scan.labels_image(), folder / f"{name}-labels.nii.gz")
        _write_image(scan.as_image(scan.ventricles), folder / f"{name}-ventricles.nii.gz")
        _write_image(scan.markers_image(), folder / f"{name}-markers.nii.gz")
        if dicom:
            write_dicom(scan, point, folder / f"{name}-dicom", patient=case.seed, study=number)
    write_truth(case, scans, folder / "truth.json", real_host)


def write_dicom(
    scan: SimulatedScan, point: TimePoint, folder: Path, *, patient: int, study: int
) -> list[Path]:
    """Write a scan as the series that its scanner made: without the rows that correct a gantry tilt.

    Args:
        scan: the scan.
        point: when and how it was made.
        folder: where; created when absent.
        patient: number in the patient's name.
        study: tells the studies of one patient apart.
    """
    protocol = scan.protocol
    columns, rows, count = protocol.size
    step_mm = protocol.slice_mm / np.cos(np.radians(protocol.tilt_degrees))
    slices = Slices(
        tuple(float(step_mm * (number - (count - 1) / 2)) for number in range(count)),
        rows=rows,
        columns=columns,
        pixel_mm=protocol.pixel_mm,
        tilt_degrees=protocol.tilt_degrees,
        thickness_mm=protocol.slice_mm,
    )
    kernel = _KERNEL_NAMES[protocol.kernel]
    tags = Tags(
        description=f"Head {protocol.slice_mm:g} {kernel.lower()}",
        kernel=kernel,
        acquired=_FIRST_SCAN + timedelta(hours=round(point.hours, 2)),
        patient_name="Simulated^Patient",
        patient_id=f"SIM{patient}",
    )
    return write_series(folder, scan.image(), slices, tags, seed=1000 * patient + study)


def _write_image(image: "sitk.Image", file: Path) -> None:
    import SimpleITK as sitk

    sitk.WriteImage(image, str(file), useCompression=True, compressionLevel=_COMPRESSION)

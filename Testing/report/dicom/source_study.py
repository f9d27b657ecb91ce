"""The scans of a study built by hand, written as the DICOM series they could have been read from."""

from datetime import datetime
from pathlib import Path

from HematomaExpansionLib.report.dicom.source import SourceSeries, read_source
from HematomaExpansionLib.study import Study
from Testing.report.phantom import SIZE_ZYX, SPACING_XYZ
from training.simulate.dicom_series import Slices, Tags, write_series

NAME, PATIENT_ID = "Quillfeather^Zebulon", "MRN-7730416"
TIMES = (datetime(2019, 7, 23, 8, 41, 17), datetime(2019, 7, 23, 14, 41, 17))


def write_scans(study: Study, folder: Path, *, table_mm: tuple[float, ...] | None = None) -> list[Path]:
    """One folder per scan, each a study of its own, of one patient.

    ``table_mm`` are the heights of the slices; those of the study's grid by default.
    """
    columns, rows = SIZE_ZYX[2], SIZE_ZYX[1]
    slices = Slices(
        table_mm or tuple(SPACING_XYZ[2] * k for k in range(SIZE_ZYX[0])),
        rows=rows,
        columns=columns,
        pixel_mm=SPACING_XYZ[0],
        centre_mm=((columns - 1) / 2 * SPACING_XYZ[0], (rows - 1) / 2 * SPACING_XYZ[1]),
    )
    folders = []
    for seed, (point, acquired) in enumerate(zip(study.timepoints, TIMES, strict=False)):
        tags = Tags(patient_name=NAME, patient_id=PATIENT_ID, acquired=acquired)
        write_series(folder / point.name, point.scan.image, slices, tags, seed=seed)
        folders.append(folder / point.name)
    return folders


def sources(folders: list[Path]) -> list[SourceSeries]:
    """The series in each folder."""
    found = [read_source(folder) for folder in folders]
    assert not any(reason for _, reason in found)
    return [source for source, _ in found if source is not None]

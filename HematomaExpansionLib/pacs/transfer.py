"""Series out of a server into a folder, and DICOM files of a folder into a server."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import MissingInput, UnreadableFile, UsageError
from ..progress import Progress
from .server import Server


def pull(
    server: Server,
    out: Path,
    study: str = "",
    patient: str = "",
    modality: str = "CT",
    progress: Progress | None = None,
) -> list[Path]:
    """Fetch the series of a study, or of every study of a patient that has CT.

    Args:
        server: the PACS.
        out: a folder for each study and in it one for each series.
        study: StudyInstanceUID; or
        patient: PatientID.
        modality: of the series to fetch; empty for all.
        progress: called before each series.

    Returns:
        The folder of each study.

    Raises:
        UsageError: not one of study and patient was given.
        MissingInput: the server has nothing of that.
    """
    if bool(study) == bool(patient):
        raise UsageError("give either --study or --patient: whose scans should be fetched?")
    progress = progress or Progress()
    uids = [study] if study else [entry.uid for entry in server.studies(patient_id=patient)]
    wanted = [
        (uid, series) for uid in uids for series in server.series(uid) if modality in ("", series.modality)
    ]
    if not wanted:
        raise MissingInput(f"the server has no {modality or 'DICOM'} series of {study or patient}")
    for done, (uid, series) in enumerate(wanted):
        progress(done / len(wanted), series.description)
        server.fetch(uid, series, out / uid / series.uid)
    return list(dict.fromkeys(out / uid for uid, _ in wanted))


def push(server: Server, paths: Sequence[Path], progress: Progress | None = None) -> list[Path]:
    """Give DICOM files, and those in folders, to a server.

    Returns:
        The files that were given.

    Raises:
        UnreadableFile: a path that is absent, or a file that is not DICOM.
        MissingInput: the folders hold no DICOM file.
    """
    progress = progress or Progress()
    files = [file for path in paths for file in _dicom_files(path)]
    if not files:
        raise MissingInput(f"{', '.join(path.name for path in paths)}: no DICOM file in it")
    for done, file in enumerate(files):
        progress(done / len(files), file.name)
        server.store([file])
    return files


def _dicom_files(path: Path) -> Iterator[Path]:
    from pydicom.misc import is_dicom

    if path.is_file():
        if not is_dicom(path):
            raise UnreadableFile(f"{path.name}: is not a DICOM file")
        yield path
    elif path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if file.is_file() and is_dicom(file))
    else:
        raise UnreadableFile(f"{path}: is not there")

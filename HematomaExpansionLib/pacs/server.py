"""What any PACS can be asked, whatever protocol it speaks, and how its address is written."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..errors import ServerError, ServerUnreachable, UsageError

ADDRESSES = "https://HOST/dicom-web (DICOMweb) or dicom://TITLE@HOST:PORT (C-FIND, C-MOVE, C-STORE)"
USER, PASSWORD, TOKEN = (f"HEMATOMA_EXPANSION_PACS_{what}" for what in ("USER", "PASSWORD", "TOKEN"))
"""Environment variables for DICOMweb; a command line can be read by every user of a machine."""


@dataclass(frozen=True)
class StudyEntry:
    """A study on a server.

    Attributes:
        uid: StudyInstanceUID.
        patient_id: PatientID, may be empty.
        started: StudyDate and StudyTime, ``YYYYMMDDHHMMSS``, as far as they are known.
    """

    uid: str
    patient_id: str
    started: str


@dataclass(frozen=True)
class SeriesEntry:
    """A series on a server.

    Attributes:
        uid: SeriesInstanceUID.
        modality: CT, SEG ...
        description: SeriesDescription, may be empty.
        instances: how many the server holds.
    """

    uid: str
    modality: str
    description: str
    instances: int


class Server(Protocol):
    """A PACS.

    Every method raises :class:`..errors.ServerUnreachable` where the server does not answer, and
    :class:`..errors.ServerError` where it refuses.
    """

    def studies(self, patient_id: str = "", days: str = "") -> list[StudyEntry]:
        """Studies with CT in them.

        Args:
            patient_id: of this patient only; empty for all.
            days: StudyDate as DICOM matches it: ``20240131``, ``20240131-``; empty for any.
        """

    def series(self, study_uid: str) -> list[SeriesEntry]:
        """The series of a study."""

    def fetch(self, study_uid: str, series: SeriesEntry, folder: Path) -> list[Path]:
        """Write every instance of a series into a folder, one file each.

        Raises:
            ServerUnreachable: fewer came than the server holds.
        """

    def store(self, files: Sequence[Path]) -> None:
        """Give DICOM files to the server. One that it holds already, by its SOP instance, stays one."""


def connect(address: str, title: str = "HEMATOMA", port: int = 11113, timeout_s: float = 30.0) -> Server:
    """A server by its address; nothing is sent yet.

    Args:
        address: see :data:`ADDRESSES`.
        title: our application entity title, for ``dicom://``; the server must know it.
        port: where we listen for what C-MOVE sends; the server must know it.
        timeout_s: how long to wait for an answer.

    Raises:
        UsageError: the address is none of these, or the package for it is not installed.
    """
    if re.match(r"https?://[^/]+", address):
        from .dicomweb import DicomWeb

        _installed("dicomweb_client")
        secret = os.environ.get(TOKEN, "")
        login = (os.environ.get(USER, ""), os.environ.get(PASSWORD, ""))
        return DicomWeb(address.rstrip("/"), login if login[0] else None, secret or None, timeout_s)
    named = re.fullmatch(r"dicom://(?P<title>[^@/:]{1,16})@(?P<host>[^@/:]+):(?P<port>\d{1,5})", address)
    if named is None:
        raise UsageError(f"{address}: is not the address of a PACS; {ADDRESSES}")
    from .dimse import Dimse

    _installed("pynetdicom")
    return Dimse(named["host"], int(named["port"]), named["title"], title, port, timeout_s)


def _installed(package: str) -> None:
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise UsageError(
            f"the package {package} is not installed; pip install 'hematoma-expansion[pacs]' brings it"
        )


def file_name(instance_uid: str) -> str:
    """What an instance's file is called: its UID, if it is one.

    Raises:
        ServerError: the server sent something else, which could be a path.
    """
    if not re.fullmatch(r"[0-9.]{1,64}", instance_uid):
        raise ServerError(f"{instance_uid!r} is not a UID; the server sent it as one")
    return f"{instance_uid}.dcm"


def checked_count(files: Sequence[Path], series: SeriesEntry) -> None:
    """Refuse a series of which not everything came.

    Raises:
        ServerUnreachable: fewer files than the server said it holds.
    """
    if len(files) < series.instances:
        raise ServerUnreachable(f"{len(files)} of {series.instances} instances of a series came; try again")

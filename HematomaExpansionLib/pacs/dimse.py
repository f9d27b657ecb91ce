"""A PACS that speaks the classic DICOM network protocol: C-FIND, C-MOVE and C-STORE."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ServerError, ServerUnreachable
from ..files import folder_written_whole
from .server import SeriesEntry, StudyEntry, checked_count, file_name

if TYPE_CHECKING:
    from pydicom import Dataset
    from pynetdicom import AE
    from pynetdicom.association import Association
    from pynetdicom.events import Event

_FIND = "1.2.840.10008.5.1.4.1.2.2.1"
_MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
"""The Study Root models."""
_PENDING = (0xFF00, 0xFF01)
_NO_ROOM = 0xA7
_MOST_CONTEXTS = 128


class Dimse:
    """See :class:`.server.Server`.

    Args:
        host: of the server.
        port: of the server.
        called: its application entity title.
        title: ours, which the server must know with our host and ``listen_port``.
        listen_port: where we take what C-MOVE sends; open only while we ask for it.
        timeout_s: for each answer.
    """

    def __init__(
        self, host: str, port: int, called: str, title: str, listen_port: int, timeout_s: float
    ) -> None:
        """Keep the names; nothing is sent."""
        self._host, self._port, self._called = host, port, called
        self._title, self._listen_port, self._timeout_s = title, listen_port, timeout_s

    def studies(self, patient_id: str = "", days: str = "") -> list[StudyEntry]:
        """See :meth:`.server.Server.studies`."""
        wanted = {"ModalitiesInStudy": "CT", "PatientID": patient_id, "StudyDate": days}
        found = self._find("STUDY", wanted | {"StudyInstanceUID": "", "StudyTime": ""})
        return [
            StudyEntry(
                str(entry.get("StudyInstanceUID", "")),
                str(entry.get("PatientID") or ""),
                str(entry.get("StudyDate") or "") + str(entry.get("StudyTime") or "").split(".")[0],
            )
            for entry in found
        ]

    def series(self, study_uid: str) -> list[SeriesEntry]:
        """See :meth:`.server.Server.series`."""
        empty = ("SeriesInstanceUID", "Modality", "SeriesDescription", "NumberOfSeriesRelatedInstances")
        found = self._find("SERIES", dict.fromkeys(empty, "") | {"StudyInstanceUID": study_uid})
        return [
            SeriesEntry(
                str(entry.get("SeriesInstanceUID", "")),
                str(entry.get("Modality") or ""),
                str(entry.get("SeriesDescription") or ""),
                int(entry.get("NumberOfSeriesRelatedInstances") or 0),
            )
            for entry in found
        ]

    def fetch(self, study_uid: str, series: SeriesEntry, folder: Path) -> list[Path]:
        """See :meth:`.server.Server.fetch`."""
        wanted = _query("SERIES", {"StudyInstanceUID": study_uid, "SeriesInstanceUID": series.uid})
        with folder_written_whole(folder) as temporary:
            with self._receiving(temporary), self._associated([_MOVE]) as association:
                for status, _ in association.send_c_move(wanted, self._title, _MOVE):
                    self._check(status, "C-MOVE", _PENDING)
            names = sorted(file.name for file in temporary.iterdir())
            checked_count([temporary / name for name in names], series)
        return [folder / name for name in names]

    def store(self, files: Sequence[Path]) -> None:
        """See :meth:`.server.Server.store`."""
        from pydicom import dcmread

        for file in files:
            dataset = dcmread(file)
            with self._associated([dataset.SOPClassUID], dataset.file_meta.TransferSyntaxUID) as association:
                self._check(association.send_c_store(dataset), f"C-STORE of {file.name}")

    def _find(self, level: str, wanted: dict[str, str]) -> "list[Dataset]":
        found = []
        with self._associated([_FIND]) as association:
            for status, entry in association.send_c_find(_query(level, wanted), _FIND):
                self._check(status, "C-FIND", _PENDING)
                if entry is not None:
                    found.append(entry)
        return found

    @contextmanager
    def _associated(self, contexts: Sequence[str], syntax: str | None = None) -> "Iterator[Association]":
        entity = self._entity()
        for context in contexts:
            entity.add_requested_context(context, *([syntax] if syntax else []))
        association = entity.associate(self._host, self._port, ae_title=self._called)
        if association.is_rejected:
            raise ServerError(f"{self} refuses {self._title}; its administrator must make the title known")
        if not association.is_established:
            raise ServerUnreachable(f"{self} does not answer")
        try:
            yield association
        finally:
            association.release()

    @contextmanager
    def _receiving(self, folder: Path) -> Iterator[None]:
        from pynetdicom import ALL_TRANSFER_SYNTAXES, evt
        from pynetdicom.presentation import StoragePresentationContexts

        def keep(event: "Event") -> int:
            name = file_name(str(event.file_meta.MediaStorageSOPInstanceUID))
            (folder / name).write_bytes(event.encoded_dataset())
            return 0x0000

        entity = self._entity()
        for context in StoragePresentationContexts[:_MOST_CONTEXTS]:
            entity.add_supported_context(context.abstract_syntax or "", ALL_TRANSFER_SYNTAXES)
        entity.require_called_aet = True
        try:
            server = entity.start_server(
                ("", self._listen_port), block=False, evt_handlers=[(evt.EVT_C_STORE, keep)]
            )
        except OSError as error:
            raise ServerError(f"port {self._listen_port} cannot be listened on ({error.strerror})") from error
        try:
            yield
        finally:
            if server is not None:
                server.shutdown()

    def _entity(self) -> "AE":
        from pynetdicom import AE

        entity = AE(ae_title=self._title)
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = self._timeout_s
        entity.connection_timeout = self._timeout_s
        return entity

    def _check(self, status: "Dataset", what: str, also: Sequence[int] = ()) -> None:
        """Refuse a status that is neither success, nor a warning, nor one of ``also``."""
        if "Status" not in status:
            raise ServerUnreachable(f"{self} broke off during {what}")
        code = int(status.Status)
        if code >> 8 == _NO_ROOM:
            raise ServerUnreachable(f"{self} has no room for {what} now ({code:#06x})")
        if code != 0x0000 and code not in also and code >> 12 != 0xB:
            said = f": {status.ErrorComment}" if status.get("ErrorComment") else ""
            raise ServerError(f"{self} answered {what} with status {code:#06x}{said}")

    def __str__(self) -> str:
        """The address."""
        return f"dicom://{self._called}@{self._host}:{self._port}"


def _query(level: str, wanted: dict[str, str]) -> "Dataset":
    from pydicom import Dataset

    query = Dataset()
    query.QueryRetrieveLevel = level
    for keyword, value in wanted.items():
        setattr(query, keyword, value)
    return query

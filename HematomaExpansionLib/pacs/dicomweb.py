"""A PACS that speaks DICOMweb: QIDO-RS, WADO-RS and STOW-RS."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import ServerError, ServerUnreachable
from ..files import folder_written_whole
from .server import SeriesEntry, StudyEntry, checked_count, file_name

_BUSY = 429


class DicomWeb:
    """See :class:`.server.Server`.

    Args:
        url: of the DICOMweb service.
        login: user and password; None for none.
        token: bearer token; None for none.
        timeout_s: for each answer.
    """

    def __init__(self, url: str, login: tuple[str, str] | None, token: str | None, timeout_s: float) -> None:
        """Make the session; nothing is sent."""
        from dicomweb_client import DICOMwebClient
        from dicomweb_client.session_utils import create_session_from_user_pass
        from requests import Session

        session = create_session_from_user_pass(*login) if login else Session()
        if token:
            session.headers["Authorization"] = f"Bearer {token}"
        self._url = url
        self._client = DICOMwebClient(url, session=session, timeout=timeout_s)
        # Whether and when to try again is for the caller to say.
        self._client.set_http_retry_params(retry=False)

    def studies(self, patient_id: str = "", days: str = "") -> list[StudyEntry]:
        """See :meth:`.server.Server.studies`."""
        wanted = {"ModalitiesInStudy": "CT", "PatientID": patient_id, "StudyDate": days}
        filters = {name: value for name, value in wanted.items() if value}
        found = self._all(
            lambda start: self._client.search_for_studies(search_filters=filters, offset=start), "0020000D"
        )
        return [
            StudyEntry(
                _text(entry, "0020000D"),
                _text(entry, "00100020"),
                _text(entry, "00080020") + _text(entry, "00080030").split(".")[0],
            )
            for entry in found
        ]

    def series(self, study_uid: str) -> list[SeriesEntry]:
        """See :meth:`.server.Server.series`."""
        fields = ["SeriesDescription", "NumberOfSeriesRelatedInstances"]
        found = self._all(
            lambda start: self._client.search_for_series(study_uid, fields=fields, offset=start), "0020000E"
        )
        return [
            SeriesEntry(
                _text(entry, "0020000E"),
                _text(entry, "00080060"),
                _text(entry, "0008103E"),
                int(_text(entry, "00201209") or 0),
            )
            for entry in found
        ]

    def fetch(self, study_uid: str, series: SeriesEntry, folder: Path) -> list[Path]:
        """See :meth:`.server.Server.fetch`. The transfer syntax stays the stored one."""
        names = []
        with folder_written_whole(folder) as temporary, self._answering():
            for dataset in self._client.iter_series(
                study_uid, series.uid, media_types=(("application/dicom", "*"),)
            ):
                name = file_name(str(dataset.SOPInstanceUID))
                dataset.save_as(temporary / name, enforce_file_format=True)
                names.append(name)
            checked_count([temporary / name for name in names], series)
        return [folder / name for name in names]

    def store(self, files: Sequence[Path]) -> None:
        """See :meth:`.server.Server.store`."""
        from pydicom import dcmread

        for file in files:
            with self._answering():
                answer = self._client.store_instances([dcmread(file)])
            if answer.get("FailedSOPSequence"):
                raise ServerError(f"{self._url} did not take {file.name}")

    def _all(self, search: Callable[[int], list[dict[str, Any]]], key: str) -> list[dict[str, Any]]:
        """Every page of an answer, also of a server that ignores the offset and repeats the first."""
        found: dict[str, dict[str, Any]] = {}
        while True:
            with self._answering():
                page = {_text(entry, key): entry for entry in search(len(found))}
            if page.keys() <= found.keys():
                return list(found.values())
            found = page | found

    @contextmanager
    def _answering(self) -> Iterator[None]:
        from requests import HTTPError, RequestException

        try:
            yield
        except HTTPError as error:
            status = 500 if error.response is None else error.response.status_code
            kind = ServerUnreachable if status >= 500 or status == _BUSY else ServerError
            raise kind(f"{self._url} answered {status}") from error
        except RequestException as error:
            raise ServerUnreachable(f"{self._url} does not answer ({type(error).__name__})") from error


def _text(entry: dict[str, Any], tag: str) -> str:
    """The first value of an attribute in DICOM JSON; empty where there is none."""
    values = entry.get(tag, {}).get("Value") or [""]
    return "" if values[0] is None else str(values[0])

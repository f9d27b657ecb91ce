"""The two protocols against a real server: the same questions, the same answers, the same bytes."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import RLELossless

from HematomaExpansionLib.errors import (
    MissingInput,
    ServerError,
    ServerUnreachable,
    UnreadableFile,
    UsageError,
)
from HematomaExpansionLib.pacs.server import SeriesEntry, Server, connect, file_name
from HematomaExpansionLib.pacs.transfer import pull, push
from Testing.ct.phantom import Head
from Testing.pacs.orthanc import Orthanc, free_port
from training.simulate.dicom_series import Slices, Tags, write_series

PROTOCOLS = ["web", "classic"]
SLICES = Slices(tuple(np.arange(0.0, 36.0, 3.0)), rows=16, columns=16)


def server_of(orthanc: Orthanc, protocol: str) -> Server:
    return connect(getattr(orthanc, protocol), orthanc.title, orthanc.move_port, timeout_s=10)


@pytest.fixture(scope="module", params=PROTOCOLS)
def pushed(
    request: pytest.FixtureRequest, shared_orthanc: Orthanc, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Server, list[Path]]:
    """A server to which a study of two series was pushed by one protocol, and the files."""
    folder = tmp_path_factory.mktemp("study")
    seed = 40 + PROTOCOLS.index(request.param)
    tags = {"patient_id": f"P-{request.param}"}
    files = write_series(folder, Head(), SLICES, Tags(**tags), seed=seed)
    files += write_series(folder, Head(), SLICES, Tags(number=7, description="bone", **tags), seed=seed)
    server = server_of(shared_orthanc, request.param)
    assert sorted(push(server, [folder])) == sorted(files)
    return server, files


def test_questions(pushed: tuple[Server, list[Path]]) -> None:
    server, files = pushed
    first, last = (pydicom.dcmread(file) for file in (files[0], files[-1]))
    studies = server.studies(patient_id=first.PatientID)
    assert [(study.uid, study.patient_id) for study in studies] == [(first.StudyInstanceUID, first.PatientID)]
    assert {study.patient_id for study in server.studies()} >= {first.PatientID}
    assert server.studies(patient_id="nobody") == []
    series = sorted(server.series(first.StudyInstanceUID), key=lambda each: each.description)
    assert series == [
        SeriesEntry(first.SeriesInstanceUID, "CT", "Head 3.0 soft", 12),
        SeriesEntry(last.SeriesInstanceUID, "CT", "bone", 12),
    ]


def test_what_comes_back_is_what_was_given(pushed: tuple[Server, list[Path]], tmp_path: Path) -> None:
    server, files = pushed
    given = {dataset.SOPInstanceUID: dataset for dataset in map(pydicom.dcmread, files)}
    study = next(iter(given.values())).StudyInstanceUID
    assert pull(server, tmp_path, study=study) == [tmp_path / study]
    back = [pydicom.dcmread(file) for file in tmp_path.rglob("*.dcm")]
    assert {dataset.SOPInstanceUID for dataset in back} == set(given)
    for dataset in back:
        assert dataset == given[dataset.SOPInstanceUID]
        assert dataset.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_compressed_series_stays_compressed(shared_orthanc: Orthanc, protocol: str, tmp_path: Path) -> None:
    server = server_of(shared_orthanc, protocol)
    files = write_series(tmp_path / "in", Head(), SLICES, seed=60 + PROTOCOLS.index(protocol))
    given = {}
    for file in files:
        dataset = pydicom.dcmread(file)
        dataset.compress(RLELossless)
        dataset.save_as(file)
        given[dataset.SOPInstanceUID] = dataset.PixelData
    push(server, files)
    study = pydicom.dcmread(files[0]).StudyInstanceUID
    pull(server, tmp_path / "out", study=study)
    back = [pydicom.dcmread(file) for file in (tmp_path / "out").rglob("*.dcm")]
    assert {dataset.file_meta.TransferSyntaxUID for dataset in back} == {RLELossless}
    assert {dataset.SOPInstanceUID: dataset.PixelData for dataset in back} == given


def test_the_same_instance_stays_one(pushed: tuple[Server, list[Path]], shared_orthanc: Orthanc) -> None:
    server, files = pushed
    before = shared_orthanc.ask("/statistics")["CountInstances"]
    push(server, files[:2])
    assert shared_orthanc.ask("/statistics")["CountInstances"] == before


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_series_that_is_not_whole_is_not_kept(
    pushed: tuple[Server, list[Path]], shared_orthanc: Orthanc, protocol: str, tmp_path: Path
) -> None:
    """The server promised 13, 12 came: nothing is left behind and it can be tried again."""
    first = pydicom.dcmread(pushed[1][0])
    promised = SeriesEntry(first.SeriesInstanceUID, "CT", "", 13)
    with pytest.raises(ServerUnreachable, match="12 of 13"):
        server_of(shared_orthanc, protocol).fetch(first.StudyInstanceUID, promised, tmp_path / "series")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_dates(shared_orthanc: Orthanc, protocol: str, tmp_path: Path) -> None:
    from datetime import datetime

    server = server_of(shared_orthanc, protocol)
    tags = Tags(patient_id=f"D-{protocol}", acquired=datetime(2021, 5, 6, 7, 8, 9))
    push(server, write_series(tmp_path, Head(), SLICES, tags, seed=50 + PROTOCOLS.index(protocol)))
    (found,) = server.studies(patient_id=f"D-{protocol}", days="20210506-")
    assert found.started == "20210506070809"
    assert server.studies(patient_id=f"D-{protocol}", days="20210507-") == []


@pytest.mark.parametrize("form", ["http://127.0.0.1:{}/dicom-web", "dicom://ORTHANC@127.0.0.1:{}"])
def test_nobody_there(form: str) -> None:
    with pytest.raises(ServerUnreachable, match="does not answer"):
        connect(form.format(free_port()), timeout_s=2).studies()


def test_refusals_name_the_server(shared_orthanc: Orthanc) -> None:
    with pytest.raises(ServerError, match="answered 404"):
        connect(f"{shared_orthanc.web}-not").studies()
    wrong = shared_orthanc.classic.replace("ORTHANC", "OTHER")
    with pytest.raises(ServerError, match="refuses HEMATOMA"):
        connect(wrong, "HEMATOMA").studies()


@pytest.mark.parametrize("address", ["orthanc", "dicom://host:104", "ftp://host", "dicom://TITLE@host"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(UsageError, match="is not the address of a PACS"):
        connect(address)


def test_what_cannot_be_pulled_or_pushed(shared_orthanc: Orthanc, tmp_path: Path) -> None:
    server = server_of(shared_orthanc, "web")
    with pytest.raises(UsageError, match="either --study or --patient"):
        pull(server, tmp_path)
    with pytest.raises(MissingInput, match=r"no CT series of 1\.2\.3"):
        pull(server, tmp_path, study="1.2.3")
    text = tmp_path / "note.txt"
    text.write_text("not DICOM")
    with pytest.raises(UnreadableFile, match=r"note\.txt: is not a DICOM file"):
        push(server, [text])
    with pytest.raises(MissingInput, match="no DICOM file"):
        push(server, [tmp_path])


def test_a_uid_cannot_be_a_path() -> None:
    assert file_name("1.2.840") == "1.2.840.dcm"
    with pytest.raises(ServerError, match="is not a UID"):
        file_name("../../etc/passwd")

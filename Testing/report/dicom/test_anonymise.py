"""Nothing of the source's headers is in any byte that is written, after unpacking what is packed."""

import gzip
import re
import subprocess
import zlib
from pathlib import Path

import highdicom as hd
import pydicom
import pytest

from HematomaExpansionLib.commands.dicom import dicom_sources
from HematomaExpansionLib.report.dicom.anonymise import anonymous_study
from HematomaExpansionLib.report.dicom.write import write_dicom
from HematomaExpansionLib.study import Study
from Testing.conftest import run_command
from Testing.report.dicom.source_study import NAME, PATIENT_ID, sources, write_scans

PLANTED = {
    "AccessionNumber": "ACC99120357",
    "InstitutionName": "Saint Wulfstan Infirmary",
    "InstitutionalDepartmentName": "Neuroradiology of Wulfstan",
    "InstitutionAddress": "7 Hollowgate",
    "StationName": "CTWULF07",
    "ReferringPhysicianName": "Ottershaw^Basil",
    "OperatorsName": "Pennyworth^Olive",
    "PatientBirthDate": "19420815",
    "PatientAddress": "12 Mulberry Lane",
    "OtherPatientIDs": "NHS4857773456",
    "StudyDescription": "CT head Quillfeather",
    "SeriesDescription": "Quillfeather head soft",
    "StudyID": "ST-558120",
    "ProtocolName": "Wulfstan stroke",
    "ImageComments": "seen by Dr Ottershaw",
    "DeviceSerialNumber": "SN-WULF-0042",
}
FORBIDDEN = [
    *(word for value in (*PLANTED.values(), NAME, PATIENT_ID) for word in (value, *value.split("^"))),
    "Quillfeather",
    "Wulfstan",
    "20190723",
    "2019-07-23",
    "084117",
    "08:41",
]


def plant(folder: Path) -> list[str]:
    """Fill the headers of every file, and return the UIDs, which name the source as well."""
    uids = set()
    for file in folder.rglob("*.dcm"):
        dataset = pydicom.dcmread(file)
        for keyword, value in PLANTED.items():
            setattr(dataset, keyword, value)
        dataset.private_block(0x0099, "WULFSTAN", create=True).add_new(1, "LO", NAME)
        dataset.file_meta.SourceApplicationEntityTitle = "CTWULF07"
        dataset.save_as(file)
        uids |= {dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID}
        uids |= {dataset.FrameOfReferenceUID}
    return sorted(uids)


def contents(file: Path) -> bytes:
    """The bytes of a file with everything unpacked that is packed in it."""
    raw = file.read_bytes()
    packed = [zlib.decompressobj().decompress(part) for part in _pdf_streams(raw)]
    if b"encoding: gzip" in raw:
        packed.append(gzip.decompress(raw.split(b"\n\n", 1)[1]))
    return b"".join([raw, *packed]).lower()


def _pdf_streams(raw: bytes) -> list[bytes]:
    found = re.findall(rb"stream\r?\n(.*?)endstream", raw, re.DOTALL)
    return [part for part in found if part[:1] == b"\x78"]


def leaks(folder: Path, words: list[str]) -> list[tuple[str, str]]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    assert files
    return [
        (file.name, word)
        for file in files
        for inside in [contents(file)]
        for word in words
        if any(word.lower().encode(coding) in inside for coding in ("utf-8", "utf-16-le", "utf-16-be"))
    ]


@pytest.fixture(scope="module")
def planted(pair: Study, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[str]]:
    folder = tmp_path_factory.mktemp("planted")
    folders = write_scans(pair, folder)
    return folders, plant(folder)


@pytest.fixture(scope="module")
def anonymous(
    pair: Study,
    planted: tuple[list[Path], list[str]],
    written: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The folder of the objects that were written without names."""
    out = tmp_path_factory.mktemp("anonymous")
    report = [written / "report.pdf", written / "figure-followup-1.png"]
    files, _ = write_dicom(pair, sources(planted[0]), out, report, True)
    assert len(files) == 7
    return out


def test_nothing_of_the_source_is_in_any_byte(planted: tuple[list[Path], list[str]], anonymous: Path) -> None:
    assert leaks(anonymous, [*FORBIDDEN, *planted[1]]) == []


def test_dciodvfy_finds_no_error(anonymous: Path, dciodvfy: str) -> None:
    for file in anonymous.iterdir():
        done = subprocess.run([dciodvfy, "-new", str(file)], capture_output=True, text=True, timeout=60)
        assert "PatientName" not in done.stderr
        assert [line for line in done.stderr.splitlines() if line.startswith("Error")] == []


def test_the_result_loses_what_a_technician_typed(pair: Study) -> None:
    described = pair.result.scans[0].model_copy(update={"series": "Quillfeather head soft: axial CT"})
    result = pair.result.model_copy(update={"scans": [described, *pair.result.scans[1:]]})
    found = anonymous_study(Study(result, pair.timepoints, pair.comparisons)).result
    assert "Quillfeather" not in found.model_dump_json()
    assert found.scans[0].model_copy(update={"series": described.series}) == described


def test_the_search_finds_what_is_there(
    pair: Study, planted: tuple[list[Path], list[str]], tmp_path: Path
) -> None:
    """Without --anonymize the patient module stays, as a PACS needs it."""
    folders, uids = planted
    write_dicom(pair, sources(folders), tmp_path / "dicom")
    found = {word for _, word in leaks(tmp_path, [*FORBIDDEN, *uids])}
    assert {NAME, PATIENT_ID, "ACC99120357", "19420815", "20190723"} <= found
    assert set(uids) <= found
    assert "ottershaw" in contents(tmp_path / "dicom" / "baseline-seg.dcm").decode("latin1")
    assert "Wulfstan" not in found, "the institution is not the one that made the results"


def test_one_patient_in_one_frame_of_reference(anonymous: Path) -> None:
    segs = [hd.seg.segread(anonymous / f"{name}-seg.dcm") for name in ("baseline", "followup-1", "growth-1")]
    assert len({(str(seg.PatientName), seg.PatientID) for seg in segs}) == 1
    assert segs[1].FrameOfReferenceUID == segs[2].FrameOfReferenceUID != segs[0].FrameOfReferenceUID
    assert segs[1].StudyInstanceUID == segs[2].StudyInstanceUID != segs[0].StudyInstanceUID
    assert all(seg.PatientIdentityRemoved == "YES" and not seg.StudyDate for seg in segs)
    report = hd.sr.srread(anonymous / "followup-1-sr.dcm")
    first = report.content.get_volumetric_roi_measurement_groups()[0]
    assert first.referenced_segment.referenced_sop_instance_uid == segs[1].SOPInstanceUID


def test_the_command_anonymises_everything_it_writes(sample: Path, tmp_path: Path) -> None:
    """From planted headers through the shell, with the sample's head: its files and standard output."""
    import SimpleITK as sitk

    from training.simulate.dicom_series import Slices, Tags, write_series

    image = sitk.ReadImage(str(sample / "baseline.nii.gz"))
    columns, rows, count = image.GetSize()
    slices = Slices(
        tuple(-80.0 + 5 * k for k in range(count)), rows=rows, columns=columns, pixel_mm=image.GetSpacing()[0]
    )
    write_series(tmp_path / "scan", image, slices, Tags(patient_name=NAME, patient_id=PATIENT_ID))
    uids = plant(tmp_path / "scan")
    mask = sample / "baseline-labels.nii.gz"
    out = tmp_path / "out"
    ended = run_command("analyze", tmp_path / "scan", "--mask", mask, "--dicom", "--anonymize", "--out", out)
    assert ended.code == 0, ended.err
    written = {file.name for file in (out / "dicom").iterdir()}
    assert {"baseline-seg.dcm", "baseline-sr.dcm", "report.dcm", "summary-1.dcm"} <= written
    assert leaks(out, [*FORBIDDEN, *uids]) == []
    assert not [word for word in FORBIDDEN if word.lower() in (ended.out + ended.err).lower()]
    seg = hd.seg.segread(out / "dicom" / "baseline-seg.dcm")
    labels = sitk.GetArrayFromImage(sitk.ReadImage(str(mask)))
    frames = [uid for _, _, uid in seg.get_source_image_uids()]
    found = seg.get_pixels_by_source_instance(
        frames, segment_numbers=[1], assert_missing_frames_are_empty=True
    )
    assert (found[..., 0] == (labels == 1)).all()


def test_a_nifti_gets_one_line_and_no_dicom(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dicom_sources([sample / "baseline.nii.gz"]) == [None]
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        "warning: no DICOM is written for baseline.nii.gz: "
        "it is not DICOM, so there is no study for its results to belong to"
    )

"""All objects of a study: valid, in the right study, with the report and its figures inside."""

import copy
import io
import subprocess
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pypdf import PdfReader

from HematomaExpansionLib.commands.dicom import dicom_sources
from HematomaExpansionLib.report.dicom.source import SourceSeries, read_source
from HematomaExpansionLib.report.dicom.write import write_dicom
from HematomaExpansionLib.study import Study
from Testing.report.dicom.conftest import Written
from Testing.report.dicom.source_study import NAME, PATIENT_ID, TIMES, write_scans

KINDS = {
    "baseline-seg.dcm": ("SEG", "Segmentation Storage"),
    "baseline-sr.dcm": ("SR", "Enhanced SR Storage"),
    "followup-1-seg.dcm": ("SEG", "Segmentation Storage"),
    "followup-1-sr.dcm": ("SR", "Enhanced SR Storage"),
    "growth-1-seg.dcm": ("SEG", "Segmentation Storage"),
    "report.dcm": ("DOC", "Encapsulated PDF Storage"),
    "summary-1.dcm": ("OT", "Secondary Capture Image Storage"),
    "summary-2.dcm": ("OT", "Secondary Capture Image Storage"),
    "summary-3.dcm": ("OT", "Secondary Capture Image Storage"),
}

CHECKED_AS = {"SEG": "Segmentation", "SR": "EnhancedSR", "DOC": "EncapsulatedPDF", "OT": "SCImage"}


@pytest.fixture(scope="module")
def complete(dicom: Written, written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the report and three of its figures as well."""
    out = tmp_path_factory.mktemp("complete")
    figures = [
        written / name for name in ("figure-baseline.png", "figure-followup-1.png", "figure-growth-1.png")
    ]
    write_dicom(dicom.study, dicom.sources, out, [written / "report.pdf", *figures])
    return out


def test_every_object_is_what_it_says_and_belongs_to_its_study(complete: Path, dicom: Written) -> None:
    files = {file.name: pydicom.dcmread(file, stop_before_pixels=True) for file in complete.iterdir()}
    assert {name: (file.Modality, file.SOPClassUID.name) for name, file in files.items()} == KINDS
    for name, file in files.items():
        index = 0 if name.startswith("baseline") else 1
        assert file.StudyInstanceUID == dicom.sources[index].study_uid
        assert (file.PatientName, file.PatientID) == (NAME, PATIENT_ID)
        assert file.StudyDate == f"{TIMES[index]:%Y%m%d}"
        assert file.Manufacturer == "HematomaExpansion"
        assert 9100 + 10 * index <= file.SeriesNumber < 9110 + 10 * index


@pytest.mark.parametrize("name", KINDS)
def test_dciodvfy_finds_no_error(complete: Path, dciodvfy: str, name: str) -> None:
    done = subprocess.run(
        [dciodvfy, "-new", str(complete / name)], capture_output=True, text=True, timeout=60
    )
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error")]
    assert not errors
    assert CHECKED_AS[KINDS[name][0]] in done.stderr.splitlines()


def test_the_pdf_is_the_report(complete: Path, written: Path) -> None:
    document = pydicom.dcmread(complete / "report.dcm")
    found = document.EncapsulatedDocument[: document.EncapsulatedDocumentLength]
    assert found == (written / "report.pdf").read_bytes()
    assert len(PdfReader(io.BytesIO(found)).pages) > 1
    assert document.MIMETypeOfEncapsulatedDocument == "application/pdf"


def test_the_summary_is_one_series_of_the_figures(complete: Path, written: Path) -> None:
    images = [pydicom.dcmread(complete / f"summary-{number}.dcm") for number in (1, 2, 3)]
    assert len({image.SeriesInstanceUID for image in images}) == 1
    assert [image.InstanceNumber for image in images] == [1, 2, 3]
    picture = np.asarray(Image.open(written / "figure-growth-1.png").convert("RGB"))
    assert np.array_equal(images[2].pixel_array, picture)


def test_a_scan_without_a_series_gets_nothing(pair: Study, dicom: Written, tmp_path: Path) -> None:
    followup: list[SourceSeries | None] = [None, dicom.sources[1]]
    files, _ = write_dicom(pair, followup, tmp_path)
    assert sorted(file.name for file in files) == [
        "followup-1-seg.dcm",
        "followup-1-sr.dcm",
        "growth-1-seg.dcm",
    ]
    assert write_dicom(pair, [None, None], tmp_path / "none") == ([], [])
    assert not (tmp_path / "none").exists()


def test_why_a_scan_has_no_series(sample: Path, tmp_path: Path) -> None:
    assert read_source(sample / "baseline.nii.gz") == (
        None,
        "is not DICOM, so there is no study for its results to belong to",
    )
    assert read_source(tmp_path) == (None, "holds no DICOM image")


def test_two_patients_are_said(pair: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = write_scans(pair, tmp_path)
    assert len(dicom_sources(folders)) == 2
    assert capsys.readouterr().err == ""
    for file in folders[1].iterdir():
        dataset = pydicom.dcmread(file)
        dataset.PatientID = "another"
        dataset.save_as(file)
    dicom_sources(folders)
    assert "different patient identifiers" in capsys.readouterr().err


def test_no_warning_quotes_a_name(pair: Study, dicom: Written, tmp_path: Path) -> None:
    """highdicom warns of a name without a caret, and quotes it."""
    source = dicom.sources[0]
    image = copy.deepcopy(source.images[0])
    image.PatientName = "Quillfeather"
    odd = replace(source, images=(image, *source.images[1:]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_dicom(pair, [odd, None], tmp_path)
    assert pydicom.dcmread(tmp_path / "baseline-seg.dcm").PatientName == "Quillfeather"

"""A study of two scans and the DICOM written for it, once for all tests."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from HematomaExpansionLib.report.dicom.source import SourceSeries
from HematomaExpansionLib.report.dicom.write import write_dicom
from HematomaExpansionLib.study import Study
from Testing.report.dicom.source_study import sources, write_scans


@dataclass(frozen=True)
class Written:
    """What was written for a study, and from what."""

    study: Study
    sources: list[SourceSeries]
    folder: Path
    remarks: list[str]


@pytest.fixture(scope="session")
def dicom(pair: Study, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The DICOM objects of the study of ``Testing/report/conftest.py``."""
    folder = tmp_path_factory.mktemp("dicom")
    found = sources(write_scans(pair, folder / "in"))
    files, remarks = write_dicom(pair, found, folder / "out")
    assert sorted(folder.joinpath("out").iterdir()) == sorted(files)
    return Written(pair, found, folder / "out", remarks)


@pytest.fixture(scope="session")
def dciodvfy() -> str:
    """The validator of Debian's dicom3tools."""
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed (Debian package dicom3tools)")
    return program

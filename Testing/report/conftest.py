"""A study of two scans, written once for all tests of the written files."""

from pathlib import Path

import pytest

from HematomaExpansionLib.clinical import ClinicalRecord
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.report.write import write_study
from HematomaExpansionLib.study import Study
from Testing.report.phantom import BOTH, Bleed, study

SERIES = 'Head <b>5.0</b> & "J30s": thinnest axial soft-tissue series'
RECORD = ClinicalRecord(age_years=72, gcs_total=13, warfarin=False, onset_to_ct_h=2.0)
WARNING = "Contrast suspected: <i>vessels</i> at 142 HU."


@pytest.fixture(scope="session")
def pair() -> Study:
    """ICH with a dark ball in it that grows into a ventricle, with oedema; the follow-up was tilted."""
    classes = BOTH | {Label.OEDEMA}
    return study(
        Bleed(15, 0, 20, classes=classes, series=SERIES, hole_mm=6),
        Bleed(18, 10.7, 24, 6.0, classes, (WARNING,), SERIES, 15.0, ("Tilt of 15° removed by shear.",)),
        clinical=RECORD,
    )


@pytest.fixture(scope="session")
def written(pair: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that study."""
    folder = tmp_path_factory.mktemp("report") / "study"
    write_study(pair, folder)
    return folder

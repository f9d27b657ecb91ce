"""Results without anything that names the patient, the institution or the day."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...study import Study
from .source import SourceSeries

if TYPE_CHECKING:
    from pydicom import Dataset

WITHHELD = "withheld (anonymised)"
NO_DAY = "19000101"
"""Stands where DICOM demands a date. That of the day on which an object is made could be the patient's."""

_KEPT = (
    "SOPClassUID",
    "Modality",
    "ImageType",
    "InstanceNumber",
    "SeriesNumber",
    "Rows",
    "Columns",
    "NumberOfFrames",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "RescaleIntercept",
    "RescaleSlope",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "SliceThickness",
    "PatientPosition",
)
_KEPT_GROUPS = ("PlanePositionSequence", "PlaneOrientationSequence", "PixelMeasuresSequence")
_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")
_DATES = {"DA": NO_DAY, "TM": "000000", "DT": f"{NO_DAY}000000"}


def anonymous_study(study: Study) -> Study:
    """The study without the series descriptions of its scans, which technicians type.

    Nothing else of a result comes from a header's text (:mod:`HematomaExpansionLib.result`).
    """
    scans = [
        scan if scan.series is None else scan.model_copy(update={"series": WITHHELD})
        for scan in study.result.scans
    ]
    return replace(study, result=study.result.model_copy(update={"scans": scans}))


def anonymous_sources(sources: Sequence[SourceSeries | None]) -> list[SourceSeries | None]:
    """The series with new headers that keep the geometry and no more.

    The patient gets a random identifier, the same in all scans. UIDs are replaced at random, as many contain
    the time and the scanner: references then name images that only a copy anonymised with the same UIDs has.
    """
    patient_id = f"ANON-{secrets.token_hex(4).upper()}"
    uids: dict[str, str] = {}
    return [None if source is None else _anonymous(source, patient_id, uids) for source in sources]


def without_dates(dataset: "Dataset") -> None:
    """Say that a written object is de-identified, and take the day it was made out of it."""
    for element in dataset.iterall():
        if element.VR in _DATES and element.value:
            element.value = _DATES[element.VR]
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = "Headers rebuilt from geometry alone; UIDs replaced"


def _anonymous(source: SourceSeries, patient_id: str, uids: dict[str, str]) -> SourceSeries:
    images = tuple(_header(image, patient_id, uids) for image in source.images)
    return replace(source, images=images)


def _header(image: "Dataset", patient_id: str, uids: dict[str, str]) -> "Dataset":
    import highdicom as hd

    made = _only(image, _KEPT)
    for keyword in _UIDS:
        setattr(made, keyword, uids.setdefault(image[keyword].value, str(hd.UID())))
    for keyword in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        if keyword in image:
            setattr(made, keyword, [_only(item, _KEPT_GROUPS) for item in image[keyword].value])
    made.PatientName, made.PatientID = "Anonymous^", patient_id
    for keyword in (
        "PatientBirthDate",
        "PatientSex",
        "StudyDate",
        "StudyTime",
        "ReferringPhysicianName",
        "StudyID",
        "AccessionNumber",
    ):
        setattr(made, keyword, "")
    return made


def _only(dataset: "Dataset", keywords: Sequence[str]) -> "Dataset":
    from pydicom import Dataset

    kept = Dataset()
    for keyword in keywords:
        if keyword in dataset:
            kept.add(dataset[keyword])
    return kept

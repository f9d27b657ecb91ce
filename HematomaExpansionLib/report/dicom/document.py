"""The report as a DICOM Encapsulated PDF."""

from typing import TYPE_CHECKING

from ... import __version__
from .codes import MANUFACTURER, MODEL, SERIAL_NUMBER
from .source import SourceSeries

if TYPE_CHECKING:
    from pydicom import Dataset


def encapsulated_pdf(pdf: bytes, source: SourceSeries, title: str, series_number: int) -> "Dataset":
    """A PDF as an object of the study that a series belongs to.

    Args:
        pdf: the file.
        source: the series; its images are named as what the document was derived from.
        title: of the document.
        series_number: of the series.
    """
    import highdicom as hd
    from pydicom import Dataset
    from pydicom.sr.codedict import codes
    from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian

    header = source.images[0]
    made: Dataset = hd.base.SOPClass(
        study_instance_uid=source.study_uid,
        series_instance_uid=hd.UID(),
        series_number=series_number,
        sop_instance_uid=hd.UID(),
        sop_class_uid=EncapsulatedPDFStorage,
        instance_number=1,
        modality="DOC",
        transfer_syntax_uid=ExplicitVRLittleEndian,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MODEL,
        software_versions=__version__,
        device_serial_number=SERIAL_NUMBER,
        specific_character_set=header.get("SpecificCharacterSet"),
        series_description=f"{MODEL} report",
    )
    made.copy_patient_and_study_information(header)
    made.ContentDate, made.ContentTime = made.InstanceCreationDate, made.InstanceCreationTime
    made.AcquisitionDateTime = ""
    made.ConversionType = "WSD"
    made.BurnedInAnnotation = "NO"
    made.DocumentTitle = title
    made.ConceptNameCodeSequence = [hd.sr.CodedConcept.from_code(codes.DCM.ImagingMeasurementReport)]
    made.MIMETypeOfEncapsulatedDocument = "application/pdf"
    made.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    made.EncapsulatedDocumentLength = len(pdf)
    made.SourceInstanceSequence = []
    for image in source.images:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
        made.SourceInstanceSequence.append(item)
    return made

"""The figures of the report as a series of DICOM Secondary Capture images."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ... import __version__
from .codes import MANUFACTURER, MODEL, SERIAL_NUMBER
from .source import SourceSeries

if TYPE_CHECKING:
    from highdicom.sc import SCImage


def summary_series(pictures: Sequence[Path], source: SourceSeries, series_number: int) -> "list[SCImage]":
    """One RGB image a picture, in one series of the study that ``source`` belongs to.

    Args:
        pictures: PNG files in reading order.
        source: the series the pictures were made from.
        series_number: of the new series.
    """
    import highdicom as hd
    from PIL import Image

    series_uid = hd.UID()
    made = []
    for number, picture in enumerate(pictures, 1):
        image = hd.sc.SCImage.from_ref_dataset(
            ref_dataset=source.images[0],
            pixel_array=np.asarray(Image.open(picture).convert("RGB")),
            photometric_interpretation=hd.PhotometricInterpretationValues.RGB,
            bits_allocated=8,
            coordinate_system=hd.CoordinateSystemNames.PATIENT,
            patient_orientation=("L", "P"),
            series_instance_uid=series_uid,
            series_number=series_number,
            sop_instance_uid=hd.UID(),
            instance_number=number,
            manufacturer=MANUFACTURER,
            manufacturer_model_name=MODEL,
            software_versions=__version__,
            device_serial_number=SERIAL_NUMBER,
            series_description=f"{MODEL} summary",
            specific_character_set=source.images[0].get("SpecificCharacterSet"),
        )
        # A page of many slices has no one orientation; the attribute may be empty.
        image.PatientOrientation = None
        image.BodyPartExamined = "HEAD"
        image.BurnedInAnnotation = "NO"
        image.ImageComments = picture.stem.removeprefix("figure-")
        made.append(image)
    return made

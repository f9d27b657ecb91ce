"""A DICOM Segmentation (BINARY) of labels on the stored slices of a series."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ... import __version__
from .codes import MANUFACTURER, MODEL, SERIAL_NUMBER, concept, plain
from .segments import Segment
from .source import SourceSeries

if TYPE_CHECKING:
    from highdicom.seg import Segmentation, SegmentDescription
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Algorithm:
    """How labels came about, as a segmentation object says it.

    Attributes:
        name: of the back-end.
        manual: whether a person gave the labels.
    """

    name: str
    manual: bool = False


def segmentation_object(
    stored: "NDArray[np.uint8]",
    source: SourceSeries,
    segments: Sequence[Segment],
    algorithm: Algorithm,
    description: str,
    series_number: int,
) -> "Segmentation":
    """One instance with one segment per class; frames without a voxel are left out, as the standard allows.

    Args:
        stored: uint8 ``[slice, row, column]`` on the slices of ``source``.
        source: the series it belongs to and refers to.
        segments: of the values in ``stored``; a value that is not among them is background.
        algorithm: what drew the labels.
        description: of the series.
        series_number: of the series.
    """
    import highdicom as hd

    numbered = np.zeros_like(stored)
    for number, segment in enumerate(segments, 1):
        numbered[stored == segment.value] = number
    made = hd.seg.Segmentation(
        source_images=source.images,
        pixel_array=numbered,
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[_described(n, segment, algorithm) for n, segment in enumerate(segments, 1)],
        series_instance_uid=hd.UID(),
        series_number=series_number,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MODEL,
        software_versions=__version__,
        device_serial_number=SERIAL_NUMBER,
        content_label="HAEMORRHAGE",
        content_description=description,
        # With no blood at all there is no frame to keep, and an image must have one.
        omit_empty_frames=bool(numbered.any()),
        series_description=description,
    )
    made.ContentCreatorName = ""  # type 2
    return made


def _described(number: int, segment: Segment, algorithm: Algorithm) -> "SegmentDescription":
    import highdicom as hd
    from pydicom.sr.codedict import codes

    kinds = hd.seg.SegmentAlgorithmTypeValues
    described = hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=segment.name,
        segmented_property_category=concept(segment.look.category),
        segmented_property_type=concept(segment.look.type),
        algorithm_type=kinds.MANUAL if algorithm.manual else kinds.AUTOMATIC,
        algorithm_identification=None
        if algorithm.manual
        else hd.AlgorithmIdentificationSequence(
            name=f"{MODEL} {algorithm.name}",
            family=codes.DCM.ArtificialIntelligence,
            version=__version__,
        ),
        tracking_uid=segment.tracking_uid,
        tracking_id=segment.key,
        anatomic_regions=[concept(segment.look.region)],
        display_color=hd.color.CIELabColor.from_rgb(*(round(255 * part) for part in segment.colour)),
    )
    if segment.note:
        described.SegmentDescription = plain(segment.note)
    return described

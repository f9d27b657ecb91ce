"""The measurement report of one scan (TID 1500): what was measured, judged and scored, and by what."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ... import __version__
from ...result import StudyResult
from .change_groups import change_groups
from .codes import MANUFACTURER, MODEL, SERIAL_NUMBER, plain, uid_of
from .measured_volumes import growth_groups, volume_groups
from .prediction_groups import prediction_groups, prediction_sentences
from .scan_groups import scan_groups
from .score_groups import score_groups
from .segments import Segment
from .source import SourceSeries

if TYPE_CHECKING:
    from highdicom.seg import Segmentation
    from highdicom.sr import EnhancedSR, ObservationContext
    from pydicom import Dataset

    Drawn = tuple[Segmentation, list[Segment]]


def measurement_report(
    result: StudyResult,
    index: int,
    source: SourceSeries,
    drawn: "Drawn",
    growth: "Drawn | None",
    compared_with: "Sequence[Dataset]",
    series_number: int,
    remarks: Sequence[str] = (),
) -> "EnhancedSR":
    """The report of one scan, for the study that scan belongs to.

    Args:
        result: of the whole study.
        index: which of its scans, 0 is the baseline.
        source: the series of that scan.
        drawn: its segmentation object and segments.
        growth: those of its growth map; None where there is none.
        compared_with: headers of the baseline's images, for a follow-up whose baseline is DICOM; else empty.
        series_number: of the series.
        remarks: sentences a reader must know beside the warnings of the result.
    """
    import highdicom as hd
    from pydicom.sr.codedict import codes

    scan = result.scans[index]
    change = next((each for each in result.changes if each.timepoint == scan.timepoint), None)
    groups = volume_groups(scan.volumes, drawn[1], drawn[0], source, scan.timepoint) + scan_groups(scan)
    segs = [drawn[0]]
    if change is not None:
        groups += change_groups(change)
        if growth is not None and change.growth is not None:
            segs.append(growth[0])
            groups += growth_groups(change.growth, growth[1], growth[0], source, scan.timepoint)
    groups += score_groups(result.scores, scan.timepoint)
    if index == 0:
        groups += prediction_groups(result.predictions, scan.timepoint)
    report = hd.sr.MeasurementReport(
        observation_context=_software(),
        procedure_reported=codes.LN.HeadCT,
        imaging_measurements=groups,
        title=codes.DCM.ImagingMeasurementReport,
    )
    # TID 1500 is extensible, and has no place of its own for sentences. They come before the numbers.
    items = report[0].ContentSequence
    numbers = next(i for i, item in enumerate(items) if item.name == codes.DCM.ImagingMeasurements)
    for text in reversed(_sentences(result, index, remarks)):
        items.insert(numbers, _comment(text))
    return hd.sr.EnhancedSR(
        evidence=[*source.images, *segs, *compared_with],
        content=report,
        series_instance_uid=hd.UID(),
        series_number=series_number,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MODEL,
        software_versions=__version__,
        device_serial_number=SERIAL_NUMBER,
        is_complete=True,
        is_final=False,
        is_verified=False,
        series_description=f"{MODEL} measurements, {scan.timepoint}",
    )


def _software() -> "ObservationContext":
    """The software as device observer; its UID follows from its name and version."""
    from highdicom import sr
    from pydicom.sr.codedict import codes

    device = sr.DeviceObserverIdentifyingAttributes(
        uid=uid_of("software", MODEL, __version__),
        name=MODEL,
        manufacturer_name=MANUFACTURER,
        model_name=MODEL,
        serial_number=SERIAL_NUMBER,
    )
    return sr.ObservationContext(
        observer_device_context=sr.ObserverContext(codes.DCM.Device, device),
    )


def _sentences(result: StudyResult, index: int, remarks: Sequence[str]) -> list[str]:
    scan = result.scans[index]
    told = scan.segmentation
    untold = [key for key, volume in scan.volumes.items() if volume is None]
    changes = [each for each in result.changes if each.timepoint == scan.timepoint]
    said = [
        result.disclaimer,
        f"Segmented by {told.backend}, {result.software.name} {result.software.version}.",
        *([f"Not told by {told.backend}, so without a volume: {', '.join(untold)}."] if untold else []),
        *([f"Markers: {scan.markers.reason}"] if scan.markers.reason else []),
        *(f"{answer.name}: {answer.rule}" for each in changes for answer in each.expansion),
        *(f"Warning: {text}" for each in changes for text in each.warnings),
        *(f"Warning: {text}" for text in (*scan.warnings, *result.warnings)),
        *(prediction_sentences(result.predictions) if index == 0 else ()),
        *remarks,
    ]
    return list(dict.fromkeys(plain(text) for text in said))


def _comment(text: str) -> "Dataset":
    from highdicom import sr
    from pydicom.sr.codedict import codes

    item: Dataset = sr.TextContentItem(
        name=codes.DCM.Comment, value=text, relationship_type=sr.RelationshipTypeValues.CONTAINS
    )
    return item

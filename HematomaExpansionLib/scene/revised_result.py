"""What an analysis says after a reader or the clinical record changed, without analysing the images again."""

from collections.abc import Mapping

from ..clinical.record import ClinicalRecord
from ..markers.marker import Marker
from ..markers.reading import MarkerReading
from ..result import MarkerResult, ScanMarkers, StudyResult
from ..scores.evaluate import evaluate_all
from ..scores.values import named_values, values_of_record


def revised(
    result: StudyResult, clinical: ClinicalRecord | None, readings: Mapping[str, MarkerReading]
) -> StudyResult:
    """A result with other marker readings and another clinical record, and the scores that follow.

    Volumes and changes stay. What models said is dropped, as it followed from other values. Hours and
    warnings that come from the record are those of the analysis until it is run again.

    Args:
        result: of an analysis.
        clinical: what is known beside the images; None for nothing.
        readings: a reader's markers by time point; a time point without one has the automatic values.
    """
    scans = [
        scan.model_copy(update={"markers": _read(scan.markers, readings.get(scan.timepoint))})
        for scan in result.scans
    ]
    known: dict[str, float | str] | None = None
    if clinical is not None:
        values = {name: each.value for name, each in values_of_record(clinical).items()}
        known = {
            name: value if isinstance(value, str) else float(value)
            for name, value in values.items()
            if value is not None
        }
    scores = evaluate_all(
        {scan.timepoint: named_values(scan, scan.markers.reading(), clinical) for scan in scans}
    )
    changed = {"scans": scans, "clinical": known, "scores": scores, "predictions": []}
    return result.model_copy(update=changed)


def _read(markers: ScanMarkers, reader: MarkerReading | None) -> ScanMarkers:
    automatic = markers.automatic
    reading = MarkerReading.unread() if automatic is None else MarkerReading.automatic(automatic)
    reading = reading if reader is None else reading.overridden_by(reader)
    said = [
        MarkerResult(
            marker=marker,
            value=entry.value,
            decided_by=entry.decided_by,
            automatic=entry.automatic,
            reader_value=entry.reader_value,
        )
        for marker in Marker
        for entry in (reading.entries[marker],)
    ]
    return markers.model_copy(update={"markers": said})

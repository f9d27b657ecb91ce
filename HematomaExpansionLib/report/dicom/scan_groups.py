"""Groups of the report for what was found in one scan beside volumes: place, midline, markers."""

from typing import TYPE_CHECKING

from ...markers.finding import State
from ...result import ScanMarkers, ScanResult
from .codes import private
from .groups import group, measurement

if TYPE_CHECKING:
    from highdicom.sr import CodedConcept, MeasurementsAndQualitativeEvaluations


def scan_groups(scan: ScanResult) -> "list[MeasurementsAndQualitativeEvaluations]":
    """Total, place and midline in one group; markers in one for each that decided their values."""
    from highdicom.sr import QualitativeEvaluation
    from pydicom.sr.codedict import codes

    sides = {"left": codes.SCT.Left, "right": codes.SCT.Right, "bilateral": codes.SCT.Bilateral}
    numbers = [
        *measurement(private("hours", "Hours after the baseline CT"), scan.hours_after_baseline, "h"),
        *measurement(private("ich_ivh_volume", "Volume of ICH and IVH"), scan.total_ml, "mL"),
        *measurement(private("midline_shift", "Midline shift, positive left"), scan.midline_shift_mm, "mm"),
        *measurement(private("intracranial", "Volume of the intracranial mask"), scan.brain_ml, "mL"),
    ]
    places = []
    if scan.location is not None:
        region = scan.location.region
        places = [
            QualitativeEvaluation(
                private("ich_region", "Region with the most parenchymal blood"), private(region, region)
            ),
            QualitativeEvaluation(
                private("ich_side", "Side of the parenchymal blood"), sides[scan.location.side]
            ),
        ]
    return [*group("scan", scan.timepoint, numbers, places), *_markers(scan.markers, scan.timepoint)]


def _markers(markers: ScanMarkers, timepoint: str) -> "list[MeasurementsAndQualitativeEvaluations]":
    """Values that count; a marker nobody read is not mentioned, and a reader is not named."""
    from highdicom.sr import QualitativeEvaluation

    by: dict[str, list[QualitativeEvaluation]] = {"automatic": [], "reader": []}
    for found in markers.markers:
        if found.value is not None:
            decided = "automatic" if found.decided_by == "automatic" else "reader"
            by[decided].append(
                QualitativeEvaluation(
                    private(found.marker.value, found.marker.value.replace("_", " ")), _state(found.value)
                )
            )
    return [
        made for decided, said in by.items() for made in group(f"markers, {decided}", timepoint, (), said)
    ]


def _state(state: State) -> "CodedConcept":
    from pydicom.sr.codedict import codes

    found: CodedConcept = {
        State.PRESENT: codes.SCT.Present,
        State.ABSENT: codes.SCT.Absent,
        State.INDETERMINATE: codes.SCT.Indeterminate,
    }[state]
    return found

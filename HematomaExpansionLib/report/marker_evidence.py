"""Which markers have evidence to show, and that evidence as masks."""

from typing import TYPE_CHECKING

from ..markers.evidence import evidence_image
from ..markers.finding import MarkerFinding, State
from ..markers.marker import Marker
from ..markers.read import Markers
from ..result import ScanMarkers
from ..segmentation.segment_style import SegmentStyle
from ..study import TimePoint
from .marker_style import MARKER_STYLES

if TYPE_CHECKING:
    import SimpleITK as sitk


def shown_findings(markers: Markers | None, said: ScanMarkers) -> tuple[MarkerFinding, ...]:
    """The findings of the markers that count as present and left evidence.

    A marker that only a reader saw has none, and one that a reader ruled out is not shown.

    Args:
        markers: what was read automatically; None without parenchymal blood.
        said: what counts.
    """
    if markers is None:
        return ()
    reading = said.reading()
    findings = (markers.findings[marker] for marker in Marker if reading.value(marker) is State.PRESENT)
    return tuple(finding for finding in findings if finding.slice_index is not None)


def marker_masks(point: TimePoint, said: ScanMarkers) -> "list[tuple[SegmentStyle, sitk.Image]]":
    """How each of them is shown, and its mask on the grid of the scan; they may overlap."""
    return [
        (MARKER_STYLES[finding.marker], evidence_image(finding, point.scan))
        for finding in shown_findings(point.markers, said)
    ]

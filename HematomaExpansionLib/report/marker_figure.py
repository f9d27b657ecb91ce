"""One small picture for each marker that is present: the slice that shows it best, with its evidence."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..ct.windows import BRAIN
from ..labels import Label
from ..markers.marker import Marker
from ..result import ScanMarkers
from ..study import TimePoint
from .content import Figure
from .marker_evidence import shown_findings
from .marker_style import MARKER_STYLES
from .montage import png
from .panels import Panels, panels_of
from .wording import timepoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WIDTH_INCHES = 8.0
_DPI = 160
_MARGIN_MM = 20.0
_LEAST_FIELD_MM = 90.0


def marker_figure(point: TimePoint, said: ScanMarkers) -> Figure | None:
    """The pictures of one scan on one sheet; None where there is nothing to show.

    Args:
        point: the scan.
        said: what counts in it.
    """
    findings = shown_findings(point.markers, said)
    if not findings:
        return None
    found = [finding.marker for finding in findings]
    slices = np.array([finding.slice_index for finding in findings], dtype=np.intp)
    panels = _on_the_clot(point, panels_of(point, slices))
    evidence = [finding.evidence[index] > 0 for finding, index in zip(findings, slices, strict=True)]
    names = [MARKER_STYLES[marker].name for marker in found]
    name = timepoint(point.name)
    scale = f"W{BRAIN.width_hu:g} L{BRAIN.level_hu:g}, R = patient's right, bar 50 mm"
    return Figure(
        file=f"figure-markers-{point.name}.png",
        png=_draw(panels, found, evidence),
        alt=f"{name}: one axial slice for each marker that is present, with its evidence outlined: "
        f"{', '.join(names)}.",
        caption=f"{name}: {', '.join(names)}, each on the slice that shows it best, with its evidence "
        f"outlined. {scale}.",
    )


def _on_the_clot(point: TimePoint, panels: Panels) -> Panels:
    """The same panels about the middle of the parenchymal blood, whose box they show."""
    import SimpleITK as sitk

    ich = (sitk.GetArrayViewFromImage(point.segmentation.labels) == Label.ICH).any(axis=0)
    middle, extent = [], []
    for axis, step in enumerate(panels.spacing_mm):
        filled = np.flatnonzero(ich.any(axis=1 - axis))
        middle.append((filled[0] + filled[-1] + 1) / 2 * step)
        extent.append((filled[-1] + 1 - filled[0]) * step)
    return replace(panels, centre_mm=(middle[0], middle[1]), brain_mm=(extent[0], extent[1]))


def _draw(panels: Panels, found: Sequence[Marker], evidence: "Sequence[NDArray[np.bool_]]") -> bytes:
    from matplotlib.figure import Figure as Sheet

    columns = max(3, min(5, -(-len(found) // 2)))
    rows = -(-len(found) // columns)
    field = max(_LEAST_FIELD_MM, max(panels.brain_mm) + 2 * _MARGIN_MM)
    side = _WIDTH_INCHES / columns
    sheet = Sheet(figsize=(_WIDTH_INCHES, rows * side), dpi=_DPI, facecolor="white")
    grid = sheet.add_gridspec(rows, columns, left=0, right=1, bottom=0, top=1, wspace=0.015, hspace=0.015)
    for index, (marker, mask) in enumerate(zip(found, evidence, strict=True)):
        axes = sheet.add_subplot(grid[index // columns, index % columns])
        style = MARKER_STYLES[marker]
        panels.draw(axes, index, (field, field), style.name)
        panels.outline(axes, mask, style.colour)
    return png(sheet)

"""The pictures of a report: a montage of each scan, the growth map, and volumes over time."""

from typing import TYPE_CHECKING

import numpy as np

from ..ct.windows import BRAIN
from ..labels import APPEARANCE, Label
from ..study import Study, TimePoint
from .content import Figure
from .curve import curve_figure
from .growth_style import GROWTH_STYLES
from .montage import montage_png
from .panels import Panels, common_field_mm, panels_of
from .slices import aligned_followups, choose_slices
from .wording import timepoint

if TYPE_CHECKING:
    import SimpleITK as sitk
    from matplotlib.axes import Axes

_SCALE = f"W{BRAIN.width_hu:g} L{BRAIN.level_hu:g}, R = patient's right, bar 50 mm"


def draw_figures(study: Study) -> tuple[Figure, ...]:
    """Every figure of the study, in reading order.

    A growth map is drawn when there is blood in it and the alignment it rests on is trusted; the curve when
    there are three or more scans with known times.
    """
    import SimpleITK as sitk

    chosen = choose_slices(study)
    panels = {point.name: panels_of(point, chosen[point.name]) for point in study.timepoints}
    field = common_field_mm(list(panels.values()))
    figures = [_montage(point, panels[point.name], field) for point in study.timepoints]
    aligned = aligned_followups(study)
    for comparison in study.comparisons:
        growth = comparison.growth
        if (
            comparison.timepoint in aligned
            and growth is not None
            and sitk.GetArrayViewFromImage(growth).any()
        ):
            figures.append(_growth(comparison.timepoint, growth, panels[comparison.timepoint], field))
    curve = curve_figure(study.result.scans)
    return (*figures, curve) if curve else tuple(figures)


def _montage(point: TimePoint, panels: Panels, field: tuple[float, float]) -> Figure:
    labels = _slices_of(point.segmentation.labels, panels)
    told = [label for label in APPEARANCE if label in point.segmentation.classes]

    def outline(axes: "Axes", index: int) -> None:
        for label in reversed(told):  # the blood over the oedema about it
            panels.outline(axes, labels[index] == label, APPEARANCE[label].colour)

    legend = [(_short(label), APPEARANCE[label].colour) for label in told]
    found = [_short(label) for label in told if (labels == label).any()]
    name = timepoint(point.name)
    return Figure(
        file=f"figure-{point.name}.png",
        png=montage_png(panels, field, f"{name}   {_SCALE}", legend, outline),
        alt=f"{name}: {len(panels.slices)} axial slices of the head CT at {_SCALE}; "
        f"outlined: {', '.join(found) or 'nothing'}.",
        caption=f"{name}. Axial slices from the feet up, {_SCALE}. Outlines: {', '.join(map(_short, told))}. "
        "The number at the upper left of a slice is its level, the same in all aligned scans.",
    )


def _growth(name: str, growth: "sitk.Image", panels: Panels, field: tuple[float, float]) -> Figure:
    values = _slices_of(growth, panels)

    def fill(axes: "Axes", index: int) -> None:
        for value, style in GROWTH_STYLES.items():
            mask = values[index] == value
            ink = np.zeros((*mask.shape, 4))
            ink[mask] = (*style.colour, 0.6)
            axes.imshow(ink, extent=panels.extent_mm, interpolation="nearest")

    legend = [(style.name, style.colour) for style in GROWTH_STYLES.values()]
    said = timepoint(name)
    return Figure(
        file=name.replace("followup", "figure-growth") + ".png",
        png=montage_png(panels, field, f"{said}: growth   {_SCALE}", legend, fill),
        alt=f"{said}: the same slices with new, stable and resolved blood in colour.",
        caption=f"{said}. Blood (ICH + IVH) that is new, stable or resolved since the baseline. {_SCALE}.",
    )


def _short(label: Label) -> str:
    """The abbreviation of a class that has one, else its name in small letters."""
    return label.name if label in (Label.ICH, Label.IVH) else APPEARANCE[label].name.lower()


def _slices_of(image: "sitk.Image", panels: Panels) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    import SimpleITK as sitk

    return np.array(sitk.GetArrayViewFromImage(image)[panels.slices], dtype=np.uint8)

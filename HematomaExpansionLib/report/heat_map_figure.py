"""Where a network saw the evidence for its answer: its heat map over the baseline, with the haematoma."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..ct.windows import BRAIN
from ..explanation.peak import peak_sentence
from ..labels import Label
from ..prediction.fusion.inputs import IMAGE_SCORE
from ..prediction.prediction import HeatMap, Prediction
from ..study import Study, TimePoint
from .content import Figure
from .montage import draw_legend, png
from .panels import Panels, common_field_mm, panels_of

if TYPE_CHECKING:
    import SimpleITK as sitk
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet
    from numpy.typing import NDArray

LEAST = 0.1
"""Weaker evidence is not drawn, so that the scan stays visible under the map."""
_SCALE = f"W{BRAIN.width_hu:g} L{BRAIN.level_hu:g}, R = patient's right, bar 50 mm"
_STRENGTH = 0.5
_PANEL_INCHES, _COLOURS_INCHES, _STRIP_INCHES, _DPI = 3.2, 1.6, 0.5, 160
_SKY_BLUE = (0.337, 0.706, 0.914)
"""Of Okabe and Ito: stands out from every colour of the map, as the usual orange of the ICH would not."""
_MARKS: dict[str, dict[str, Any]] = {
    "haematoma (ICH)": {"color": _SKY_BLUE, "linewidth": 3},
    "strongest evidence": {
        "color": "white",
        "marker": "+",
        "markersize": 8,
        "markeredgewidth": 1.4,
        "linestyle": "",
    },
}
"""What the legend shows."""


def heat_map_figures(study: Study) -> tuple[Figure, ...]:
    """One figure for each prediction that has a heat map."""
    baseline = study.timepoints[0]
    return tuple(
        _figure(baseline, said, said.heat_map, said.heat_map.peak_mm, study.heat_maps[said.heat_map.file])
        for said in study.result.predictions
        # A study that is written again from a scene has the record of a map, and not its image.
        if said.heat_map is not None and said.heat_map.peak_mm and said.heat_map.file in study.heat_maps
    )


def _figure(
    baseline: TimePoint,
    said: Prediction,
    found: HeatMap,
    peak_mm: tuple[float, float, float],
    heat_map: "sitk.Image",
) -> Figure:
    import SimpleITK as sitk

    column, row, peak = heat_map.TransformPhysicalPointToIndex(peak_mm)
    ich = sitk.GetArrayViewFromImage(baseline.segmentation.labels) == Label.ICH
    areas = ich.sum(axis=(1, 2))
    largest = int(areas.argmax()) if areas.any() else peak
    where = "the slice where it is strongest (cross)"
    slices = np.array([peak, largest], dtype=np.intp)
    heat = np.array(sitk.GetArrayViewFromImage(heat_map)[slices])
    if largest != peak:
        shown = ("evidence strongest", "haematoma largest")
        where += " and on the slice with the largest area of the haematoma"
    else:
        # There is no more of the map to show: rather what lies under it.
        shown = ("evidence strongest", "without the map")
        where += " and on the same slice without the map"
        heat[1] = 0
    title = f"{said.model}   {_SCALE}"
    drawn = _draw(title, panels_of(baseline, slices), shown, heat, ich[slices], (row, column))
    sentence = peak_sentence(found.peak_place, found.peak_distance_mm)
    fused = any(part.name == IMAGE_SCORE for part in said.contributions)
    within = " The network is one input of a fusion; the others have no place in the scan." if fused else ""
    return Figure(
        file=f"figure-{found.file.removesuffix('.nii.gz')}.png",
        png=drawn,
        alt=f"Heat map of {said.model} on {where}; outlined: the haematoma. {sentence}",
        caption=f"{said.model}, version {said.version}: where in the baseline its network saw evidence for "
        f"expansion (Grad-CAM), on {where}. {sentence} A map is coarse, is relative to its own strongest "
        f"place, and shows what the network used, not what is true.{within} No colour: evidence under "
        f"{LEAST:g}, or not seen by the network. {_SCALE}. {said.warning}",
    )


def _draw(
    title: str,
    panels: Panels,
    names: tuple[str, str],
    heat: "NDArray[np.float32]",
    ich: "NDArray[np.bool_]",
    peak: tuple[int, int],
) -> bytes:
    """Two slices side by side, the first one with the peak ``(y, x)``, a bar of colours and a legend."""
    from matplotlib.figure import Figure as Sheet

    field = common_field_mm([panels])
    width = 2 * _PANEL_INCHES + _COLOURS_INCHES
    height = _PANEL_INCHES * field[0] / field[1] + _STRIP_INCHES
    strip = _STRIP_INCHES / height
    sheet = Sheet(figsize=(width, height), dpi=_DPI, facecolor="black")
    right = 2 * _PANEL_INCHES / width
    grid = sheet.add_gridspec(1, 2, left=0, right=right, bottom=strip, top=1, wspace=0.015)
    for index, name in enumerate(names):
        axes = sheet.add_subplot(grid[0, index])
        panels.draw(axes, index, field, name)
        axes.imshow(_coloured(heat[index]), extent=panels.extent_mm, interpolation="nearest")
        panels.outline(axes, ich[index], _SKY_BLUE)
        if index == 0:
            _cross(axes, panels, peak)
    _colours(sheet, (right + 0.12 * (1 - right), strip + 0.12, 0.14 * (1 - right), 0.72 * (1 - strip)))
    draw_legend(sheet, strip, title, _MARKS)
    return png(sheet)


def _coloured(heat: "NDArray[np.float32]") -> "NDArray[np.float64]":
    """Red, green, blue and strength of each pixel, in inferno: even in brightness for every eye."""
    from matplotlib import colormaps

    ink: NDArray[np.float64] = colormaps["inferno"](heat)
    ink[..., 3] = np.where(heat >= LEAST, _STRENGTH, 0.0)
    return ink


def _cross(axes: "Axes", panels: Panels, peak: tuple[int, int]) -> None:
    left, _, _, top = panels.extent_mm
    dy, dx = panels.spacing_mm
    x, y = left + (peak[1] + 0.5) * dx, top + (peak[0] + 0.5) * dy
    for size, width, ink in ((12, 3.2, "black"), (11, 1.4, "white")):
        axes.plot([x], [y], marker="+", markersize=size, markeredgewidth=width, color=ink)


def _colours(sheet: "Sheet", box: tuple[float, float, float, float]) -> None:
    """The colours as they look over grey matter, from 0 to 1."""
    axes = sheet.add_axes(box, facecolor="0.5")
    steps = np.linspace(1, 0, 256, dtype=np.float32)[:, None]
    axes.imshow(_coloured(steps), extent=(0, 1, 0, 1), aspect="auto")
    axes.set_xticks([])
    axes.yaxis.tick_right()
    axes.set_yticks(
        [0, 0.25, 0.5, 0.75, 1], ["0: no evidence\nfor expansion", "0.25", "0.5", "0.75", "1: most"]
    )
    axes.tick_params(colors="white", labelsize=8)
    axes.set_title("evidence", color="white", fontsize=8, loc="left")
    axes.spines[:].set_color("white")

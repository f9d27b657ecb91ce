"""Plots of a study as MRML plot nodes: volumes over time, and what each item adds to a score."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

from ..labels import APPEARANCE, Label
from ..result import StudyResult
from ..scores.answer import ScoreAnswer
from .bootstrap import ensure_scene

if TYPE_CHECKING:
    import slicer

_TOTAL = (0.25, 0.25, 0.25)
_BARS = (
    (0.0, 0.447, 0.698),
    (0.902, 0.624, 0.0),
    (0.0, 0.62, 0.451),
    (0.835, 0.369, 0.0),
    (0.337, 0.706, 0.914),
    (0.8, 0.475, 0.655),
)
"""Of Okabe and Ito."""


def volumes_plot(result: StudyResult, name: str) -> "slicer.vtkMRMLPlotChartNode | None":
    """Add a chart of ICH, IVH and their sum over the hours since the baseline.

    A class that is not known at every scan has no line.

    Args:
        result: of the study.
        name: of the chart.

    Returns:
        The chart; None under two scans, or without the hours of each.
    """
    hours = [scan.hours_after_baseline for scan in result.scans]
    if len(hours) < 2 or None in hours:
        return None
    lines: dict[str, tuple[list[float | None], tuple[float, float, float]]] = {}
    for label in (Label.ICH, Label.IVH):
        volumes = [scan.volumes.get(APPEARANCE[label].key) for scan in result.scans]
        lines[label.name] = ([None if one is None else one.ml for one in volumes], APPEARANCE[label].colour)
    lines["ICH + IVH"] = ([scan.total_ml for scan in result.scans], _TOTAL)
    known = {title: line for title, line in lines.items() if None not in line[0]}
    if not known:
        return None
    table = _table(f"{name} values", {"hours": hours} | {title: line for title, (line, _) in known.items()})
    chart = _chart(name, "Volumes over time", "hours after the baseline CT", "mL")
    for title, (_, colour) in known.items():
        series = _series(title, table, colour)
        series.SetPlotType(series.PlotTypeScatter)
        series.SetXColumnName("hours")
        series.SetMarkerStyle(series.MarkerStyleCircle)
        chart.AddAndObservePlotSeriesNodeID(series.GetID())
    highest = max(ml for line, _ in known.values() for ml in line if ml is not None)
    _from_zero(chart, highest)
    return chart


def score_plot(answer: ScoreAnswer, name: str) -> "slicer.vtkMRMLPlotChartNode":
    """Add a bar chart of the points that each item of a score adds; an unknown item has no bar.

    Each item is a series of its own, so that the legend has room for its name.

    Args:
        answer: the score of one scan.
        name: of the chart.
    """
    known = {
        f"{item.name}: {item.points}": float(item.points) for item in answer.items if item.points is not None
    }
    table = _table(f"{name} values", {title: [points] for title, points in known.items()})
    chart = _chart(name, f"{answer.name}, {answer.timepoint}", "", "points")
    for title, colour in zip(known, cycle(_BARS)):
        series = _series(title, table, colour)
        series.SetPlotType(series.PlotTypeBar)
        chart.AddAndObservePlotSeriesNodeID(series.GetID())
    # The bars of one row stand side by side round 0.
    chart.SetXAxisRangeAuto(False)
    chart.SetXAxisRange(-0.5, 0.5)
    _from_zero(chart, max(known.values(), default=1.0))
    return chart


def remove_plot(chart: "slicer.vtkMRMLPlotChartNode") -> None:
    """Remove a chart with its series and their tables."""
    scene = ensure_scene()
    series = [chart.GetNthPlotSeriesNode(index) for index in range(chart.GetNumberOfPlotSeriesNodes())]
    tables = {one.GetTableNode().GetID() for one in series if one.GetTableNode() is not None}
    for node in (chart, *series, *map(scene.GetNodeByID, tables)):
        scene.RemoveNode(node)


def _chart(name: str, title: str, x: str, y: str) -> "slicer.vtkMRMLPlotChartNode":
    chart = ensure_scene().AddNewNodeByClass("vtkMRMLPlotChartNode", name)
    chart.SetTitle(title)
    chart.SetXAxisTitle(x)
    chart.SetYAxisTitle(y)
    # A quarter of the window is small for a chart, and its legend lies in it.
    chart.SetTitleFontSize(14)
    chart.SetAxisTitleFontSize(12)
    chart.SetAxisLabelFontSize(11)
    chart.SetLegendFontSize(11)
    return chart


def _from_zero(chart: "slicer.vtkMRMLPlotChartNode", highest: float) -> None:
    """Let the y axis begin at 0 and leave room for the legend, which lies in the chart."""
    chart.SetYAxisRangeAuto(False)
    chart.SetYAxisRange(0.0, 2.2 * highest or 1.0)


def _series(
    title: str, table: "slicer.vtkMRMLTableNode", colour: tuple[float, float, float]
) -> "slicer.vtkMRMLPlotSeriesNode":
    series = ensure_scene().AddNewNodeByClass("vtkMRMLPlotSeriesNode", title)
    series.SetAndObserveTableNodeID(table.GetID())
    series.SetYColumnName(title)
    series.SetColor(*colour)
    series.SetLineWidth(2)
    return series


def _table(name: str, columns: Mapping[str, Sequence[Any]]) -> "slicer.vtkMRMLTableNode":
    """A table of numbers, and of text where the first value is text."""
    import vtk

    node = ensure_scene().AddNewNodeByClass("vtkMRMLTableNode", name)
    for title, values in columns.items():
        array = vtk.vtkStringArray() if values and isinstance(values[0], str) else vtk.vtkDoubleArray()
        array.SetName(title)
        for value in values:
            array.InsertNextValue(value)
        node.AddColumn(array)
    return node

"""Plots of a study as MRML plot nodes: volumes over time, and what each item adds to a score."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..labels import APPEARANCE, Label
from ..result import StudyResult
from ..scores.answer import ScoreAnswer
from .bootstrap import ensure_scene

if TYPE_CHECKING:
    import slicer

_TOTAL = (0.25, 0.25, 0.25)
_BAR = (0.0, 0.447, 0.698)


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
    chart.SetYAxisRangeAuto(False)
    chart.SetYAxisRange(
        0.0, 1.1 * max(ml for line, _ in known.values() for ml in line if ml is not None) or 1.0
    )
    return chart


def score_plot(answer: ScoreAnswer, name: str) -> "slicer.vtkMRMLPlotChartNode":
    """Add a bar chart of the points that each item of a score adds; an unknown item has no bar.

    Args:
        answer: the score of one scan.
        name: of the chart.
    """
    known = [item for item in answer.items if item.points is not None]
    table = _table(
        f"{name} values",
        {"item": [item.name for item in known], "points": [float(item.points or 0) for item in known]},
    )
    chart = _chart(name, f"{answer.name}, {answer.timepoint}", "", "points")
    series = _series("points", table, _BAR)
    series.SetPlotType(series.PlotTypeBar)
    series.SetLabelColumnName("item")
    chart.AddAndObservePlotSeriesNodeID(series.GetID())
    chart.SetLegendVisibility(False)
    return chart


def remove_plot(chart: "slicer.vtkMRMLPlotChartNode") -> None:
    """Remove a chart with its series and their tables."""
    scene = ensure_scene()
    for index in reversed(range(chart.GetNumberOfPlotSeriesNodes())):
        series = chart.GetNthPlotSeriesNode(index)
        table = series.GetTableNode()
        scene.RemoveNode(series)
        if table is not None and table.GetScene() is not None:
            scene.RemoveNode(table)
    scene.RemoveNode(chart)


def _chart(name: str, title: str, x: str, y: str) -> "slicer.vtkMRMLPlotChartNode":
    chart = ensure_scene().AddNewNodeByClass("vtkMRMLPlotChartNode", name)
    chart.SetTitle(title)
    chart.SetXAxisTitle(x)
    chart.SetYAxisTitle(y)
    return chart


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

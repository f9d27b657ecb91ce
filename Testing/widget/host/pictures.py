"""Pictures of MRML views, drawn offscreen by Slicer's own displayable managers, without the application."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MANAGERS = (
    "vtkMRMLSegmentationsDisplayableManager2D",
    "vtkMRMLColorLegendDisplayableManager",
    "vtkMRMLRulerDisplayableManager",
)


def slice_picture(view: Any, composite: Any, width: int, height: int) -> NDArray[np.uint8]:
    """What a slice view shows.

    Args:
        view: slice node; its field of view is made to fit.
        composite: what it shows.
        width: pixels.
        height: pixels.

    Returns:
        RGB ``[row, column, 3]``, the first row on top.
    """
    import slicer
    import vtk

    resize(view, width, height)
    logic = slicer.vtkMRMLSliceLogic()
    logic.SetMRMLApplicationLogic(slicer.app.applicationLogic())
    logic.SetMRMLScene(slicer.mrmlScene)
    logic.SetSliceNode(view)
    logic.SetSliceCompositeNode(composite)
    logic.UpdatePipeline()
    renderer, window = vtk.vtkRenderer(), vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    window.SetDPI(96)
    window.SetSize(width, height)
    window.AddRenderer(renderer)
    # The managers ask the window's interactor for its events.
    interactor = vtk.vtkGenericRenderWindowInteractor()
    interactor.SetRenderWindow(window)
    renderer.GetActiveCamera().ParallelProjectionOn()
    # The image before the managers, or it hides what they draw.
    if logic.GetImageDataConnection() is not None and composite.GetBackgroundVolumeID():
        mapper, actor = vtk.vtkImageMapper(), vtk.vtkActor2D()
        mapper.SetInputConnection(logic.GetImageDataConnection())
        mapper.SetColorWindow(255)
        mapper.SetColorLevel(127.5)
        actor.SetMapper(mapper)
        renderer.AddActor2D(actor)
    # The legend's manager asks the application which volumes a view shows.
    with _known(logic):
        group = _managers().InstantiateDisplayableManagers(renderer)
        group.SetMRMLDisplayableNode(view)
        _choose_again(composite)
        window.Render()
        return _grabbed(window)


@contextmanager
def _known(logic: Any) -> Iterator[None]:
    """Make the logic of a slice view known to the application, as its layout manager does."""
    import slicer
    import vtk

    application = slicer.app.applicationLogic()
    logics = vtk.vtkCollection()
    logics.AddItem(logic)
    application.SetSliceLogics(logics)
    try:
        yield
    finally:
        application.SetSliceLogics(None)


def _choose_again(composite: Any) -> None:
    """Choose the volumes of a view anew: legends that are older than the view are then drawn in it too."""
    flags = composite.BackgroundVolumeFlag + composite.ForegroundVolumeFlag
    composite.SetInteractionFlags(flags)
    for _ in range(2):  # the first time a legend is made, the second time it is filled
        composite.Modified()
    composite.SetInteractionFlags(0)


def chart_picture(chart: Any, width: int, height: int) -> NDArray[np.uint8]:
    """What a plot view shows of a chart: its series, colours, titles and axes, drawn by VTK as there.

    Args:
        chart: plot chart node.
        width: pixels.
        height: pixels.
    """
    import vtk

    view = vtk.vtkContextView()
    view.GetRenderer().SetBackground(1, 1, 1)
    window = view.GetRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetSize(width, height)
    drawn = vtk.vtkChartXY()
    view.GetScene().AddItem(drawn)
    drawn.SetTitle(chart.GetTitle())
    drawn.SetShowLegend(chart.GetLegendVisibility())
    for axis, title in (
        (vtk.vtkAxis.BOTTOM, chart.GetXAxisTitle()),
        (vtk.vtkAxis.LEFT, chart.GetYAxisTitle()),
    ):
        drawn.GetAxis(axis).SetTitle(title)
    for number in range(chart.GetNumberOfPlotSeriesNodes()):
        _series(drawn, chart.GetNthPlotSeriesNode(number))
    for axis, auto, ends in (
        (vtk.vtkAxis.LEFT, chart.GetYAxisRangeAuto(), chart.GetYAxisRange()),
        (vtk.vtkAxis.BOTTOM, chart.GetXAxisRangeAuto(), chart.GetXAxisRange()),
    ):
        if not auto:
            drawn.GetAxis(axis).SetBehavior(vtk.vtkAxis.FIXED)
            drawn.GetAxis(axis).SetRange(*ends)
    window.Render()
    return _grabbed(window)


@cache
def _managers() -> Any:
    """The factory of what draws on slices, as the application sets it up."""
    import slicer

    factory = slicer.vtkMRMLSliceViewDisplayableManagerFactory.GetInstance()
    factory.SetMRMLApplicationLogic(slicer.app.applicationLogic())
    for name in _MANAGERS:
        factory.RegisterDisplayableManager(name)
    return factory


def resize(view: Any, width: int, height: int) -> None:
    """Give a slice view a size in pixels and keep how high a pixel is in millimetres."""
    per_pixel = view.GetFieldOfView()[1] / view.GetDimensions()[1]
    view.SetDimensions(width, height, 1)
    view.SetFieldOfView(per_pixel * width, per_pixel * height, view.GetFieldOfView()[2])
    view.UpdateMatrices()


def _series(drawn: Any, series: Any) -> None:
    import vtk

    table = series.GetTableNode().GetTable()
    bar = series.GetPlotType() == series.PlotTypeBar
    plot = drawn.AddPlot(vtk.vtkChart.BAR if bar else vtk.vtkChart.LINE)
    y = [table.GetColumnName(column) for column in range(table.GetNumberOfColumns())].index(
        series.GetYColumnName()
    )
    plot.SetInputData(table, 0, y)
    plot.SetUseIndexForXSeries(bar)
    if not bar:
        plot.SetMarkerStyle(vtk.vtkPlotLine.CIRCLE)
    plot.SetColorF(*series.GetColor())
    plot.SetWidth(series.GetLineWidth())
    plot.SetLabel(series.GetName())


def _grabbed(window: Any) -> NDArray[np.uint8]:
    import vtk
    from vtk.util.numpy_support import vtk_to_numpy

    grab = vtk.vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.ReadFrontBufferOff()
    grab.Update()
    image = grab.GetOutput()
    width, height, _depth = image.GetDimensions()
    pixels: NDArray[np.uint8] = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)
    return pixels[::-1, :, :3].copy()

"""The four panes: what stands where, and that they look at one place of a head that lies otherwise."""

import re
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.scene.heat_map import add_heat_map, forget_heat_map, lay_over_baseline
from HematomaExpansionLib.scene.linked_slices import LinkedSlices, fit, look_at
from HematomaExpansionLib.scene.two_by_two import (
    BASELINE,
    FOLLOWUP,
    LAYOUT,
    layout_description,
    pane,
    show_layout,
)
from HematomaExpansionLib.scene.volumes import volume_from_image


def place(view: Any) -> Any:
    import slicer

    return np.array(slicer.util.arrayFromVTKMatrix(view.GetSliceToRAS()))


def moved(scene: Any, matrix: Any) -> Any:
    import slicer

    node = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    node.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(np.array(matrix, float)))
    return node


def test_layout(scene: Any) -> None:
    views = re.findall(r'<view class="(\w+)" singletontag="(\w+)"', layout_description())
    assert [kind for kind, _ in views] == ["vtkMRMLSliceNode"] * 3 + [
        "vtkMRMLPlotViewNode",
        "vtkMRMLTableViewNode",
    ]
    assert all(tag.isidentifier() for _, tag in views)
    shares = re.findall(r'<item splitSize="(\d+)">', layout_description())
    assert shares == ["500"] * 6 + ["600", "400"]
    assert len(shares) == layout_description().count("<item")
    show_layout()
    show_layout()
    (layout,) = [
        scene.GetNthNodeByClass(n, "vtkMRMLLayoutNode")
        for n in range(scene.GetNumberOfNodesByClass("vtkMRMLLayoutNode"))
    ]
    assert layout.GetViewArrangement() == LAYOUT


def test_linked_through_the_registration(scene: Any) -> None:
    """The follow-up's head is turned by 90 degrees about z and 10 mm higher."""
    to_baseline = [[0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 1, -10], [0, 0, 0, 1]]
    first, second = pane(BASELINE).slice, pane(FOLLOWUP).slice
    link = LinkedSlices([first, second], [None, moved(scene, to_baseline)])
    look_at(first, (30.0, 20.0, 5.0))
    # x = y', y = -x', z = z' - 10: the point (30, 20, 5) of the baseline is (-20, 30, 15) of the follow-up.
    np.testing.assert_allclose(place(second)[:3, 3], (-20, 30, 15), atol=1e-9)
    look_at(second, (0.0, 0.0, 0.0))
    np.testing.assert_allclose(place(first)[:3, 3], (0, 0, -10), atol=1e-9)
    np.testing.assert_allclose(np.array(to_baseline) @ place(second), place(first), atol=1e-9)
    link.unlink()
    look_at(first, (1.0, 2.0, 3.0))
    np.testing.assert_allclose(place(second)[:3, 3], (0, 0, 0), atol=1e-9)


def test_whole_volume_is_in_the_view(scene: Any) -> None:
    image = sitk.Image(40, 60, 10, sitk.sitkInt16)
    image.SetSpacing((2.0, 2.0, 5.0))
    view = pane(BASELINE).slice
    view.SetDimensions(300, 200, 1)
    fit(view, volume_from_image(image, "CT"))
    width, height, _ = view.GetFieldOfView()
    assert width / height == pytest.approx(1.5)
    assert height == pytest.approx(120.0, abs=2.1)
    # LPS 0..78, 0..118, 0..45 is RAS -78..0, -118..0, 0..45.
    np.testing.assert_allclose(place(view)[:3, 3], (-39, -59, 22.5), atol=1.0)


def picture(view: Any) -> Any:
    from Testing.widget.host.pictures import slice_picture

    return slice_picture(view.slice, view.composite, 420, 382).astype(int)


def test_heat_map_lies_over_the_baseline_with_its_legend(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The legend stands on the right of an empty view: a bar that brightens upwards, words above it."""
    import slicer

    monkeypatch.setenv("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    node = add_heat_map(sitk.Image(8, 8, 8, sitk.sitkFloat32))
    view = pane(BASELINE)
    assert picture(view).max() == 0, "not in this view yet"
    told: list[str] = []
    node.GetNthDisplayNode(1).AddObserver("ModifiedEvent", lambda *_: told.append("legend"))
    lay_over_baseline(node)
    assert told, "a view of the application asks for the legend then, and not before"
    assert (view.composite.GetForegroundVolumeID(), view.composite.GetForegroundOpacity()) == (
        node.GetID(),
        0.5,
    )
    display = node.GetDisplayNode()
    assert (display.GetWindowLevelMin(), display.GetWindowLevelMax()) == (0.0, 1.0)
    shown = picture(view)
    coloured = np.ptp(shown, axis=2) > 60
    rows, columns = np.nonzero(coloured)
    assert columns.min() > 380, "the bar stands on the right"
    bar = shown[rows.min() : rows.max() + 1, (columns.min() + columns.max()) // 2].sum(axis=1)
    assert len(bar) > 50
    assert (np.diff(bar) <= 3).all(), "brighter upwards, whatever the colours look like to a reader"
    words = np.nonzero((shown.min(axis=2) > 200)[: rows.min() - 10].any(axis=1))[0]
    assert words.min() > 5, "the title is not clipped"
    assert words.max() - words.min() > 30
    forget_heat_map(node)
    assert not slicer.util.getNodesByClass("vtkMRMLColorLegendDisplayNode")
    assert picture(view).max() == 0

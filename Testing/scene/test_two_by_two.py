"""The four panes: what stands where, and that they look at one place of a head that lies otherwise."""

import re
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.scene.heat_map import show_heat_map
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


def test_heat_map_lies_over_the_baseline(scene: Any) -> None:
    import slicer

    node = show_heat_map(sitk.Image(8, 8, 8, sitk.sitkFloat32))
    composite = pane(BASELINE).composite
    assert composite.GetForegroundVolumeID() == node.GetID()
    assert composite.GetForegroundOpacity() == 0.5
    (legend,) = slicer.util.getNodesByClass("vtkMRMLColorLegendDisplayNode")
    assert legend.GetPrimaryDisplayNode() is node.GetDisplayNode()
    assert (node.GetDisplayNode().GetWindowLevelMin(), node.GetDisplayNode().GetWindowLevelMax()) == (
        0.0,
        1.0,
    )

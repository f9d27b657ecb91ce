"""Four panes: baseline, follow-up, growth, and the plot of volumes beside the table of expansion."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .bootstrap import ensure_scene

if TYPE_CHECKING:
    import slicer

LAYOUT = 7410
"""Identifier of the layout; Slicer asks for one above those of its own."""
BASELINE, FOLLOWUP, GROWTH = "HematomaBaseline", "HematomaFollowup", "HematomaGrowth"
TABLE, PLOT = "HematomaTable", "HematomaPlot"
# Okabe and Ito, as the outlines.
_PANES = {BASELINE: ("B", "#0072B2"), FOLLOWUP: ("F", "#D55E00"), GROWTH: ("G", "#F0E442")}


@dataclass(frozen=True)
class Pane:
    """A slice view: where it looks, and what it shows."""

    slice: "slicer.vtkMRMLSliceNode"
    composite: "slicer.vtkMRMLSliceCompositeNode"

    def show(
        self, volume: "slicer.vtkMRMLVolumeNode | None", overlay: "slicer.vtkMRMLVolumeNode | None" = None
    ) -> None:
        """Show a volume, and another over it at half strength; None for nothing.

        Slicer's own link is taken off: it copies millimetres from view to view, whatever the registration.
        """
        self.composite.SetLinkedControl(False)
        self.composite.SetHotLinkedControl(False)
        self.composite.SetBackgroundVolumeID(volume and volume.GetID())
        self.composite.SetForegroundVolumeID(overlay and overlay.GetID())
        self.composite.SetForegroundOpacity(0.5 if overlay is not None else 0.0)


def layout_description() -> str:
    """The layout in the words of Slicer's layout manager."""

    def box(kind: str, *items: str, first: int = 500) -> str:
        # Shares of 1000: without them each view gets the size that it likes, and a plot likes to be small.
        sizes = (first, 1000 - first)
        shares = "".join(
            f'<item splitSize="{size}">{item}</item>' for size, item in zip(sizes, items, strict=True)
        )
        return f'<layout type="{kind}" split="true">{shares}</layout>'

    def slice_view(tag: str) -> str:
        label, colour = _PANES[tag]
        said = {"orientation": "Axial", "viewlabel": label, "viewcolor": colour}
        properties = "".join(f'<property name="{k}" action="default">{v}</property>' for k, v in said.items())
        return f'<view class="vtkMRMLSliceNode" singletontag="{tag}">{properties}</view>'

    def view(kind: str, tag: str) -> str:
        label = f'<property name="viewlabel" action="default">{tag.removeprefix("Hematoma")}</property>'
        return f'<view class="vtkMRML{kind}ViewNode" singletontag="{tag}">{label}</view>'

    upper = box("horizontal", slice_view(BASELINE), slice_view(FOLLOWUP))
    fourth = box("vertical", view("Plot", PLOT), view("Table", TABLE), first=600)
    return box("vertical", upper, box("horizontal", slice_view(GROWTH), fourth))


def show_layout() -> None:
    """Switch to the four panes; the application makes their views."""
    scene = ensure_scene()
    layout = scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    if layout is None:
        layout = scene.AddNewNodeByClass("vtkMRMLLayoutNode")
    if not layout.IsLayoutDescription(LAYOUT):
        layout.AddLayoutDescription(LAYOUT, layout_description())
    layout.SetViewArrangement(LAYOUT)


def pane(tag: str) -> Pane:
    """A pane by its tag; its nodes are made where the application has not."""
    scene = ensure_scene()
    nodes = []
    for kind in ("vtkMRMLSliceNode", "vtkMRMLSliceCompositeNode"):
        node = scene.GetSingletonNode(tag, kind)
        if node is None:
            node = scene.CreateNodeByClass(kind)
            node.UnRegister(None)
            node.SetSingletonTag(tag)
            node.SetLayoutName(tag)
            node.SetName(tag)
            node = scene.AddNode(node)
            if kind == "vtkMRMLSliceNode":
                node.SetOrientationToAxial()
                node.SetLayoutLabel(_PANES[tag][0])
        nodes.append(node)
    return Pane(*nodes)


def panes() -> dict[str, Pane]:
    """The three slice views by tag."""
    return {tag: pane(tag) for tag in _PANES}


def show_plot_and_table(
    chart: "slicer.vtkMRMLPlotChartNode | None", table: "slicer.vtkMRMLTableNode | None"
) -> None:
    """Fill the fourth pane; None leaves its part empty."""
    for tag, kind, node in ((PLOT, "Plot", chart), (TABLE, "Table", table)):
        view = ensure_scene().GetSingletonNode(tag, f"vtkMRML{kind}ViewNode")
        if view is None:
            view = ensure_scene().CreateNodeByClass(f"vtkMRML{kind}ViewNode")
            view.UnRegister(None)
            view.SetSingletonTag(tag)
            view.SetLayoutName(tag)
            view = ensure_scene().AddNode(view)
        if kind == "Plot":
            view.SetPlotChartNodeID(node and node.GetID())
        else:
            view.SetTableNodeID(node and node.GetID())

"""Which class a segment in the scene is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import MaskError
from ..labels import APPEARANCE, Label
from ..segmentation.segment_class import class_of_segment

if TYPE_CHECKING:
    import slicer


def segment_class(segment: "slicer.vtkSegment", segmentation: str, classes: Mapping[str, Label]) -> Label:
    """Tell the class of a segment: ``classes`` decides first, then its name, then its terminology.

    Args:
        segment: a segment made here or elsewhere.
        segmentation: name of its node, for messages.
        classes: segment name to class, chosen by the user; ``Label.BACKGROUND`` leaves the segment out.

    Raises:
        MaskError: when nothing tells the class.
    """
    import slicer
    import vtk

    name = segment.GetName() or ""
    if name in classes:
        return classes[name]
    terminology = vtk.reference("")
    segment.GetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), terminology)
    label = class_of_segment(name, str(terminology))
    if label is None:
        known = ", ".join(appearance.key for appearance in APPEARANCE.values())
        raise MaskError(
            f'{segmentation}: segment "{name}" is of no known class; '
            f"rename it to one of {known}, or map it to one or to background"
        )
    return label


def class_names() -> dict[str, str]:
    """What a user may say a segment is: key of the class to its name, and ``background`` to leave it out."""
    return {look.key: look.name for look in APPEARANCE.values()} | {"background": "Leave it out"}

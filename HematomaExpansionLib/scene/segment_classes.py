"""Which class a segment of unknown origin is, from its name and its terminology."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import MaskError
from ..labels import APPEARANCE, Label

if TYPE_CHECKING:
    import slicer

# Tried in this order: "subdural haemorrhage" is extra-axial before it is a haemorrhage. A ventricle or a
# cerebrum alone is anatomy, not blood.
_NAMES = (
    (Label.OEDEMA, r"o?edema|\bphe\b"),
    (Label.IVH, r"\bivh\b|intra.?ventric|ventric\w* (ha?emorrhag|ha?ematoma|bleed|blood)"),
    (Label.EXTRA_AXIAL, r"extra.?axial|subdural|epidural|extradural|subarachnoid|\b(sdh|edh|sah|eah)\b"),
    (Label.ICH, r"\b(ich|iph)\b|intra.?parenchym|ha?ematoma|ha?emorrhag|bleed|\bblood\b"),
)


def segment_class(segment: "slicer.vtkSegment", segmentation: str, classes: Mapping[str, Label]) -> Label:
    """Tell the class of a segment.

    ``classes`` decides first, then the name, then the codes of the terminology (type with region, then type).

    Args:
        segment: a segment made here or elsewhere.
        segmentation: name of its node, for messages.
        classes: segment name to class, chosen by the user; ``Label.BACKGROUND`` leaves the segment out.

    Raises:
        MaskError: when nothing tells the class.
    """
    name = segment.GetName() or ""
    if name in classes:
        return classes[name]
    words = name.replace("_", " ").lower()
    for label, pattern in _NAMES:
        if re.search(pattern, words):
            return label
    label_by_code = _class_of_terminology(segment)
    if label_by_code is not None:
        return label_by_code
    known = ", ".join(appearance.key for appearance in APPEARANCE.values())
    raise MaskError(
        f'{segmentation}: segment "{name}" is of no known class; '
        f"rename it to one of {known}, or map it to one or to background"
    )


def _class_of_terminology(segment: "slicer.vtkSegment") -> Label | None:
    import slicer
    import vtk

    entry = vtk.reference("")
    segment.GetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), entry)
    parts = str(entry).split("~")
    if len(parts) < 3:
        return None
    kind = _code(parts[2])
    region = _code(parts[5]) if len(parts) > 5 else ("", "")
    of_type = [label for label, look in APPEARANCE.items() if (look.type.scheme, look.type.value) == kind]
    exact = [
        label
        for label in of_type
        if (APPEARANCE[label].region.scheme, APPEARANCE[label].region.value) == region
    ]
    return next(iter(exact + of_type), None)


def _code(triple: str) -> tuple[str, str]:
    scheme, value, *_ = [*triple.split("^"), "", ""]
    return scheme, value

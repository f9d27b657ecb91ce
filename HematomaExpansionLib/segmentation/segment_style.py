"""How a value of a label image becomes a segment: its name, colour and terminology."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..labels import APPEARANCE, Appearance, Label

# Slicer's names for the two lists that its terminology selector and DICOM export look codes up in.
_TYPE_CONTEXT = "Segmentation category and type - 3D Slicer General Anatomy list"
_REGION_CONTEXT = "Anatomic codes - DICOM master list"


@dataclass(frozen=True)
class SegmentStyle:
    """How one value of a label image becomes a segment.

    Attributes:
        key: identifier of the segment.
        name: name shown to a person.
        colour: red, green, blue, each 0-1.
        terminology: Slicer's terminology entry.
    """

    key: str
    name: str
    colour: tuple[float, float, float]
    terminology: str


def terminology_entry(appearance: Appearance) -> str:
    """Slicer's serialised terminology: context~category~type~modifier~region context~region~modifier."""
    category, kind, region = (
        f"{code.scheme}^{code.value}^{code.meaning}"
        for code in (appearance.category, appearance.type, appearance.region)
    )
    return f"{_TYPE_CONTEXT}~{category}~{kind}~^^~{_REGION_CONTEXT}~{region}~^^"


def class_styles(classes: Iterable[Label]) -> dict[int, SegmentStyle]:
    """Styles of the classes a back-end looked for, by label value; background has none."""
    return {
        int(label): SegmentStyle(
            APPEARANCE[label].key,
            APPEARANCE[label].name,
            APPEARANCE[label].colour,
            terminology_entry(APPEARANCE[label]),
        )
        for label in sorted(classes)
        if label != Label.BACKGROUND
    }

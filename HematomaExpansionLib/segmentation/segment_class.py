"""Which class a segment of unknown origin is, from its name and its terminology."""

import re

from ..labels import APPEARANCE, Label

# Tried in this order: "subdural haemorrhage" is extra-axial before it is a haemorrhage.
_NAMES = (
    (Label.OEDEMA, r"o?edema|\bphe\b"),
    (Label.IVH, r"\bivh\b|intra.?ventric|ventric\w* (ha?emorrhag|ha?ematoma|bleed|blood)"),
    (Label.EXTRA_AXIAL, r"extra.?axial|subdural|epidural|extradural|subarachnoid|\b(sdh|edh|sah|eah)\b"),
    (Label.ICH, r"\b(ich|iph)\b|intra.?parenchym|ha?ematoma|ha?emorrhag|bleed|\bblood\b"),
)


def class_of_segment(name: str, terminology: str) -> Label | None:
    """The class that a segment's name tells, else its codes (type with region, then type), else None.

    Args:
        name: as shown to a person; an underscore counts as a space.
        terminology: Slicer's terminology entry, may be empty.
    """
    words = name.replace("_", " ").lower()
    for label, pattern in _NAMES:
        if re.search(pattern, words):
            return label
    parts = [*terminology.split("~"), *[""] * 6]
    kind, region = _code(parts[2]), _code(parts[5])
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

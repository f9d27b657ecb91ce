from typing import Any

import pytest

from HematomaExpansionLib.errors import MaskError
from HematomaExpansionLib.labels import APPEARANCE, Label
from HematomaExpansionLib.scene.segment_classes import segment_class
from HematomaExpansionLib.segmentation.segment_style import terminology_entry

NAMES = [
    *((look.name, label) for label, look in APPEARANCE.items()),
    *((look.key, label) for label, look in APPEARANCE.items()),
    ("ICH", Label.ICH),
    ("IPH", Label.ICH),
    ("intracerebral hemorrhage", Label.ICH),
    ("Haematoma", Label.ICH),
    ("intraparenchymal_hemorrhage", Label.ICH),
    ("IVH", Label.IVH),
    ("Intraventricular bleed", Label.IVH),
    ("ventricular hemorrhage", Label.IVH),
    ("cerebral_bleed", Label.ICH),
    ("SDH", Label.EXTRA_AXIAL),
    ("subdural haematoma", Label.EXTRA_AXIAL),
    ("Subarachnoid hemorrhage", Label.EXTRA_AXIAL),
    ("perihematomal edema", Label.OEDEMA),
    ("PHE", Label.OEDEMA),
]

_PREFIX = "Some list~SCT^49755003^Morphologically Abnormal Structure~"
ENTRIES = [
    (terminology_entry(APPEARANCE[Label.ICH]), Label.ICH),
    (terminology_entry(APPEARANCE[Label.IVH]), Label.IVH),
    (terminology_entry(APPEARANCE[Label.OEDEMA]), Label.OEDEMA),
    (_PREFIX + "SCT^50960005^Hemorrhage~^^", Label.ICH),
    (_PREFIX + "SCT^50960005^Hemorrhage~^^~Regions~SCT^83678007^Cerebrum~^^", Label.ICH),
    (_PREFIX + "SCT^50960005^Blutung~^^~Regions~SCT^35764002^Ventrikel~^^", Label.IVH),
]


def segment(name: str, entry: str = "") -> Any:
    import slicer

    made = slicer.vtkSegment()
    made.SetName(name)
    if entry:
        made.SetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), entry)
    return made


@pytest.mark.parametrize(("name", "label"), NAMES)
def test_by_name(scene: Any, name: str, label: Label) -> None:
    assert segment_class(segment(name), "theirs", {}) == label


@pytest.mark.parametrize(("entry", "label"), ENTRIES)
def test_by_terminology(scene: Any, entry: str, label: Label) -> None:
    assert segment_class(segment("Segment_1", entry), "theirs", {}) == label


@pytest.mark.parametrize("name", ["Segment_1", "skull", "prich", "Lateral ventricle", "cerebrum", ""])
def test_other_segments_are_refused(scene: Any, name: str) -> None:
    ventricle = _PREFIX.replace("49755003", "123037004") + "SCT^35764002^Brain ventricle~^^~~^^~^^"
    for entry in ("", "broken", ventricle):
        with pytest.raises(MaskError, match=f'theirs: segment "{name}" is of no known class'):
            segment_class(segment(name, entry), "theirs", {})


def test_name_tells_more_than_codes_and_the_user_most(scene: Any) -> None:
    blood = terminology_entry(APPEARANCE[Label.ICH])
    assert segment_class(segment("SDH", blood), "theirs", {}) == Label.EXTRA_AXIAL
    assert segment_class(segment("SDH", blood), "theirs", {"SDH": Label.ICH}) == Label.ICH

"""What the segments of a study's segmentation objects are: names, codes, colours and tracking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...labels import APPEARANCE, Appearance, Label
from ..growth_style import GROWTH_STYLES
from .codes import uid_of

_BLOOD = APPEARANCE[Label.ICH]


@dataclass(frozen=True)
class Segment:
    """One segment.

    Attributes:
        value: of its voxels in the label image.
        key: short name; with the tracking UID it says which lesion this is.
        name: shown to a person.
        colour: red, green, blue, each 0-1.
        look: its SNOMED codes.
        tracking_uid: the same for the same class in all scans of a patient.
        note: anything else a viewer must know; empty for nothing.
    """

    value: int
    key: str
    name: str
    colour: tuple[float, float, float]
    look: Appearance
    tracking_uid: str
    note: str = ""


def tracking_uid(baseline_study_uid: str, key: str) -> str:
    """A UID that follows from the baseline's study: one run after another tracks the same lesion."""
    return uid_of("lesion", baseline_study_uid, key)


def class_segments(
    classes: Iterable[Label], baseline_study_uid: str, notes: Mapping[str, str]
) -> list[Segment]:
    """Segments of the classes a back-end looked for, those it found nothing of included.

    Args:
        classes: of the segmentation.
        baseline_study_uid: StudyInstanceUID that the tracking follows from.
        notes: by key of the class.
    """
    return [
        Segment(
            int(label),
            look.key,
            look.name,
            look.colour,
            look,
            tracking_uid(baseline_study_uid, look.key),
            notes.get(look.key, ""),
        )
        for label, look in APPEARANCE.items()
        if label in classes
    ]


def growth_segments(baseline_study_uid: str) -> list[Segment]:
    """Segments of a growth map: blood that is new, stayed or went."""
    return [
        Segment(
            value,
            style.key,
            style.name,
            style.colour,
            _BLOOD,
            tracking_uid(baseline_study_uid, style.key),
            "ICH and IVH together, against the baseline after rigid registration of the skulls",
        )
        for value, style in GROWTH_STYLES.items()
    ]

"""The classes of a segmentation: numbers, names, colours and DICOM codes.

Every label image in the project uses these numbers; there is no other table of them.
"""

from dataclasses import dataclass
from enum import IntEnum


class Label(IntEnum):
    """Voxel values of a label image."""

    BACKGROUND = 0
    ICH = 1
    IVH = 2
    EXTRA_AXIAL = 3
    OEDEMA = 4


@dataclass(frozen=True)
class Code:
    """A coded concept: scheme designator, value and meaning, as DICOM writes it."""

    scheme: str
    value: str
    meaning: str


@dataclass(frozen=True)
class Appearance:
    """How a class is named, drawn and coded.

    Attributes:
        key: short name used in files and columns.
        name: name shown to a person.
        colour: red, green, blue, each 0-1; the four are distinguishable with colour-blindness (Okabe-Ito).
        category: SNOMED property category.
        type: SNOMED property type.
        region: SNOMED anatomic region.
    """

    key: str
    name: str
    colour: tuple[float, float, float]
    category: Code
    type: Code
    region: Code


_MORPHOLOGY = Code("SCT", "49755003", "Morphologically Abnormal Structure")
_HEMORRHAGE = Code("SCT", "50960005", "Hemorrhage")
_OEDEMA = Code("SCT", "79654002", "Edema")
_BRAIN = Code("SCT", "12738006", "Brain")
_VENTRICLE = Code("SCT", "35764002", "Brain ventricle")

APPEARANCE: dict[Label, Appearance] = {
    Label.ICH: Appearance(
        "ich", "Intraparenchymal haemorrhage (ICH)", (0.835, 0.369, 0.0), _MORPHOLOGY, _HEMORRHAGE, _BRAIN
    ),
    Label.IVH: Appearance(
        "ivh", "Intraventricular haemorrhage (IVH)", (0.0, 0.447, 0.698), _MORPHOLOGY, _HEMORRHAGE, _VENTRICLE
    ),
    Label.EXTRA_AXIAL: Appearance(
        "extra_axial", "Extra-axial haemorrhage", (0.8, 0.475, 0.655), _MORPHOLOGY, _HEMORRHAGE, _BRAIN
    ),
    Label.OEDEMA: Appearance(
        "oedema", "Perihaematomal oedema", (0.941, 0.894, 0.259), _MORPHOLOGY, _OEDEMA, _BRAIN
    ),
}

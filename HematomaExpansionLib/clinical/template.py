"""An annotated, empty record for a person to fill in."""

from .quantity import Quantity
from .record import ClinicalRecord

_HEAD = """\
# Clinical record of one patient. Leave empty what is not known: it stays missing and is never guessed.
# A number is in the unit of its field's name, or carries its own unit: fibrinogen_mg_dl: 3.3 g/L.
# Times are ISO with their offset from UTC, as 2026-03-29T01:30+01:00, or without it in the zone of timezone.
# Values on admission unless it says otherwise. Write no name and no identifier of the patient.
"""


def template() -> str:
    """A YAML record with every field empty, and beside each what it means, an example and what is allowed.

    It can be read as it is: everything is missing then.
    """
    width = max(len(name) for name in ClinicalRecord.model_fields) + 1
    lines = []
    for name, field in ClinicalRecord.model_fields.items():
        example = (field.examples or [""])[0]
        said = [str(field.description), f"e.g. {example}", *_limits(field.metadata)]
        lines.append(f"{name + ':':<{width}}   # {'; '.join(said)}")
    return _HEAD + "\n".join(lines) + "\n"


def _limits(metadata: list[object]) -> list[str]:
    said = []
    for quantity in metadata:
        if isinstance(quantity, Quantity):
            said.append(quantity.allowed)
            if quantity.units:
                said.append(f"also in {' or '.join(quantity.units)}")
    return said

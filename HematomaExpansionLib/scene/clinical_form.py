"""The clinical record as a form: one field a value, made from the record's own schema. No Qt here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from ..clinical.quantity import Quantity
from ..clinical.record import ClinicalRecord
from ..errors import ClinicalError
from ..files import written_whole

Kind = Literal["number", "choice", "text"]
_YES_NO = ("yes", "no")


@dataclass(frozen=True)
class FormField:
    """One field of the form.

    Attributes:
        name: of the value in the record.
        label: what it is, for a person.
        kind: how it is entered.
        choices: of a choice; empty for others.
        units: of a number, the record's own first; empty without one.
        allowed: which numbers are possible, in words; empty for others.
        example: how it may be written.
    """

    name: str
    label: str
    kind: Kind
    choices: tuple[str, ...]
    units: tuple[str, ...]
    allowed: str
    example: str


def form_fields() -> tuple[FormField, ...]:
    """The fields of the clinical record in its order."""
    properties = ClinicalRecord.model_json_schema()["properties"]
    return tuple(_field(name, properties[name]) for name in ClinicalRecord.model_fields)


def record_of_entries(entries: Mapping[str, str]) -> ClinicalRecord:
    """The record that a filled form says.

    Args:
        entries: text by field, a number with its unit where that is not the record's own; absent is missing.

    Raises:
        ClinicalError: a value is impossible, or contradicts another; the message names it.
    """
    try:
        return ClinicalRecord.model_validate(dict(entries))
    except ValidationError as error:
        said = []
        for problem in error.errors():
            where = f"{problem['loc'][0]}: " if problem["loc"] else ""
            said.append(f"{where}{problem.get('ctx', {}).get('error', problem['msg'])}")
        raise ClinicalError("; ".join(said)) from error


def entries_of_record(record: ClinicalRecord) -> dict[str, str]:
    """What a form shows of a record; what is missing has no entry."""
    said = record.model_dump(mode="json", exclude_none=True)
    return {name: _text(value) for name, value in said.items()}


def save_entries(entries: Mapping[str, str], path: Path) -> None:
    """Write what was entered as JSON, once it is possible.

    Raises:
        ClinicalError: a value is impossible.
        OutputError: the folder cannot be written.
    """
    record = record_of_entries(entries)
    with written_whole(path) as temporary:
        temporary.write_text(record.model_dump_json(indent=2, exclude_none=True) + "\n", encoding="utf-8")


def _field(name: str, schema: Mapping[str, object]) -> FormField:
    field = ClinicalRecord.model_fields[name]
    kinds = schema.get("anyOf", [])
    choices: tuple[str, ...] = ()
    for kind in kinds if isinstance(kinds, list) else []:
        choices = tuple(kind.get("enum", ())) or (_YES_NO if kind.get("type") == "boolean" else choices)
    quantity = next((item for item in field.metadata if isinstance(item, Quantity)), None)
    units = () if quantity is None or not quantity.unit else (quantity.unit, *quantity.units)
    return FormField(
        name=name,
        label=str(field.description),
        kind="choice" if choices else "text" if quantity is None else "number",
        choices=choices,
        units=units,
        allowed="" if quantity is None else quantity.allowed,
        example=str((field.examples or [""])[0]),
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
